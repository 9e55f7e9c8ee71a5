import { expect, test } from 'vitest';
import { longestWait } from '../../src/approvals/client-limits.ts';

test.each([
  ['claude-cli/2.1.328 (external, sdk-cli)', 170],
  ['codex_exec/0.169.0 (Debian 12.0.0; x86_64) dumb (codex_exec; 0.169.0)', 290],
  ['codex-tui/0.169.0 (Debian 12.0.0; x86_64)', 290],
  ['GeminiCLI-tui/0.61.0/gemini-2.5-flash (linux; x64; terminal)', 290],
  ['opencode/1.18.33 ai-sdk/provider-utils/4.0.46 runtime/bun/1.3.14', 290],
  ['ai-sdk/anthropic/4.0.42 ai-sdk/provider-utils/5.0.30 runtime/bun/1.3.13', 290],
  ['ai-sdk/openai/3.0.141 ai-sdk/provider-utils/4.0.66 runtime/node.js/24', 290],
  ['OpenAI/JS 6.49.0', 290],
  ['node', 290],
  ['Anthropic/Python 1.13.0', 590],
  ['Boto3/1.43.107 md/Botocore#1.43.107 ua/2.1 os/linux', 50],
])('%s gives up after %d s of silence, a little spared', (agent, seconds) => {
  expect(longestWait(agent, false)).toBe(seconds * 1_000);
});

test.each(['copilot/1.0.102 (linux v24.20.0) term/unknown', 'node-fetch', 'curl/8.9.1', ''])(
  'no limit is known of "%s"',
  (agent) => {
    expect(longestWait(agent, false)).toBeNull();
  },
);

test('a stream that is kept alive may last', () => {
  expect(longestWait('claude-cli/2.1.328 (external, sdk-cli)', true)).toBeNull();
});
