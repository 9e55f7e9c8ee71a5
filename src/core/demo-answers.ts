// What the demo's model server answers: text and a tool call with secrets of nobody, cut in their middle as real
// streams are. The secrets are made here from parts, so that no file holds anything that looks like one.

import { createHash } from 'node:crypto';

export interface DemoDelta {
  readonly channel: 'text' | 'tool call';
  readonly text: string;
}

export interface DemoAnswer {
  readonly host: string;
  readonly path: string;
  readonly deltas: readonly DemoDelta[];
  /** The body, one server-sent event each. */
  readonly events: readonly string[];
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The same letters in each run, of no meaning. */
function take(label: string, count: number, alphabet = letters): string {
  const bytes = createHash('sha512').update(`scrim demo ${label}`).digest();
  return Array.from({ length: count }, (_, i) => alphabet.charAt((bytes[i] ?? 0) % alphabet.length)).join('');
}

const deployToken = take('deploy token', 36);
const databasePassword = take('database', 16);
const paymentKey = take('payment', 24);
const cloudKey = take('cloud', 16, `${letters.slice(0, 26)}234567`);
const pastedPassword = take('pasted', 14);

/** The secret part of each secret: what must be nowhere but at the model. */
export const demoSecrets: readonly string[] = [deployToken, databasePassword, paymentKey, cloudKey, pastedPassword];

/** The user's own prompt holds a secret too: it reaches the model, and the log only masked. */
export const demoPrompt = `Deploy it. The old password: "${pastedPassword}"`;
export const demoPastedPassword = pastedPassword;

/** Looks like a secret to a careless eye, and is none. */
const commit = createHash('sha1').update('scrim demo').digest('hex');

const texts = (...parts: string[]): DemoDelta[] => parts.map((text) => ({ channel: 'text', text }));

const chatText = texts(
  'Done. The deploy token is ',
  `ghp_${deployToken.slice(0, 9)}`,
  deployToken.slice(9, 22),
  `${deployToken.slice(22)}, and the `,
  'database is postgres://app:',
  databasePassword.slice(0, 6),
  `${databasePassword.slice(6)}@db/shop. `,
  `Commit ${commit.slice(0, 18)}`,
  `${commit.slice(18)} is public.`,
);
const toolArguments = JSON.stringify({ path: '.env', content: `PAY_KEY=${['sk', 'live', paymentKey].join('_')}\n` });
const keyAt = toolArguments.indexOf(paymentKey);
const chatCall = [
  toolArguments.slice(0, keyAt - 8),
  toolArguments.slice(keyAt - 8, keyAt + 5),
  toolArguments.slice(keyAt + 5, keyAt + 17),
  toolArguments.slice(keyAt + 17),
].map((text): DemoDelta => ({ channel: 'tool call', text }));

const messageText = texts('Upload it as ', `AKIA${cloudKey.slice(0, 5)}`, `${cloudKey.slice(5)} `, 'and you are done.');

/** What the second model wants to run. */
export const demoDangerous = 'git push --force origin main';

export const chatAnswer: DemoAnswer = {
  host: 'api.openai.com',
  path: '/v1/chat/completions',
  deltas: [...chatText, ...chatCall],
  events: [
    chatChunk({ role: 'assistant', content: '' }),
    ...chatText.map(({ text }) => chatChunk({ content: text })),
    ...chatCall.map(({ text }, i) =>
      chatChunk({
        tool_calls: [
          i === 0
            ? { index: 0, id: 'call_1', type: 'function', function: { name: 'write_file', arguments: text } }
            : { index: 0, function: { arguments: text } },
        ],
      }),
    ),
    chatChunk({}, 'tool_calls'),
    'data: [DONE]\n\n',
  ],
};

export const messageAnswer: DemoAnswer = {
  host: 'api.anthropic.com',
  path: '/v1/messages',
  deltas: messageText,
  events: [
    event('message_start', {
      message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'demo', content: [] },
    }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...messageText.map(({ text }) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('content_block_start', {
      index: 1,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} },
    }),
    event('content_block_delta', {
      index: 1,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify({ command: demoDangerous }) },
    }),
    event('content_block_stop', { index: 1 }),
    event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 12 } }),
    event('message_stop', {}),
  ],
};

function chatChunk(delta: object, finish: string | null = null): string {
  const choice = { index: 0, delta, finish_reason: finish };
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'demo', choices: [choice] };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
