// A program of its own, run by the demo: a client as users have it. It knows nothing of Scrim; proxy, certificate and base
// URL come in its environment. Prints what it got as one line of JSON.

import type { DemoDelta } from './demo-answers.ts';

export interface ClientReport {
  readonly deltas: readonly DemoDelta[];
  /** The whole body as it came over the wire. */
  readonly wire: string;
  /** When the first text came. Milliseconds since the Unix epoch. */
  readonly firstAt: number | null;
  /** Why the answer ended, as the provider says it. */
  readonly finish: string | null;
}

const [api = '', prompt = ''] = process.argv.slice(2);
const deltas: DemoDelta[] = [];
let wire = '';
let firstAt: number | null = null;
let finish: string | null = null;

const text = (value: string): void => {
  firstAt ??= Date.now();
  deltas.push({ channel: 'text', text: value });
};
const call = (value: string): void => void deltas.push({ channel: 'tool call', text: value });

/** fetch, with a copy of each body kept as it came. */
const copyingFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  const decoder = new TextDecoder();
  const copy = new TransformStream({
    transform(bytes: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>) {
      wire += decoder.decode(bytes, { stream: true });
      controller.enqueue(bytes);
    },
  });
  return new Response(response.body.pipeThrough(copy), response);
};

interface ChatChunk {
  readonly choices: readonly {
    readonly delta: {
      readonly content?: string | null;
      readonly tool_calls?: readonly { readonly function?: { readonly arguments?: string } }[];
    };
    readonly finish_reason: string | null;
  }[];
}

function readChunk({ choices: [choice] }: ChatChunk): void {
  if (choice === undefined) return;
  const { content, tool_calls: calls } = choice.delta;
  // The first chunk only names the role.
  if (typeof content === 'string' && (content !== '' || deltas.length > 0)) text(content);
  for (const each of calls ?? []) call(each.function?.arguments ?? '');
  finish = choice.finish_reason ?? finish;
}

interface MessageEventData {
  readonly type: string;
  readonly delta?: { readonly text?: string; readonly stop_reason?: string };
}

function readMessageEvent({ type, delta }: MessageEventData): void {
  if (type === 'content_block_delta') text(delta?.text ?? '');
  if (type === 'message_delta') finish = delta?.stop_reason ?? null;
}

/** Without an SDK: the events as they come. */
async function* events(url: string, body: object): AsyncGenerator {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer demo', 'x-api-key': 'demo' };
  const response = await copyingFetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok || response.body === null) throw new Error(`status ${response.status}: ${await response.text()}`);
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: {')) yield JSON.parse(line.slice(6));
  }
}

const messages = [{ role: 'user' as const, content: prompt }];
if (api === 'messages') {
  const url = `${process.env['ANTHROPIC_BASE_URL'] ?? 'https://api.anthropic.com'}/v1/messages`;
  const body = { model: 'demo', max_tokens: 100, stream: true, messages };
  for await (const each of events(url, body)) readMessageEvent(each as MessageEventData);
} else {
  const request = { model: 'demo', stream: true as const, messages };
  // An optional dependency: the demo works without it, only less like a user's own program.
  const sdk = await import('openai').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  });
  if (sdk === undefined) {
    for await (const each of events('https://api.openai.com/v1/chat/completions', request))
      readChunk(each as ChatChunk);
  } else {
    const client = new sdk.OpenAI({ apiKey: 'demo', maxRetries: 0, fetch: copyingFetch });
    for await (const chunk of await client.chat.completions.create(request)) readChunk(chunk);
  }
}
const report: ClientReport = { deltas, wire, firstAt, finish };
process.stdout.write(`${JSON.stringify(report)}\n`);
