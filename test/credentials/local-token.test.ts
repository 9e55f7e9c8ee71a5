import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  findLocalTokens,
  newLocalToken,
  outsideScope,
  type TokenScope,
  type TokenUse,
} from '../../src/credentials/local-token.ts';

const use: TokenUse = {
  provider: 'openai',
  model: 'gpt-5-mini',
  host: 'api.openai.com',
  port: 443,
  path: '/v1/chat/completions?x=1',
};

test('tokens differ, have 256 random bits, and are found in any text', () => {
  const tokens = new Set(Array.from({ length: 100 }, newLocalToken));
  expect(tokens.size).toBe(100);
  for (const token of tokens) {
    expect(token).toMatch(/^scrim_[A-Za-z0-9_-]{43}$/);
    expect(findLocalTokens(`Bearer ${token}`)).toEqual([token]);
    expect(findLocalTokens(`${token},${token}`)).toEqual([token, token]);
    expect(findLocalTokens(`x${token}`)).toEqual([]);
    expect(findLocalTokens(token.slice(0, -1))).toEqual([]);
  }
});

describe('a scope allows what it names', () => {
  test.each<[TokenScope]>([
    [{}],
    [{ providers: ['anthropic', 'openai'] }],
    [{ models: ['gpt-5-mini'] }],
    [{ models: ['gpt-5*'] }],
    [{ models: ['*mini'] }],
    [{ models: ['g*-*i'] }],
    [{ hosts: ['*.openai.com'] }],
    [{ hosts: ['api.openai.com:443'] }],
    [{ paths: ['/v1/chat/completions'] }],
    [{ paths: ['/v1/*'] }],
    [{ expires: 1001 }],
  ])('%j', (scope) => {
    expect(outsideScope(scope, use, 1000)).toBeUndefined();
  });
});

describe('a scope refuses the rest', () => {
  test.each<[TokenScope, string]>([
    [{ providers: ['anthropic'] }, 'provider'],
    [{ models: ['gpt-5'] }, 'model'],
    [{ models: ['gpt-4*', '*-max', 'gpt-5-mini*i'] }, 'model'],
    [{ hosts: ['openai.com', 'api.openai.com:8443'] }, 'host'],
    [{ paths: ['/v1/chat', '/v1/files/*'] }, 'path'],
    [{ expires: 1000 }, 'expired'],
  ])('%j: %s', (scope, reason) => {
    expect(outsideScope(scope, use, 1000)).toBe(reason);
  });

  test('what is not known is not allowed', () => {
    expect(outsideScope({ models: ['*'] }, { ...use, model: undefined }, 0)).toBe('model');
    expect(outsideScope({ providers: ['openai'] }, { ...use, provider: undefined }, 0)).toBe('provider');
  });

  test.each([
    '/v1/chat/../files',
    '/v1/./chat',
    '/v1/chat/%2e%2e/files',
    '/v1/chat/%2E./files',
    '/v1/chat/..%2ffiles',
    String.raw`/v1/chat/..\files`,
    '/v1/chat/..%5cfiles',
    '/v1/..',
  ])('a path that its server may read as another: %s', (path) => {
    expect(outsideScope({ paths: ['/v1/*'] }, { ...use, path }, 0)).toBe('path');
  });
});

test('stars match as a regular expression would, in any place and number', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (model, actual) => {
      const expected = new RegExp(`^${model.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(actual);
      const refusal = outsideScope({ models: [model] }, { ...use, model: actual }, 0);
      expect(refusal === undefined).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});
