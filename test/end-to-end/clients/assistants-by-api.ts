// Coding assistants that speak several providers' APIs: one entry for each API.

import { join } from 'node:path';
import type { Place, RealClient } from './client.ts';
import { all, base, keyIn, program } from './launching.ts';

const opencodeQuiet = {
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  OPENCODE_DISABLE_SHARE: '1',
};

/** In a settings file; opencode finds it in the environment as well. */
function apiKey({ key }: Place): { readonly apiKey?: string } {
  return key === null ? {} : { apiKey: key };
}

function opencode(id: string, api: string, model: string, direct: string, path: string): RealClient {
  const [provider = ''] = model.split('/');
  return {
    id: `opencode-${id}`,
    name: `opencode, ${api}`,
    source: { from: 'npm', packages: ['opencode-ai@1.18.33'] },
    modes: all,
    call: (command) => ({ name: 'bash', input: { command, description: 'Run it' } }),
    launch: (place) => ({
      words: [
        program(place, `opencode-${process.platform}-${process.arch}/bin/opencode`),
        ...['run', '--model', model, place.prompt],
      ],
      env: {
        ...opencodeQuiet,
        OPENCODE_CONFIG_CONTENT: JSON.stringify({
          provider: { [provider]: { options: { ...apiKey(place), baseURL: base(place, direct, path) } } },
          permission: { '*': 'allow' },
        }),
      },
    }),
  };
}

function copilot(
  id: string,
  api: string,
  type: string,
  wire: string,
  model: string,
  direct: string,
  path: string,
): RealClient {
  return {
    id: `copilot-${id}`,
    name: `Copilot CLI, ${api}`,
    source: { from: 'npm', packages: ['@github/copilot@1.0.102'] },
    modes: all,
    call: (command) => ({ name: 'bash', input: { command, description: 'Run it' } }),
    launch: (place) => ({
      words: [
        program(place, `@github/copilot-${process.platform}-${process.arch}/copilot`),
        ...['-p', place.prompt, '--allow-all-tools', '-s'],
        ...['--disable-client-telemetry', '--no-auto-update', '--disable-builtin-mcps'],
      ],
      env: {
        COPILOT_AUTO_UPDATE: 'false',
        COPILOT_OFFLINE: 'true',
        COPILOT_PROVIDER_BASE_URL: base(place, direct, path),
        COPILOT_PROVIDER_TYPE: type,
        ...(wire === '' ? {} : { COPILOT_PROVIDER_WIRE_API: wire }),
        ...keyIn('COPILOT_PROVIDER_API_KEY', place),
        COPILOT_MODEL: model,
      },
    }),
  };
}

/** With a Copilot subscription: its own models, which have no base URL. */
function copilotOwn(id: string, api: string, model: string): RealClient {
  const withKey = copilot(id, '', '', '', model, '', '');
  return {
    ...withKey,
    name: `Copilot CLI, subscription, ${api}`,
    modes: ['run', 'proxy'],
    intercept: ['api.github.com'],
    launch: (place) => ({
      words: withKey.launch(place).words,
      env: {
        COPILOT_AUTO_UPDATE: 'false',
        ...keyIn('COPILOT_GITHUB_TOKEN', place),
        COPILOT_MODEL: model,
      },
      login: place.key ?? '',
    }),
  };
}

/** `direct` and `path`: only its OpenAI providers have a base URL. */
function cline(id: string, api: string, provider: string, model: string, direct = '', path = ''): RealClient {
  return {
    id: `cline-${id}`,
    name: `Cline CLI, ${api}`,
    source: { from: 'npm', packages: ['cline@3.0.65'] },
    modes: path === '' ? ['run', 'proxy'] : all,
    call: (command) => ({ name: 'run_commands', input: { commands: [command] } }),
    launch: (place) => {
      const words = [process.execPath, program(place, 'cline/bin/cline')] as const;
      const account = [
        ...(place.key === null ? [] : ['-k', place.key]),
        '-m',
        model,
        '--data-dir',
        join(place.home, 'cline'),
      ];
      return {
        // Without a key it has its provider's own address.
        ...(path === '' || place.key === null
          ? {}
          : { before: [...words, 'auth', '-p', provider, ...account, '-b', base(place, direct, path)] }),
        words: [...words, '-P', provider, ...account, '--json', '--retries', '1', place.prompt],
        env: { CLINE_NO_AUTO_UPDATE: '1', DO_NOT_TRACK: '1' },
      };
    },
  };
}

function continueCli(
  id: string,
  api: string,
  provider: string,
  model: string,
  direct: string,
  path: string,
): RealClient {
  return {
    id: `continue-${id}`,
    name: `Continue CLI, ${api}`,
    source: { from: 'npm', packages: ['@continuedev/cli@1.5.47'] },
    modes: all,
    call: (command) => ({ name: 'Bash', input: { command } }),
    launch: (place) => ({
      words: [
        process.execPath,
        program(place, '@continuedev/cli/dist/cn.js'),
        ...['-p', '--config', join(place.home, 'continue.yaml'), '--auto', place.prompt],
      ],
      env: { CONTINUE_TELEMETRY_ENABLED: '0' },
      files: {
        'continue.yaml': JSON.stringify({
          name: 'conformance',
          version: '1.0.0',
          schema: 'v1',
          models: [
            {
              name: 'main',
              ...{
                provider,
                model,
                apiKey: place.key ?? `\${{ secrets.${provider.toUpperCase()}_API_KEY }}`,
                apiBase: base(place, direct, path),
              },
              roles: ['chat'],
              capabilities: ['tool_use'],
            },
          ],
        }),
      },
    }),
  };
}

const openai = ['https://api.openai.com/v1', '/openai/v1'] as const;
const anthropic = ['https://api.anthropic.com/v1', '/anthropic/v1'] as const;
const google = ['https://generativelanguage.googleapis.com/v1beta', '/gemini/v1beta'] as const;

export const assistantsByApi: readonly RealClient[] = [
  opencode('anthropic', 'Messages', 'anthropic/claude-sonnet-4-5', ...anthropic),
  opencode('openai', 'Responses', 'openai/gpt-5', ...openai),
  opencode('google', 'Gemini', 'google/gemini-2.5-flash', ...google),
  copilot('chat', 'Chat', 'openai', 'completions', 'gpt-4.1', ...openai),
  copilot('responses', 'Responses', 'openai', 'responses', 'gpt-5', ...openai),
  copilot('anthropic', 'Messages', 'anthropic', '', 'claude-sonnet-4.5', 'https://api.anthropic.com', '/anthropic'),
  copilotOwn('own-responses', 'Responses', 'gpt-5'),
  copilotOwn('own-anthropic', 'Messages', 'claude-sonnet-4.5'),
  cline('chat', 'Chat', 'openai', 'gpt-4.1', ...openai),
  cline('anthropic', 'Messages', 'anthropic', 'claude-sonnet-4-5'),
  continueCli('chat', 'Chat', 'openai', 'gpt-4.1', 'https://api.openai.com/v1/', '/openai/v1/'),
  continueCli(
    'anthropic',
    'Messages',
    'anthropic',
    'claude-sonnet-4-5',
    'https://api.anthropic.com/v1/',
    '/anthropic/v1/',
  ),
];
