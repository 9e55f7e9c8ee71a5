// A browser gets the token of the run with a code that is good once, or by signing with the key that it named then.

import { webcrypto } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createPairing } from '../../src/core/pairing.ts';

const { subtle } = webcrypto;
const minute = 60_000;

function pairing() {
  let now = 1_000_000;
  return { pass: (time: number) => (now += time), ...createPairing({ now: () => now }) };
}

async function newWindow() {
  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey);
  return {
    key: { kty, crv, x, y },
    async sign(text: string) {
      const signed = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, Buffer.from(text));
      return Buffer.from(signed).toString('base64url');
    },
  };
}

const signed = (challenge: string) => `scrim window ${challenge}`;

test('a code is good once', async () => {
  const { newCode, pair, isToken } = pairing();
  const code = newCode();
  const { key } = await newWindow();
  const token = await pair({ code, key });
  expect(isToken(token ?? '')).toBe(true);
  expect(await pair({ code, key: (await newWindow()).key })).toBeUndefined();
});

test('people may type it in capitals and in groups', async () => {
  const { newCode, pair } = pairing();
  const code = newCode();
  const typed = ` ${code.slice(0, 4)}-${code.slice(4).toUpperCase()} `;
  expect(await pair({ code: typed, key: (await newWindow()).key })).toBeDefined();
});

test('a code ends after ten minutes', async () => {
  const { newCode, pair, pass } = pairing();
  const code = newCode();
  pass(10 * minute);
  expect(await pair({ code, key: (await newWindow()).key })).toBeUndefined();
});

test('five wrong codes end every code', async () => {
  const { newCode, pair } = pairing();
  const code = newCode();
  const { key } = await newWindow();
  for (let tries = 0; tries < 5; tries++) expect(await pair({ code: 'a'.repeat(12), key })).toBeUndefined();
  expect(await pair({ code, key })).toBeUndefined();
  expect(await pair({ code: newCode(), key })).toBeDefined();
});

describe('a page that was paired before', () => {
  async function paired() {
    const desk = pairing();
    const page = await newWindow();
    const token = await desk.pair({ code: desk.newCode(), key: page.key });
    return { ...desk, page, token };
  }

  test('gets the token again with its signature', async () => {
    const { challenge, resume, page, token } = await paired();
    const asked = challenge();
    expect(await resume({ challenge: asked, key: page.key, signature: await page.sign(signed(asked)) })).toBe(token);
  });

  test('a signature is good once, and for a minute', async () => {
    const { challenge, resume, page, pass, token } = await paired();
    const asked = challenge();
    const sent = { challenge: asked, key: page.key, signature: await page.sign(signed(asked)) };
    expect(await resume(sent)).toBe(token);
    expect(await resume(sent)).toBeUndefined();
    const late = challenge();
    pass(minute);
    expect(await resume({ challenge: late, key: page.key, signature: await page.sign(signed(late)) })).toBeUndefined();
  });

  test.each(['another key', 'another text', 'a challenge of its own'])('not with %s', async (what) => {
    const { challenge, resume, page } = await paired();
    const asked = what === 'a challenge of its own' ? 'x'.repeat(32) : challenge();
    const signer = what === 'another key' ? await newWindow() : page;
    const signature = await signer.sign(what === 'another text' ? asked : signed(asked));
    expect(await resume({ challenge: asked, key: page.key, signature })).toBeUndefined();
  });

  test('a key that was never paired gets nothing', async () => {
    const { challenge, resume } = await paired();
    const stranger = await newWindow();
    const asked = challenge();
    const signature = await stranger.sign(signed(asked));
    expect(await resume({ challenge: asked, key: stranger.key, signature })).toBeUndefined();
  });
});

test.each([
  [undefined],
  [null],
  ['text'],
  [{}],
  [{ code: 1, key: {} }],
  [{ code: 'a', key: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }],
])('nonsense is refused and breaks nothing: %j', async (sent) => {
  const { newCode, pair, resume } = pairing();
  newCode();
  expect(await pair(sent)).toBeUndefined();
  expect(await resume(sent)).toBeUndefined();
});

test('a point that is not on the curve pairs nothing, with a good code too', async () => {
  const { newCode, pair } = pairing();
  const key = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
  expect(await pair({ code: newCode(), key })).toBeUndefined();
});

test('a guessed token is none', () => {
  const { isToken } = pairing();
  for (const guess of ['', 'x', 'x'.repeat(32)]) expect(isToken(guess)).toBe(false);
});
