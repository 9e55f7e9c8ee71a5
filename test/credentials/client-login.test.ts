import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientLogin } from '../../src/credentials/client-login.ts';
import { newLocalToken } from '../../src/credentials/local-token.ts';
import { makeSecret, secretKinds } from '../support/secrets.ts';
import { headFor } from './heads.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object): string => [part({ alg: 'RS256' }), part(claims), 'c2ln'].join('.');
const of = (value: string) => clientLogin(headFor('a.example', '/', 'authorization', value));
const join = (...parts: string[]): string => parts.join('');

test.each([
  ['claude', join('Bearer sk-ant', '-oat01-', 'x'.repeat(90))],
  ['chatgpt', `Bearer ${jwt({ iss: 'https://auth.openai.com', sub: 'x' })}`],
  ['chatgpt', `Bearer ${jwt({ 'https://api.openai.com/auth': { chatgpt_plan_type: 'plus' }, exp: 2e9 })}`],
  ['copilot', join('Bearer ', 'tid=abc;exp=1790000000;sku=x;proxy-ep=proxy.example', ':0123')],
  ['copilot', `Bearer ${makeSecret('github-classic')}`],
  ['copilot', `Bearer ${makeSecret('github-fine-grained')}`],
  ['copilot', join('bearer ', 'gh', 'o_', 'x'.repeat(36))],
  ['google', join('Bearer ya', '29.', 'x'.repeat(60))],
  ['microsoft', `Bearer ${jwt({ iss: 'https://sts.windows.net/tenant/', aud: 'x' })}`],
  ['microsoft', `Bearer ${jwt({ iss: 'https://login.microsoftonline.com/tenant/v2.0' })}`],
  ['jwt', `Bearer ${makeSecret('jwt')}`],
  ['jwt', `Bearer ${jwt({ iss: 'https://login.microsoftonline.com.evil.example/' })}`],
  ['aws', 'AWS4-HMAC-SHA256 Credential=a/20261120/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0'],
])('%s: %#', (login, authorization) => {
  expect(of(authorization)).toBe(login);
});

test('keys are no log-ins', () => {
  const keys = secretKinds.filter((kind) => !/^(jwt|github|private-key)/.test(kind)).map((kind) => makeSecret(kind));
  for (const key of [...keys, newLocalToken(), '', 'a.b.c', 'eyJ.eyJ.x']) expect(of(`Bearer ${key}`)).toBeUndefined();
  expect(clientLogin(headFor('a.example', '/', 'x-api-key', makeSecret('jwt')))).toBeUndefined();
  expect(clientLogin(headFor('a.example', '/'))).toBeUndefined();
});

test('no value is too strange', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (a, b) => void of(`Bearer eyJ${a}.${Buffer.from(b).toString('base64url')}.x`),
    ),
  );
});
