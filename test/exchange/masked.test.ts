// What goes into the log beside the streams: no secret, in the spelling of URLs neither, and otherwise as it was.

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { masked } from '../../src/exchange/masked.ts';
import { exchangeOf, masking } from '../support/exchange.ts';
import { makeSecret, secretKinds } from '../support/secrets.ts';

const engine = masking();
const everyByte = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const spellings: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'as a part of a URL': encodeURIComponent,
  'every byte encoded': everyByte,
  'encoded twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'encoded three times': (text) => everyByte(everyByte(everyByte(text))),
};
// These two are known by the words before them.
const kinds = secretKinds.filter((kind) => kind !== 'aws-secret-access-key' && kind !== 'private-key');

describe.each(Object.keys(spellings))('%s', (spelling) => {
  test.each(kinds)('%s', (kind) => {
    const secret = makeSecret(kind, 'masked');
    const path = `/v1/files?q=${spellings[spelling]?.(secret) ?? ''}&x=%20y`;
    const shown = decoded(masked(engine, path));
    expect(shown).toContain('MASKED');
    expect(shown).not.toContain(secret);
    expect(shown).toMatch(/^\/v1\/files\?q=.*&x= y$/);
  });
});

test('a file that is attached as base64 holds none, and no other one is changed', () => {
  const secret = makeSecret('github-classic', 'attached');
  const attached = (content: string | Buffer): string => `{"data":"${Buffer.from(content).toString('base64')}"}`;
  const shown = JSON.parse(masked(engine, attached(`token: ${secret}\nand ümläuts\n`))) as { data: string };
  const content = Buffer.from(shown.data, 'base64').toString();
  expect(content).toMatch(/^token: ghp_MASKED_\S+\nand ümläuts\n$/);
  for (const other of [
    'a file without any secret in it, but long enough to be read',
    randomBytes(300),
    Buffer.alloc(99),
  ])
    expect(masked(engine, attached(other))).toBe(attached(other));
});

test('base64 is found wherever it stands', () => {
  const secret = makeSecret('github-classic', 'anywhere');
  const hidden = Buffer.from(`token: ${secret}`).toString('base64');
  const between = fc.array(fc.constantFrom(' ', '"', ',', ' word', 'QUJD'.repeat(7), '='), { maxLength: 8 });
  fc.assert(
    fc.property(between, between, (before, after) => {
      const text = `${before.join('')} ${hidden} ${after.join('')}`;
      const shown = masked(engine, text);
      expect(shown).not.toContain(hidden);
      expect(shown.startsWith(before.join(''))).toBe(true);
      expect(shown.endsWith(after.join(''))).toBe(true);
    }),
  );
});

function decoded(text: string): string {
  for (let i = 0; i < 4; i++) text = decodeURIComponent(text);
  return text;
}

test('what holds no secret stays as it was, percent signs and all', () => {
  const texts = fc.array(fc.constantFrom('%41', '%', '%zz', '%ff', '%C3%A9', 'a', ' ', '/', '"', '100%', '\ud800'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(texts, (parts) => {
      expect(masked(engine, parts.join(''))).toBe(parts.join(''));
    }),
  );
});

test('protocol of a whole answer is text for the log, however it is cut, and untouched for the client', () => {
  const secret = makeSecret('github-classic', 'protocol');
  const body = JSON.stringify({ id: secret, object: 'list', model: secret, data: [] });
  fc.assert(
    fc.property(fc.array(fc.nat(body.length), { maxLength: 6 }), (cuts) => {
      const outcome = exchangeOf({ path: '/v1/models' }, { type: 'application/json', body }, cuts);
      expect(outcome.log['body']).not.toContain(secret);
      expect(outcome.log['body']).toContain('"object":"list"');
    }),
  );
});
