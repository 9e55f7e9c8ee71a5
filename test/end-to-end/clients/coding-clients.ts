// Coding assistants: each is started without a terminal, allowed to run commands by itself, its telemetry off.

import { join } from 'node:path';
import { chatgptLogin } from '../../support/real-clients-accounts.ts';
import { assistantsByApi } from './assistants-by-api.ts';
import type { RealClient } from './client.ts';
import { all, base, keyIn, program } from './launching.ts';

const claude: RealClient = {
  id: 'claude',
  name: 'Claude Code',
  source: { from: 'npm', packages: ['@anthropic-ai/claude-code@2.1.328'] },
  modes: all,
  call: (command) => ({ name: 'Bash', input: { command, description: 'Run it' } }),
  launch: (place) => ({
    words: [
      program(place, `@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`),
      ...['-p', place.prompt, '--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
      ...['--allowedTools', 'Bash'],
    ],
    env: {
      ...keyIn('ANTHROPIC_API_KEY', place),
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...(place.mode === 'gateway' ? { ANTHROPIC_BASE_URL: `${place.gateway}/anthropic` } : {}),
    },
  }),
};

const codex: RealClient = {
  id: 'codex',
  name: 'Codex',
  source: { from: 'npm', packages: ['@openai/codex@0.169.0'] },
  modes: all,
  // Its tool takes JavaScript.
  call: (command) => ({
    name: 'exec',
    input: `const r = await tools.exec_command({cmd: ${JSON.stringify(command)}}); text(r.output);`,
  }),
  launch: (place) => ({
    words: [
      process.execPath,
      program(place, '@openai/codex/bin/codex.js'),
      ...['exec', '--skip-git-repo-check', '--json', '--sandbox', 'danger-full-access'],
      ...['-c', 'analytics.enabled=false', '-c', 'otel.metrics_exporter=none', '-c', 'features.plugins=false'],
      ...(place.mode === 'gateway' ? ['-c', `openai_base_url=${place.gateway}/openai/v1`] : []),
      place.prompt,
    ],
    env: keyIn('CODEX_API_KEY', place),
  }),
};

const claudeSubscription: RealClient = {
  ...claude,
  id: 'claude-subscription',
  name: 'Claude Code, subscription',
  modes: ['run', 'proxy'],
  launch(place) {
    const { words, env } = claude.launch({ ...place, key: null });
    const login = place.key?.replace('api03', 'oat01') ?? '';
    return { words, env: { ...env, CLAUDE_CODE_OAUTH_TOKEN: login }, login };
  },
};

const codexLogin: RealClient = {
  ...codex,
  id: 'codex-chatgpt',
  name: 'Codex, ChatGPT login',
  modes: ['run', 'proxy'],
  launch: (place) => {
    const { file, token } = chatgptLogin();
    return { words: codex.launch(place).words, files: { '.codex/auth.json': file }, login: token };
  },
};

const gemini: RealClient = {
  id: 'gemini',
  name: 'Gemini CLI',
  source: { from: 'npm', packages: ['@google/gemini-cli@0.61.0'] },
  modes: all,
  call: (command) => ({ name: 'run_shell_command', input: { command, description: 'Run it' } }),
  launch: (place) => ({
    words: [
      process.execPath,
      program(place, '@google/gemini-cli/bundle/gemini.js'),
      ...['-p', place.prompt, '-m', 'gemini-2.5-flash', '--approval-mode', 'yolo'],
    ],
    env: {
      ...keyIn('GEMINI_API_KEY', place),
      GEMINI_TELEMETRY_ENABLED: 'false',
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
      ...(place.mode === 'gateway' ? { GOOGLE_GEMINI_BASE_URL: `${place.gateway}/gemini` } : {}),
    },
    files: {
      '.gemini/settings.json': JSON.stringify({
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        general: { enableAutoUpdate: false },
        security: { auth: { selectedType: 'gemini-api-key' } },
      }),
    },
  }),
};

const qwen: RealClient = {
  id: 'qwen',
  name: 'Qwen Code',
  source: { from: 'npm', packages: ['@qwen-code/qwen-code@0.24.4'] },
  modes: all,
  call: (command) => ({ name: 'run_shell_command', input: { command, description: 'Run it', is_background: false } }),
  launch: (place) => ({
    words: [
      process.execPath,
      program(place, '@qwen-code/qwen-code/cli-entry.js'),
      ...['--auth-type', 'openai', '--approval-mode', 'yolo', '-p', place.prompt],
    ],
    env: {
      ...keyIn('OPENAI_API_KEY', place),
      OPENAI_BASE_URL: base(place, 'https://dashscope.aliyuncs.com/compatible-mode/v1', '/openai/v1'),
      OPENAI_MODEL: 'qwen3-coder',
      QWEN_TELEMETRY_ENABLED: 'false',
    },
    files: {
      '.qwen/settings.json': JSON.stringify({
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        general: { enableAutoUpdate: false },
        // Another conversation with tools, in which it looks for things to remember.
        memory: { enableManagedAutoMemory: false },
      }),
    },
  }),
};

const aider: RealClient = {
  id: 'aider',
  name: 'Aider',
  source: { from: 'pypi', packages: ['aider-chat==0.86.2'] },
  modes: all,
  // It edits by text and runs no command without a person.
  call: null,
  launch: (place) => ({
    words: [
      'python3',
      ...[
        '-m',
        'aider',
        '--model',
        'openai/gpt-4.1',
        '--message',
        place.prompt,
        '--no-git',
        '--no-pretty',
        '--yes-always',
      ],
      ...[
        '--no-check-update',
        '--no-show-model-warnings',
        '--no-analytics',
        '--no-show-release-notes',
        '--no-detect-urls',
      ],
    ],
    env: {
      PYTHONPATH: join(place.installed, 'site'),
      ...keyIn('OPENAI_API_KEY', place),
      OPENAI_API_BASE: base(place, 'https://api.openai.com/v1', '/openai/v1'),
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  }),
};

export const codingClients: readonly RealClient[] = [
  claude,
  claudeSubscription,
  codex,
  codexLogin,
  gemini,
  ...assistantsByApi,
  qwen,
  aider,
];
