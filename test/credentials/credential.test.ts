import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCredential, secretsOf } from '../../src/credentials/credential.ts';
import { makeSecret } from '../support/secrets.ts';

const key = makeSecret('openai-project');

test.each([
  [key, { kind: 'key', key }],
  [`  ${key}\r\n`, { kind: 'key', key }],
  [JSON.stringify({ key, host: 'Mine.OpenAI.Azure.com' }), { kind: 'key', key, host: 'mine.openai.azure.com' }],
  [
    '{"tenant":"contoso.example","clientId":"a-b","clientSecret":"c~d"}',
    {
      kind: 'entra',
      tenant: 'contoso.example',
      clientId: 'a-b',
      clientSecret: 'c~d',
      authority: 'login.microsoftonline.com',
    },
  ],
  [
    '{"accessKeyId":"a","secretAccessKey":"b/+c","region":"eu-west-1"}',
    { kind: 'aws', accessKeyId: 'a', secretAccessKey: 'b/+c', region: 'eu-west-1' },
  ],
])('understands %#', (text, wanted) => {
  expect(parseCredential(text)).toEqual(wanted);
});

test.each([
  '',
  'two words',
  'line\nbreak',
  `${key}\u0000`,
  'ключ',
  'x'.repeat(2_001),
  '{',
  '{}',
  '{"key":""}',
  JSON.stringify({ key: 'a\r\nx-evil: 1' }),
  JSON.stringify({ key, hots: 'typing error' }),
  JSON.stringify({ key, host: 'a.example/path' }),
  JSON.stringify({ key, host: 'a.example:443' }),
  JSON.stringify({ tenant: '../x', clientId: 'a', clientSecret: 'b' }),
  JSON.stringify({ tenant: 'a', clientId: 'a', clientSecret: 'b', authority: 'evil.example' }),
  JSON.stringify({ accessKeyId: 'a' }),
])('refuses %#, and does not say what it was', (text) => {
  let refused: unknown;
  try {
    parseCredential(text);
  } catch (error) {
    refused = error;
  }
  expect(refused).toMatchObject({ name: 'CredentialsError', code: 'bad-credential' });
  expect(inspect(refused)).not.toContain(key);
});

test('whatever is accepted can stand in a header', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => JSON.stringify({ key: text })),
      ),
      (text) => {
        try {
          for (const secret of secretsOf(parseCredential(text))) new Headers({ authorization: `Bearer ${secret}` });
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-credential' });
        }
      },
    ),
  );
});
