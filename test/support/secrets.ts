// Secrets that nobody owns, made at run time from parts, so that the repository holds no token-shaped string. The same
// kind and seed give the same secret.

import { createHash, generateKeyPairSync } from 'node:crypto';
import { crc32 } from 'node:zlib';

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const alphanumeric = digits + upper + lower;
const hex = `${digits}abcdef`;
const word = `${alphanumeric}_-`;

/** Characters of an alphabet, endless and determined by the seed. */
class Letters {
  readonly #seed: string;
  #block = Buffer.alloc(0);
  #blocks = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  take(count: number, alphabet: string): string {
    let taken = '';
    while (taken.length < count) taken += alphabet.charAt(this.#byte() % alphabet.length);
    return taken;
  }

  #byte(): number {
    if (this.#block.length === 0) {
      this.#block = createHash('sha256').update(`${this.#seed}:${this.#blocks++}`).digest();
    }
    const byte = this.#block[0] ?? 0;
    this.#block = this.#block.subarray(1);
    return byte;
  }
}

/** GitHub's and npm's check: CRC-32 of the body in base 62, six characters. */
function withChecksum(prefix: string, body: string): string {
  let rest = crc32(body);
  let check = '';
  for (let i = 0; i < 6; i++) {
    check = alphanumeric.charAt(rest % 62) + check;
    rest = Math.floor(rest / 62);
  }
  return prefix + body + check;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** "OpenAI" in base64, in the middle of its keys. */
const companyMark = ['T3Bl', 'bkFJ'].join('');

const makers = {
  'aws-access-key-id': (l) => ['AK', 'IA', l.take(16, `${upper}234567`)].join(''),
  'aws-secret-access-key': (l) => l.take(40, `${alphanumeric}/+`),
  'github-classic': (l) => withChecksum(['gh', 'p_'].join(''), l.take(30, alphanumeric)),
  'github-fine-grained': (l) => ['github', 'pat', l.take(22, alphanumeric), l.take(59, alphanumeric)].join('_'),
  gitlab: (l) => ['glp', 'at-', l.take(20, word)].join(''),
  npm: (l) => withChecksum(['npm', '_'].join(''), l.take(30, alphanumeric)),
  'openai-project': (l) => ['sk', 'proj', `${l.take(74, word)}${companyMark}${l.take(74, word)}`].join('-'),
  'openai-legacy': (l) => ['sk', `${l.take(20, alphanumeric)}${companyMark}${l.take(20, alphanumeric)}`].join('-'),
  anthropic: (l) => ['sk', 'ant', 'api03', `${l.take(93, word)}AA`].join('-'),
  'google-api-key': (l) => ['AI', 'za', l.take(35, word)].join(''),
  huggingface: (l) => ['hf', l.take(34, upper + lower)].join('_'),
  groq: (l) => ['gsk', l.take(52, alphanumeric)].join('_'),
  'slack-token': (l) => ['xo' + 'xb', l.take(12, digits), l.take(12, digits), l.take(24, alphanumeric)].join('-'),
  'slack-webhook': (l) =>
    [
      'https://hooks',
      'slack',
      `com/services/T${l.take(9, upper)}/B${l.take(9, upper)}/${l.take(24, alphanumeric)}`,
    ].join('.'),
  stripe: (l) => ['sk', 'live', l.take(24, alphanumeric)].join('_'),
  sendgrid: (l) => ['SG', l.take(22, word), l.take(43, word)].join('.'),
  digitalocean: (l) => ['dop', 'v1', l.take(64, hex)].join('_'),
  jwt: (l) =>
    [
      base64url('{"alg":"HS256","typ":"JWT"}'),
      base64url(`{"sub":"${l.take(10, digits)}","iat":1790000000}`),
      l.take(43, word),
    ].join('.'),
  'url-password': (l) => `postgres://app:${l.take(24, alphanumeric)}@db.internal:5432/app`,
  // The right shape and armour, but of letters, not of a key: made afresh each time it would not follow the seed.
  'private-key': (l) => armour('PRIVATE KEY', l.take(64 * 26, `${alphanumeric}+/`)),
} as const satisfies Record<string, (letters: Letters) => string>;

export type SecretKind = keyof typeof makers;

export const secretKinds = Object.keys(makers) as readonly SecretKind[];

/** A secret of the format, the same for the same seed. Only `private-key` has line breaks. */
export function makeSecret(kind: SecretKind, seed: string | number = 1): string {
  return makers[kind](new Letters(`${kind}:${seed}`));
}

/** A real EC key in PKCS #8, another one each time. */
export function makePrivateKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
}

function armour(title: string, body: string): string {
  const line = '-'.repeat(5);
  const lines = body.match(/.{1,64}/g) ?? [];
  return [`${line}BEGIN ${title}${line}`, ...lines, `${line}END ${title}${line}`, ''].join('\n');
}
