// Personal data: off unless the policy asks. Where a checksum exists it must be right.
import { luhn, mod97 } from '../checksums.ts';
import { entropyOf } from '../entropy.ts';
import type { CheckResult, Rule } from '../rule.ts';

const shared = { certainty: 'format', pack: 'pii', severity: 'medium' } as const;

function email(value: string): CheckResult {
  return /^(?:git|noreply|no-reply|user|username|you|me|name|email|test|admin|info)@|@(?:example\.|[a-z.-]*\.(?:test|invalid|example|local)$|users\.noreply)/iu.test(
    value,
  )
    ? 'no'
    : 'yes';
}

function card(value: string): CheckResult {
  const digits = value.replace(/[^0-9]/gu, '');
  return digits.length >= 13 && digits.length <= 19 && luhn(digits) && new Set(digits).size > 3 ? 'checksum' : 'no';
}

function iban(value: string): CheckResult {
  const compact = value.replaceAll(' ', '');
  return compact.length >= 15 && compact.length <= 34 && mod97(compact) ? 'checksum' : 'no';
}

function socialSecurity(value: string): CheckResult {
  return /^(?:000|666|9)|-00-|-0000$/u.test(value) ? 'no' : 'yes';
}

function phone(value: string): CheckResult {
  const digits = value.replace(/[^0-9]/gu, '');
  return digits.length >= 8 && digits.length <= 15 && !/555[-. ]?01\d\d$/u.test(value) && new Set(digits).size > 2
    ? 'yes'
    : 'no';
}

function publicAddress(value: string): CheckResult {
  const parts = value.split('.').map(Number);
  const [a = 0, b = 0, c = 0] = parts;
  if (parts.some((part) => part > 255)) return 'no';
  const reserved =
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 192 && b === 0 && c === 2) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113) ||
    (a === 100 && b >= 64 && b < 128);
  return reserved || a < 12 ? 'no' : 'yes';
}

/** Documentation, loopback and link-local addresses are no one's. */
function publicAddress6(value: string): CheckResult {
  const compressed = value.split('::').length - 1;
  const groups = value.split(':').filter((group) => group !== '').length;
  const whole = compressed === 0 ? groups === 8 : compressed === 1 && groups < 8;
  return whole && groups > 2 && !/^(?:fe80|fc|fd|2001:0?db8|ff0)/iu.test(value) ? 'yes' : 'no';
}

/** Base58 and bech32 addresses look random; their hash checksums are left to those who spend. */
function bitcoinAddress(value: string): CheckResult {
  return entropyOf(value) >= 3.5 && /[0-9]/u.test(value) && /[a-z]/u.test(value) ? 'yes' : 'no';
}

function nationalId(value: string): CheckResult {
  const digits = value.replace(/[^0-9]/gu, '');
  return digits.length >= 7 && digits.length <= 13 && new Set(digits).size > 3 ? 'yes' : 'no';
}

export const pii: readonly Rule[] = [
  {
    ...shared,
    id: 'email',
    kind: 'email',
    pattern:
      '(?<![A-Za-z0-9._%+-])([A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9][A-Za-z0-9-]*\\.)+[A-Za-z]{2,})(?![A-Za-z0-9-])',
    check: email,
    examples: ['~l8.~l6@~l8.org'],
    counterExamples: ['git@~l8.com', 'noreply@~l6.com'],
  },
  {
    ...shared,
    id: 'credit-card',
    kind: 'card',
    severity: 'high',
    pattern:
      '(?<![A-Za-z0-9._-])((?:[3-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7}|3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}))(?![A-Za-z0-9-])',
    check: card,
    examples: [],
    counterExamples: ['5~d3 ~d4 ~d4 1'],
  },
  {
    ...shared,
    id: 'iban',
    kind: 'iban',
    severity: 'high',
    pattern: '(?<![A-Za-z0-9_])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)(?![A-Za-z0-9])',
    check: iban,
    examples: [],
    counterExamples: ['DE00 ~d4 ~d4 ~d4 ~d4 ~d2'],
  },
  {
    ...shared,
    id: 'us-ssn',
    kind: 'ssn',
    severity: 'high',
    pattern: '(?<![A-Za-z0-9._-])([0-8][0-9]{2}-[0-9]{2}-[0-9]{4})(?![A-Za-z0-9-])',
    check: socialSecurity,
    examples: ['4~d2-3~d1-~d4'],
    counterExamples: ['000-12-~d4'],
  },
  {
    ...shared,
    id: 'phone',
    kind: 'phone',
    pattern:
      '(?<![A-Za-z0-9._+-])((?:\\+[0-9]{1,3}[ .-]?(?:\\([0-9]{1,4}\\)[ .-]?)?(?:[0-9]{2,4}[ .-]?){2,4}[0-9]{2,4}|\\([0-9]{3}\\) ?[0-9]{3}[ .-][0-9]{4}|[0-9]{3}[.-][0-9]{3}[.-][0-9]{4}))(?![A-Za-z0-9-])',
    check: phone,
    examples: ['+49 ~d3 ~d4 ~d3'],
    counterExamples: ['212-555-0142'],
  },
  {
    ...shared,
    id: 'ipv4',
    kind: 'ip',
    severity: 'low',
    pattern: '(?<![A-Za-z0-9._-])([0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3})(?![A-Za-z0-9._-])',
    check: publicAddress,
    examples: ['8~d1.2~d1.1~d1.9~d1'],
    counterExamples: ['127.0.0.1', '192.168.1.1', '10.0.0.1'],
  },
  {
    ...shared,
    id: 'ipv6',
    kind: 'ip',
    severity: 'low',
    pattern: '(?<![A-Za-z0-9:.])((?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4}){1,6})(?![A-Za-z0-9:])',
    check: publicAddress6,
    examples: ['2a0~d1:~h4:~h4:0:~h4:~h4:~h4:~h4'],
    counterExamples: ['12:30:45', 'fe80::1', '2001:db8::1'],
  },
  {
    ...shared,
    id: 'mac',
    kind: 'mac',
    severity: 'low',
    pattern: '(?<![A-Za-z0-9:])((?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2})(?![A-Za-z0-9:])',
    examples: ['~h2:~h2:~h2:~h2:~h2:~h2'],
    counterExamples: ['12:30:45'],
  },
  {
    ...shared,
    id: 'bitcoin',
    kind: 'bitcoin',
    pattern: '(?<![A-Za-z0-9])((?:bc1[ac-hj-np-z02-9]{25,}|[13][1-9A-HJ-NP-Za-km-z]{25,34}))(?![A-Za-z0-9])',
    check: bitcoinAddress,
    examples: ['1K7mQ2xR9tZ4bW8nJ3vL6pH5sD1fGcYaE'],
    counterExamples: ['1111111111111111111111111111', '3aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
  },
  {
    ...shared,
    id: 'national-id',
    kind: 'national_id',
    severity: 'high',
    flags: 'i',
    // Bare runs of digits, so only behind a word that says what they are.
    pattern:
      '(?:nhs(?:[ \\t]+(?:no|number))?|pesel|nif|nie|dni|bsn|codice fiscale|steuer-?(?:id|nummer)|tax[ _-]?id|aadhaar|national[ _-]?id|personnummer|passport(?:[ _-]?(?:no|number))?|social[ _-]?(?:security|insurance)(?:[ _-]?number)?|ssn|sin|npi|aba|routing[ _-]?number|tfn|abn)["\']?[ \\t]*[:=#]?[ \\t]*["\']?(?:is[ \\t]+)?([A-Z]{0,6}[0-9][A-Z0-9 -]{5,}[A-Z0-9])(?![A-Za-z0-9-])',
    check: nationalId,
    examples: ['PESEL: ~d11', 'NHS number 943 476 5919', 'Steuer-ID ~d11'],
    counterExamples: ['tax id: pending1', 'ssn: 12'],
  },
];
