import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseCredential } from '../../src/credentials/credential.ts';
import { createInjector, type Injection, type RequestFacts } from '../../src/credentials/inject.ts';
import { newLocalToken, type TokenScope } from '../../src/credentials/local-token.ts';
import { createTokens } from '../../src/credentials/tokens.ts';
import { headerValue, type RequestHead } from '../../src/http/head.ts';
import { KeychainError } from '../../src/keychain/secret-store.ts';
import { knownProviders } from '../../src/policy/known-providers.ts';
import { makeSecret } from '../support/secrets.ts';
import { verifySignature } from './aws-verifier.ts';
import { headFor } from './heads.ts';

const openAiKey = makeSecret('openai-project');
const awsSecret = makeSecret('aws-secret-access-key');
let keys: Record<string, string>;
beforeEach(() => {
  keys = {
    openai: openAiKey,
    anthropic: makeSecret('anthropic'),
    gemini: makeSecret('google-api-key'),
    mistral: 'mistral-key',
    azure: JSON.stringify({ key: 'azure-key', host: 'mine.openai.azure.com' }),
    bedrock: JSON.stringify({ accessKeyId: makeSecret('aws-access-key-id'), secretAccessKey: awsSecret }),
    own: 'own-key',
  };
});

const clock = { now: () => Date.UTC(2026, 10, 20) };
const tokens = createTokens({ file: '/nonexistent/tokens.db', clock });
const mint = (scope: TokenScope = {}): string => tokens.mint(scope).token;

const inject = createInjector({
  keyFor: (provider) => {
    const key = keys[provider];
    return Promise.resolve(key === undefined ? undefined : parseCredential(key));
  },
  tokens,
  providers: () => ({
    ...knownProviders,
    own: { baseUrl: 'https://llm.corp.example:8443/base', dialect: 'openai' },
    plain: { baseUrl: 'http://llm.corp.example', dialect: 'openai' },
  }),
  fetch: () => Promise.reject(new Error('no network in tests')),
  clock,
});
const facts: RequestFacts = {
  provider: undefined,
  model: undefined,
  credentials: 'auto',
  body: () => Promise.reject(new Error('nobody wants the body')),
};
const injected = async (
  head: RequestHead,
  more: Partial<RequestFacts> = {},
): Promise<Extract<Injection, { kind: 'injected' }>> => {
  const result = await inject(head, { ...facts, ...more });
  if (result.kind !== 'injected') throw new Error(JSON.stringify(result));
  return result;
};

describe('each provider gets its key as it wants it', () => {
  test.each([
    ['openai', 'api.openai.com', '/v1/responses', 'authorization', () => `Bearer ${openAiKey}`],
    ['openai', 'eu.api.openai.com', '/v1/responses', 'authorization', () => `Bearer ${openAiKey}`],
    ['anthropic', 'api.anthropic.com', '/v1/messages', 'x-api-key', () => keys['anthropic']],
    [
      'gemini',
      'generativelanguage.googleapis.com',
      '/v1beta/models/g:generateContent',
      'x-goog-api-key',
      () => keys['gemini'],
    ],
    [
      'gemini',
      'generativelanguage.googleapis.com',
      '/v1beta/openai/chat/completions',
      'authorization',
      () => `Bearer ${keys['gemini']}`,
    ],
    ['mistral', 'api.mistral.ai', '/v1/chat/completions', 'authorization', () => 'Bearer mistral-key'],
    ['azure', 'mine.openai.azure.com', '/openai/v1/responses', 'api-key', () => 'azure-key'],
  ])('%s at %s%s: %s', async (provider, host, path, name, value) => {
    for (const place of ['Authorization', 'x-api-key', 'api-key', 'x-goog-api-key']) {
      const token = mint();
      const result = await injected(headFor(host, path, place, place === 'Authorization' ? `Bearer ${token}` : token));
      expect(result).toMatchObject({ provider, head: { path } });
      expect(result.head.headers).toEqual(['Host', host, expect.stringMatching(new RegExp(`^${name}$`, 'i')), value()]);
    }
  });

  test('a provider of the policy, at its port only', async () => {
    const head = {
      ...headFor('llm.corp.example', '/base/v1/chat/completions', 'Authorization', `Bearer ${mint()}`),
      port: 8443,
    };
    expect(headerValue((await injected(head)).head.headers, 'authorization')).toBe('Bearer own-key');
    expect(await inject({ ...head, port: 443 }, { ...facts, provider: 'own' })).toMatchObject({
      kind: 'refused',
      code: 'wrong-host',
    });
  });
});

describe('a key goes only where it is meant to go', () => {
  test.each([
    ['openai', 'api.openai.com.evil.example'],
    ['openai', 'api.anthropic.com'],
    ['azure', 'other.openai.azure.com'],
    ['bedrock', 'bedrock-runtime.us-east-1.amazonaws.com.evil.example'],
    ['__proto__', 'api.openai.com'],
  ])('%s, not to %s', async (provider, host) => {
    keys['azure'] = 'azure-key-for-no-host';
    const result = await inject(headFor(host, '/v1/x', 'x-api-key', mint()), { ...facts, provider });
    expect(result).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(result)).not.toContain(keys[provider] ?? 'scrim_');
  });

  test('not in the clear, but on this machine', async () => {
    keys['plain'] = 'plain-key';
    const head = { ...headFor('llm.corp.example', '/v1/x', 'x-api-key', mint()), scheme: 'http', port: 80 } as const;
    expect(await inject(head, facts)).toMatchObject({ kind: 'refused', code: 'wrong-host' });
    keys['ollama'] = 'local-key';
    const local = { ...headFor('127.0.0.1', '/api/chat', 'x-api-key', mint()), scheme: 'http', port: 11434 } as const;
    expect((await injected(local)).provider).toBe('ollama');
  });
});

test('the local token leaves nothing behind, wherever it stood; the rest passes as it came', async () => {
  const plain = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '-', '.', '%', '2', 'F', ' ', '=', '+'),
    maxLength: 8,
  });
  const pair = plain.map((text) => `q${text.replaceAll(' ', '')}`);
  const place = fc.constantFrom<(token: string) => readonly [string, string] | string>(
    (token) => ['Authorization', `Bearer ${token}`],
    (token) => ['authorization', `bearer  ${token} `],
    (token) => ['Authorization', `Basic ${Buffer.from(`scrim:${token}`).toString('base64')}`],
    (token) => [
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=${token}/20261120/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=00`,
    ],
    (token) => ['X-Api-Key', token],
    (token) => ['api-key', token],
    (token) => ['x-goog-api-key', token],
    (token) => ['x-my-own-header', `key ${token}`],
    (token) => ['Cookie', `session=${token}; a=b`],
    (token) => `key=${token}`,
    (token) => `my%2Dkey=${token.replace('_', '%5F')}`,
  );
  const head = fc.record({
    places: fc.array(place, { minLength: 1, maxLength: 3 }),
    query: fc.array(pair, { maxLength: 3 }),
    fields: fc.array(fc.tuple(fc.constantFrom('Accept', 'x-request-id', 'User-Agent'), plain), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(head, async ({ places, query, fields }) => {
      const token = mint();
      const shown = places.map((each) => each(token));
      const inQuery = shown.filter((each) => typeof each === 'string');
      const all = [...query, ...inQuery].join('&');
      const sent = headFor(
        'api.openai.com',
        all === '' ? '/v1/responses' : `/v1/responses?${all}`,
        ...fields.flat(),
        ...shown.flatMap((each) => (typeof each === 'string' ? [] : each)),
      );
      const { head: result } = await injected(sent);
      const rest = query.join('&');
      expect(result.path).toBe(rest === '' ? '/v1/responses' : `/v1/responses?${rest}`);
      expect(result.headers).toEqual([
        'Host',
        'api.openai.com',
        ...fields.flat(),
        'Authorization',
        `Bearer ${openAiKey}`,
      ]);
    }),
    { numRuns: 300 },
  );
});

test('real requests keep everything but the credential', async () => {
  const folder = new URL('../fixtures/requests/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const { host, path, headers } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as {
      host: string;
      path: string;
      headers: [string, string][];
    };
    const credential = /^(authorization|x-api-key|x-goog-api-key)$/i;
    const kept = headers.filter(([field]) => !credential.test(field));
    const sent = headFor('api.openai.com', path, ...kept.flat(), 'authorization', `Bearer ${mint()}`);
    const { head } = await injected(sent);
    expect(head.headers, `${name} to ${host}`).toEqual([
      ...headFor('api.openai.com', path, ...kept.flat()).headers,
      'Authorization',
      `Bearer ${openAiKey}`,
    ]);
    expect(head.path).toBe(path);
  }
});

describe('the client keeps its own', () => {
  const login = ['Authorization', `Bearer ${['sk', 'ant', 'oat01', 'x'.repeat(80)].join('-')}`];

  test('without a local token, to the last byte', async () => {
    const head = headFor('api.anthropic.com', '/v1/messages?beta=true', ...login);
    expect(await inject(head, facts)).toEqual({ kind: 'own', head, login: 'claude', tokenId: undefined });
    const withKey = headFor('api.openai.com', '/v1/models', 'Authorization', `Bearer ${openAiKey}`);
    expect(await inject(withKey, facts)).toMatchObject({ kind: 'own', head: withKey, login: undefined });
  });

  test('when its local token was for the proxy only', async () => {
    const head = headFor('api.anthropic.com', '/v1/messages', ...login);
    expect(await inject(head, { ...facts, proxyToken: mint() })).toMatchObject({ kind: 'own', head, login: 'claude' });
    expect(await inject(head, { ...facts, proxyToken: newLocalToken() })).toMatchObject({
      kind: 'refused',
      code: 'token-unknown',
    });
  });

  test('when the policy says so: the local token goes, the log-in stays', async () => {
    const head = headFor('api.anthropic.com', '/v1/messages', ...login, 'x-api-key', mint());
    const result = await inject(head, { ...facts, credentials: 'client' });
    expect(result).toMatchObject({ kind: 'own', login: 'claude' });
    expect((result as { head: RequestHead }).head.headers).toEqual(['Host', 'api.anthropic.com', ...login]);
  });

  test.each([
    ['Authorization', (token: string) => `Basic ${Buffer.from(`scrim:${token}`).toString('base64')}`],
    ['x-api-key', (token: string) => token],
    ['x-my-own-header', (token: string) => `key ${token}`],
  ])('and no trace of the local token in %s', async (name, value) => {
    const head = headFor('api.anthropic.com', '/v1/messages', 'anthropic-version', '1', name, value(mint()));
    const result = await inject(head, { ...facts, credentials: 'client' });
    expect(result).toMatchObject({
      kind: 'own',
      head: { headers: ['Host', 'api.anthropic.com', 'anthropic-version', '1'] },
    });
  });

  test('but not when only a local token will do', async () => {
    const head = headFor('api.anthropic.com', '/v1/messages', ...login);
    expect(await inject(head, { ...facts, credentials: 'scrim' })).toMatchObject({
      kind: 'refused',
      code: 'token-missing',
    });
    const { head: result } = await injected(head, { credentials: 'scrim', proxyToken: mint() });
    expect(result.headers).toEqual(['Host', 'api.anthropic.com', 'x-api-key', keys['anthropic']]);
  });
});

describe('refused, with a sentence that says what to do', () => {
  const ask = (token: string, more: Partial<RequestFacts> = {}, path = '/v1/responses'): Promise<Injection> =>
    inject(headFor('api.openai.com', path, 'Authorization', `Bearer ${token}`), { ...facts, ...more });

  test('a token that is unknown, revoked, spent or for something else', async () => {
    const { id, token } = tokens.mint({});
    tokens.revoke(id);
    const once = mint({ requests: 1 });
    expect(await ask(once)).toMatchObject({ kind: 'injected' });
    const cases = [
      [newLocalToken(), 'token-unknown'],
      [token, 'token-revoked'],
      [once, 'token-requests-spent'],
      [mint({ providers: ['gemini'] }), 'token-provider'],
      [mint({ models: ['gpt-5'] }), 'token-model'],
      [mint({ paths: ['/v1/chat/*'] }), 'token-path'],
      [mint({ hosts: ['*.openai.azure.com'] }), 'token-host'],
      [mint({ expires: 1 }), 'token-expired'],
    ] as const;
    for (const [each, code] of cases) {
      expect(await ask(each)).toMatchObject({
        kind: 'refused',
        code,
        message: expect.stringMatching(/^[A-Z].*\.$/) as string,
      });
    }
    expect(await ask(mint({ models: ['gpt-5*'] }), { model: 'gpt-5-mini' })).toMatchObject({ kind: 'injected' });
  });

  test('a token in the path, and two different ones', async () => {
    const token = mint();
    expect(await ask(token, {}, `/v1/${token}/x`)).toMatchObject({ kind: 'refused', code: 'token-misplaced' });
    expect(await ask(token, {}, `/v1/x?key=${mint()}`)).toMatchObject({ kind: 'refused', code: 'token-misplaced' });
    expect(await ask(token, { proxyToken: mint() })).toMatchObject({ kind: 'refused', code: 'token-misplaced' });
  });

  test('no key, an unknown host, a keychain that is locked', async () => {
    delete keys['openai'];
    expect(await ask(mint())).toMatchObject({
      kind: 'refused',
      code: 'no-key',
      message: expect.stringContaining('"scrim keys set openai"') as string,
    });
    expect(await inject(headFor('example.com', '/', 'x-api-key', mint()), facts)).toMatchObject({ code: 'no-key' });
    const locked = createInjector({
      keyFor: () => Promise.reject(new KeychainError('locked', 'Unlock your keychain, then try again.')),
      tokens,
      providers: () => knownProviders,
      fetch: () => Promise.reject(new Error()),
      clock,
    });
    const result = await locked(headFor('api.openai.com', '/v1/x', 'x-api-key', mint()), facts);
    expect(result).toEqual({ kind: 'refused', code: 'keychain', message: 'Unlock your keychain, then try again.' });
  });
});

describe('Bedrock', () => {
  const body = new TextEncoder().encode('{"messages":[]}');
  const withBody = { body: () => Promise.resolve(body) };
  const host = 'bedrock-runtime.eu-west-1.amazonaws.com';
  const signedByClient = (token: string): string =>
    `AWS4-HMAC-SHA256 Credential=${token}/20261120/us-west-2/bedrock/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;

  test.each([
    '/model/anthropic.claude-3-haiku-20240307-v1:0/converse-stream',
    '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream',
    '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/invoke',
    '/model/x/invoke?b=2&a=1%2F2&a=0&empty',
    "/model/x~y'(z)*/invoke",
  ])('is signed anew for %s, which stays as it is', async (path) => {
    const stale = ['x-amz-date', '20200101T000000Z', 'x-amz-security-token', 'old', 'x-amz-content-sha256', 'old'];
    const sent = headFor(
      host,
      path,
      'Content-Type',
      'application/json',
      ...stale,
      'Authorization',
      signedByClient(mint()),
    );
    const { head } = await injected(sent, withBody);
    expect(head.path).toBe(path);
    expect(verifySignature(head, body, awsSecret)).toMatchObject({ region: 'eu-west-1', service: 'bedrock' });
    expect(() => verifySignature(head, new TextEncoder().encode('{}'), awsSecret)).toThrow('does not hold');
    expect(head.headers.filter((name) => /^x-amz-(date|security-token)$/i.test(name))).toEqual(['x-amz-date']);
  });

  test('what may still change on the way is not signed', async () => {
    const more = ['Accept-Encoding', 'gzip', 'User-Agent', 'aws', 'amz-sdk-request', 'attempt=1'];
    const { head } = await injected(
      headFor(host, '/model/x/invoke', ...more, 'Authorization', `Bearer ${mint()}`),
      withBody,
    );
    expect(verifySignature(head, body, awsSecret).signedHeaders).toEqual([
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
    ]);
  });

  test('a session token is signed too', async () => {
    const login = { accessKeyId: 'a', secretAccessKey: awsSecret, sessionToken: 'session-token' };
    keys['bedrock'] = JSON.stringify(login);
    const { head, secrets } = await injected(headFor(host, '/model/x/invoke', 'x-api-key', mint()), withBody);
    expect(verifySignature(head, body, awsSecret).signedHeaders).toContain('x-amz-security-token');
    expect(headerValue(head.headers, 'x-amz-security-token')).toBe('session-token');
    expect(secrets).toEqual([awsSecret, 'session-token']);
  });

  test('the region: of the host, else what the client signed for, else what stands with the key', async () => {
    const own = 'vpce-1.example.com';
    const login = { accessKeyId: 'a', secretAccessKey: awsSecret, host: own };
    const region = async (authorization: string): Promise<string> => {
      const sent = headFor(own, '/model/x/invoke', 'Authorization', authorization);
      return verifySignature((await injected(sent, { ...withBody, provider: 'bedrock' })).head, body, awsSecret).region;
    };
    keys['bedrock'] = JSON.stringify({ ...login, region: 'eu-north-1' });
    expect(await region(signedByClient(mint()))).toBe('us-west-2');
    expect(await region(`Bearer ${mint()}`)).toBe('eu-north-1');
    keys['bedrock'] = JSON.stringify(login);
    const sent = headFor(own, '/model/x/invoke', 'Authorization', `Bearer ${mint()}`);
    expect(await inject(sent, { ...facts, provider: 'bedrock' })).toMatchObject({ kind: 'refused', code: 'no-region' });
  });

  test('the OpenAI-compatible endpoint is another service; a Bedrock key is a bearer', async () => {
    const mantle = 'bedrock-mantle.us-east-2.api.aws';
    const sent = headFor(mantle, '/openai/v1/responses', 'Authorization', `Bearer ${mint()}`);
    const { head } = await injected(sent, withBody);
    expect(verifySignature(head, body, awsSecret)).toMatchObject({ region: 'us-east-2', service: 'bedrock-mantle' });
    keys['bedrock'] = 'bedrock-api-key';
    expect(headerValue((await injected(sent)).head.headers, 'authorization')).toBe('Bearer bedrock-api-key');
  });
});
