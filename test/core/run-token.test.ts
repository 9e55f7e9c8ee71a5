// What `scrim run` sets: a token where a key would stand, and nothing where a client has a login of its own.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { variablesWithLogin } from '../../src/core/own-logins.ts';
import { tokenVariables } from '../../src/core/run-token.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const gateway = 'http://127.0.0.1:8877';
const set = (providers: string[], env: Record<string, string> = {}, withLogin: string[] = []) =>
  Object.keys(tokenVariables({ token: 'the token', providers, revoke: () => undefined }, { env, gateway, withLogin }));

describe('variables', () => {
  test('those of the providers that have a key, with the token', () => {
    const variables = tokenVariables(
      { token: 'the token', providers: ['anthropic', 'unknown'], revoke: () => undefined },
      { env: { OPENAI_API_KEY: 'of somebody' }, gateway, withLogin: [] },
    );
    expect(variables).toEqual({ ANTHROPIC_API_KEY: 'the token' });
  });

  test('not where a login is, unless a key is there too: that one must not get through', () => {
    expect(set(['openai'], {}, ['CODEX_API_KEY'])).toEqual(['OPENAI_API_KEY']);
    expect(set(['openai'], { CODEX_API_KEY: 'real' }, ['CODEX_API_KEY'])).toContain('CODEX_API_KEY');
  });

  test('a login of Claude goes through the proxy, unless its address is a choice of the user', () => {
    const ofLogin = (env: Record<string, string>) =>
      tokenVariables(
        { token: 'the token', providers: ['anthropic'], revoke: () => undefined },
        { env, gateway, withLogin: ['ANTHROPIC_API_KEY'] },
      );
    expect(ofLogin({})).toEqual({ ANTHROPIC_BASE_URL: undefined });
    expect(ofLogin({})).toHaveProperty('ANTHROPIC_BASE_URL');
    expect(ofLogin({ ANTHROPIC_BASE_URL: 'https://elsewhere.example' })).not.toHaveProperty('ANTHROPIC_BASE_URL');
    expect(ofLogin({ ANTHROPIC_API_KEY: 'real' })).toEqual({ ANTHROPIC_API_KEY: 'the token' });
  });

  test.each([
    ['https://api.openai.com/v1', true],
    ['https://api.openai.com', true],
    [`${gateway}/openai/v1`, true],
    ['https://api.openai.com.example/v1', false],
    ['https://api.anthropic.com', false],
    ['http://127.0.0.1:11434/v1', false],
    ['', false],
  ])("Copilot's own variable, with its address %s: %s", (address, expected) => {
    const names = set(['openai'], { COPILOT_PROVIDER_BASE_URL: address });
    expect(names.includes('COPILOT_PROVIDER_API_KEY')).toBe(expected);
  });
});

describe('logins', () => {
  let home: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (home = temporaryFolder()));
  afterEach(() => home.remove());

  const withFile = async (name: string, content: unknown): Promise<void> => {
    const file = join(home.path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  };
  const found = (program: string, env: Record<string, string> = {}) =>
    variablesWithLogin({ HOME: home.path, ...env }, program);

  test('none', async () => {
    expect(await found('claude')).toEqual([]);
    await withFile('.codex/auth.json', { OPENAI_API_KEY: 'real', tokens: null });
    await withFile('.claude/.credentials.json', 'broken');
    expect(await found('claude')).toEqual([]);
  });

  test('a subscription of Claude, by variable for every program, by file for Claude Code', async () => {
    expect(await found('sh', { CLAUDE_CODE_OAUTH_TOKEN: 'login' })).toEqual(['ANTHROPIC_API_KEY']);
    await withFile('.claude/.credentials.json', { claudeAiOauth: { accessToken: 'login' } });
    expect(await found('/usr/bin/claude')).toEqual(['ANTHROPIC_API_KEY']);
    expect(await found('aider')).toEqual([]);
    expect(await found('claude', { CLAUDE_CONFIG_DIR: join(home.path, 'other') })).toEqual([]);
  });

  test('on macOS, where the login lies in the keychain', async () => {
    await withFile('.claude.json', { oauthAccount: { accountUuid: 'somebody' } });
    expect(await found('claude')).toEqual(['ANTHROPIC_API_KEY']);
  });

  test('ChatGPT in Codex', async () => {
    await withFile('.codex/auth.json', { OPENAI_API_KEY: null, tokens: { access_token: 'login' } });
    expect(await found('codex')).toEqual(['CODEX_API_KEY']);
    expect(await found('codex', { CODEX_HOME: join(home.path, 'other') })).toEqual([]);
  });
});
