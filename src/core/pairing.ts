// How a browser becomes the person's window: a code that is good once lets a page name its public key, and whoever can sign
// with that key gets the token of this run.
//
// SECURITY: a token in an address, a cookie or the page's storage could be read by others: cookies go to every port of
// this machine, and addresses stand in histories and process lists. The private key never leaves the browser: it cannot be
// exported, and belongs to this origin, port included.

import { createHash, randomBytes, randomInt, webcrypto } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';

/** Without letters and digits that look alike. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
const codeLength = 12;
const codeLife = 10 * 60_000;
const challengeLife = 60_000;
const wrongCodes = 5;
const mostWindows = 32;
const mostChallenges = 32;

const publicKeySchema = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string().regex(/^[\w-]{43}$/),
  y: z.string().regex(/^[\w-]{43}$/),
});
const pairSchema = z.strictObject({ code: z.string().max(40), key: publicKeySchema });
const resumeSchema = z.strictObject({
  challenge: z.string().max(64),
  key: publicKeySchema,
  signature: z.string().regex(/^[\w-]{86}$/),
});

export interface Pairing {
  /** A code that pairs one window, within ten minutes; at most a handful are good at a time. */
  readonly newCode: () => string;
  /** What a page with a code sends; the token, or undefined. */
  readonly pair: (sent: unknown) => Promise<string | undefined>;
  /** Something to sign, good once and for a minute. */
  readonly challenge: () => string;
  /** What a page that was paired before sends; the token, or undefined. */
  readonly resume: (sent: unknown) => Promise<string | undefined>;
  readonly isToken: (token: string) => boolean;
}

export function createPairing(clock: Clock): Pairing {
  /** By code. */
  const codes = new Map<string, number>();
  const challenges = new Map<string, number>();
  /** Token by key. */
  const windows = new Map<string, string>();
  let wrong = 0;

  const nameOf = ({ x, y }: z.infer<typeof publicKeySchema>): string => `${x}.${y}`;
  const used = (from: Map<string, number>, name: string): boolean => {
    const until = from.get(name);
    from.delete(name);
    return until !== undefined && until > clock.now();
  };
  const remember = (in_: Map<string, number>, name: string, life: number, most: number): void => {
    for (const [each, until] of in_) if (until <= clock.now() || in_.size >= most) in_.delete(each);
    in_.set(name, clock.now() + life);
  };

  return {
    newCode() {
      const code = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]).join('');
      remember(codes, code, codeLife, 8);
      wrong = 0;
      return code;
    },
    async pair(sent) {
      const parsed = pairSchema.safeParse(sent);
      if (!parsed.success) return undefined;
      const { code, key } = parsed.data;
      if (!used(codes, code.toLowerCase().replace(/[^a-z0-9]/g, ''))) {
        // SECURITY: whoever guesses ends every code; the person asks for a new one.
        if (++wrong >= wrongCodes) codes.clear();
        return undefined;
      }
      if ((await imported(key)) === undefined) return undefined;
      for (const oldest of windows.keys()) {
        if (windows.size < mostWindows) break;
        windows.delete(oldest);
      }
      const token = randomBytes(24).toString('base64url');
      windows.set(nameOf(key), token);
      return token;
    },
    challenge() {
      const challenge = randomBytes(24).toString('base64url');
      remember(challenges, challenge, challengeLife, mostChallenges);
      return challenge;
    },
    async resume(sent) {
      const parsed = resumeSchema.safeParse(sent);
      if (!parsed.success) return undefined;
      const { challenge, key, signature } = parsed.data;
      const token = windows.get(nameOf(key));
      if (!used(challenges, challenge) || token === undefined) return undefined;
      const publicKey = await imported(key);
      if (publicKey === undefined) return undefined;
      const isSigned = await webcrypto.subtle.verify(
        { name: 'ECDSA', hash: 'SHA-256' },
        publicKey,
        Buffer.from(signature, 'base64url'),
        Buffer.from(`scrim window ${challenge}`),
      );
      return isSigned ? token : undefined;
    },
    isToken(token) {
      const sent = digest(token);
      // Compared by digest: how long it takes tells nothing about a token.
      return [...windows.values()].some((each) => digest(each) === sent);
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function imported(key: z.infer<typeof publicKeySchema>): Promise<webcrypto.CryptoKey | undefined> {
  try {
    return await webcrypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  } catch {
    return undefined;
  }
}
