import { describe, expect, test } from 'vitest';
import { defaultEnv, defaultKeys } from '../../src/policy/masked-names.ts';
import { matchesName, plainName } from '../../src/policy/names.ts';

test.each([
  ['clientSecret', 'client_secret'],
  ['client-secret', 'client_secret'],
  ['CLIENT_SECRET', 'client_secret'],
  ['APIKey', 'api_key'],
  ['x.apiKey2', 'x_api_key2'],
])('%s is %s', (name, plain) => {
  expect(plainName(name)).toBe(plain);
});

test.each([
  [['*_token'], 'accessToken', true],
  [['*_token'], 'token', false],
  [['*_token', '!next_page_token'], 'nextPageToken', false],
  [['!next_page_token', '*_token'], 'next_page_token', false],
  [['a.b', 'a+'], 'a+', true],
  [['a.b'], 'axb', false],
  [[], 'x', false],
])('%j and %s → %s', (patterns, name, expected) => {
  expect(matchesName(patterns)(name)).toBe(expected);
});

describe('the default keys', () => {
  const masked = matchesName(defaultKeys);
  test.each([
    'password',
    'db_password',
    'apiKey',
    'API_KEY',
    'x-api-key',
    'openai_api_key',
    'clientSecret',
    'aws_secret_access_key',
    'accessToken',
    'refresh_token',
    'privateKey',
    'auth_token',
  ])('mask %s', (name) => {
    expect(masked(name)).toBe(true);
  });

  // Fields of model responses and of ordinary APIs, as the wire formats have them.
  const harmless = [
    'max_tokens',
    'maxTokens',
    'completion_tokens',
    'prompt_tokens',
    'total_tokens',
    'token',
    'tokens',
    'tokenCount',
    'promptTokenCount',
    'next_page_token',
    'nextPageToken',
    'pageToken',
    'input_tokens',
    'cache_read_input_tokens',
    'key',
    'keys',
    'id',
    'signature',
    'thoughtSignature',
    'encrypted_content',
    'public_key',
    'primary_key',
    'foreign_key',
    'token_type',
    'eos_token',
    'secretary',
    'name',
  ];
  test.each(harmless)('leave %s', (name) => {
    expect(masked(name)).toBe(false);
  });

  test.each(['next_page_token', 'nextPageToken', 'max_token', 'eos_token'])(
    'leave %s when the policy says *_token',
    (name) => {
      expect(matchesName([...defaultKeys, '*_token'])(name)).toBe(false);
    },
  );
});

describe('the default environment variables', () => {
  const masked = matchesName(defaultEnv);
  test.each(['OPENAI_API_KEY', 'GITHUB_TOKEN', 'DB_PASSWORD', 'DATABASE_URL', 'AWS_SECRET_ACCESS_KEY', 'PGPASSWORD'])(
    'mask %s',
    (name) => {
      expect(masked(name)).toBe(true);
    },
  );
  test.each(['PATH', 'HOME', 'MAX_TOKENS', 'NEXT_PAGE_TOKEN', 'PUBLIC_KEY', 'TOKEN_LIMIT'])('leave %s', (name) => {
    expect(masked(name)).toBe(false);
  });
});
