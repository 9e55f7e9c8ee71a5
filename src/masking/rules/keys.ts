// Private keys in every wrapping they are pasted in, signed tokens, password hashes.
import type { Rule } from '../rule.ts';

const shared = { severity: 'high', pack: 'secrets' } as const;

// Between the lines of a key: white space, escapes, and what joins strings, quotes mail or marks changes in code.
const escape = '\\\\{1,3}(?:[nr]{1,2}n?|[t\\r\\n])';
const joint = `(?:[\\s"'\`+,;.>#*|@&]|<br ?/?>|${escape})`;
// A line may begin with its number or with the time of a log.
const lineHead = '(?:[0-9]{1,4}[ \\t|:.)]{1,3}|[\\r\\n][0-9\\[][^\\r\\n]*[ \\t])';
const keyLine = '[A-Za-z0-9+/]{16,}={0,2}';

export const keys: readonly Rule[] = [
  {
    ...shared,
    id: 'jwt',
    kind: 'jwt',
    certainty: 'format',
    pattern: '(?<![A-Za-z0-9])eyJ([A-Za-z0-9_-]{10,}\\.(?<commit>[A-Za-z0-9_-]{10,}(?:\\.[A-Za-z0-9_-]*){1,}))',
    examples: ['eyJ~w30.eyJ~w40.~w43'],
    counterExamples: ['eyJ~A20', 'data:application/json;base64,eyJ~A60'],
  },
  {
    ...shared,
    id: 'private-key',
    kind: 'private_key',
    severity: 'critical',
    certainty: 'format',
    pattern:
      `-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----${joint}*${lineHead}?${joint}*` +
      `((?:(?:Proc-Type|DEK-Info|Version|Comment|Charset|Hash|MessageID): ?[^\\r\\n\\\\"'\`]+${joint}+${lineHead}?)*${keyLine}` +
      `(?:${joint}+${keyLine}|${joint}*${lineHead}${keyLine}|${joint}{1,12}[A-Za-z0-9+/]{1,15}={1,2}|${joint}{1,12}=[A-Za-z0-9+/]{4}|` +
      `(?:[\\s"'\`+,]|${escape}){1,12}[A-Za-z0-9][A-Za-z0-9+/]{0,14})*|[A-Za-z0-9+/]{1,15}={0,2}(?![A-Za-z0-9+/ =.,:]))`,
    examples: ['-----BEGIN RSA PRIVATE KEY-----\n~b64\n~b64\n~b40==\n-----END RSA PRIVATE KEY-----'],
    counterExamples: ['-----BEGIN PUBLIC KEY-----\n~b64\n-----END PUBLIC KEY-----'],
  },
  {
    ...shared,
    id: 'putty-key',
    kind: 'private_key',
    severity: 'critical',
    certainty: 'format',
    pattern: 'Private-Lines: [0-9]+(?:\\s|\\\\[rn])+([A-Za-z0-9+/=]+(?:\\s{1,2}[A-Za-z0-9+/=]+)*)',
    examples: ['Private-Lines: 14\n~b64\n~b60'],
  },
  {
    ...shared,
    id: 'password-hash',
    kind: 'password_hash',
    certainty: 'format',
    pattern:
      '\\$(?:(?:1|5|6|8|9|y|7|apr1|2[abxy]?|argon2(?:id|i|d)|scrypt|pbkdf2(?:-sha[0-9]+)?|krb5(?:tgs|asrep|pa)|bcrypt)\\$[A-Za-z0-9./+=,$@*:_-]{4,}[.$/A-Za-z0-9+=_-]{18,})',
    examples: ['$2b$12$~A53', '$6$~A8$~A86', '$argon2id$v=19$m=65536,t=3,p=4$~b22$~b43'],
    counterExamples: ['$100 and $200'],
  },
  {
    ...shared,
    id: 'base64-jwt',
    kind: 'jwt',
    certainty: 'format',
    pattern: '(?<![A-Za-z0-9])ZXlKa?([A-Za-z0-9+/_-]{80,}={0,2})',
    examples: ['ZXlK~A120'],
    counterExamples: ['ZXlK~A20'],
  },
  {
    ...shared,
    id: 'base64-private-key',
    kind: 'private_key',
    severity: 'critical',
    certainty: 'format',
    // "-----BEGIN PRIVATE", with RSA, EC, DSA, OPENSSH, ENCRYPTED, in base64.
    pattern:
      'LS0tLS1C(RUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFURS|BFQyBQUklWQVRF|BEU0EgUFJJVkFURS|BPUEVOU1NIIFBSSVZBVEUg|BFTkNSWVBURUQgUFJJVkFURS)[A-Za-z0-9+/]{40,}={0,2})',
    examples: ['tls.key: LS0tLS1CRUdJTiBQUklWQVRF~b60'],
    counterExamples: ['tls.crt: LS0tLS1CRUdJTiBDRVJU~b60'],
  },
];
