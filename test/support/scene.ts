// A day at work, for the window: a real core, a model that answers as the request asks, and clients in processes of their own
// (a client's process and what it starts may not answer questions, and this process starts the browser).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPlayback, type OwnAnswer, type Playback } from './playback.ts';
import { startCore, type Scrim, type ScrimOptions } from './scrim.ts';
import { makeSecret } from './secrets.ts';
import { sse } from './exchange.ts';

export interface Scene extends AsyncDisposable {
  readonly scrim: Scrim;
  readonly playback: Playback;
  /** What the model gives away where it is asked for a key. */
  readonly secret: string;
  /** Opens the window; good once. */
  link(screen?: string): string;
  /** The first client asks the model; resolves with what it got. */
  ask(wish: Wish): Promise<ClientAnswer>;
  /** Another client, in a process of its own. */
  client(options: ClientOptions): SceneClient;
  close(): Promise<void>;
}

export interface ClientOptions {
  /** What it calls itself: `claude-cli/2.1.328 (external, cli)`. */
  readonly agent?: string;
  readonly model?: string;
  /** Where it works. */
  readonly folder?: string;
  /** The name of its program, as the system knows it: `claude`. */
  readonly program?: string;
}

export interface SceneClient {
  ask(wish: Wish): Promise<ClientAnswer>;
  close(): Promise<void>;
}

/**
 * What the user of the client wants, and what the model does: `Key: …` answers with a secret, `Run: …` calls bash with it, `Say: …`
 * says it. `Run: clean up => rm -rf x`: the user says the former.
 */
export type Wish = `Key: ${string}` | `Run: ${string}` | `Say: ${string}`;

export interface ClientAnswer {
  readonly status: number;
  readonly text: string;
  /** Arguments of the tool call, if any. */
  readonly call: string;
}

export interface SceneOptions {
  /** More lines of the policy. */
  readonly policy?: string;
  /** Milliseconds between two events of the model. */
  readonly pause?: number;
  readonly scrim?: Omit<ScrimOptions, 'policy'>;
}

const client = new URL('scene-client.ts', import.meta.url).href;

export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  const secret = makeSecret('aws-access-key-id', 'scene');
  const playback = await startPlayback({
    secret,
    pause: options.pause ?? 0,
    // About an event a write, where there is a pause between two.
    cut: options.pause === undefined ? 'whole' : 160,
    answer: ({ headers, body }) => answerTo(String(headers['x-wish'] ?? ''), body.toString(), secret),
  });
  const scrim = await startCore({
    ...options.scrim,
    policy: [
      'version: 1',
      `providers: { local: "${playback.origin}" }`,
      options.policy ?? 'approval: { timeout: 120s }',
      '',
    ].join('\n'),
  });
  const url = `${scrim.gateway}/local/v1/chat/completions`;
  const clients = new Set<SceneClient>();
  const newClient = (about: ClientOptions = {}): SceneClient => {
    const made = startClient(url, about, scrim.folder);
    clients.add(made);
    return made;
  };
  const first = newClient();
  const close = async (): Promise<void> => {
    await Promise.all([...clients].map((each) => each.close()));
    await scrim.stop();
    await playback.close();
  };
  return {
    scrim,
    playback,
    secret,
    link: (screen = '') => scrim.link(screen),
    ask: (wish) => first.ask(wish),
    client: newClient,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One process for all its calls: it starts slowly beside a browser. */
function startClient(url: string, about: ClientOptions, programs: string): SceneClient {
  const { agent = 'opencode/1.18.33', model = 'gpt-5.2', program = 'opencode', folder } = about;
  // A process is known by the script that it runs.
  const script = join(programs, program);
  writeFileSync(script, `import(${JSON.stringify(client)});\n`);
  const child = spawn(process.execPath, [script, url, agent, model], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  const waiting = new Map<number, (answer: ClientAnswer) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { call, answer } = JSON.parse(line) as { call: number; answer: ClientAnswer };
    waiting.get(call)?.(answer);
    waiting.delete(call);
  });
  let calls = 0;
  return {
    ask(wish) {
      const call = calls++;
      return new Promise((resolve) => {
        waiting.set(call, resolve);
        child.stdin.write(`${JSON.stringify({ call, wish })}\n`);
      });
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // It may wait for an answer that nobody gives any more.
      child.kill();
      await once(child, 'exit');
    },
  };
}

function answerTo(header: string, body: string, secret: string): OwnAnswer {
  const { model } = JSON.parse(body) as { model: string };
  const wish = Buffer.from(header, 'base64').toString();
  const [, kind = 'Say', rest = ''] = /^(\w+): (.*)$/s.exec(wish) ?? [];
  const chunk = (delta: object, finish: string | null = null): object => ({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...(finish === null ? {} : { usage: { prompt_tokens: 812, completion_tokens: 96, total_tokens: 908 } }),
  });
  const words =
    kind === 'Key'
      ? ['The bucket is read with ', secret.slice(0, 7), secret.slice(7), ', as `deploy.sh` does.\n']
      : kind === 'Run'
        ? ['I will do that now.']
        : rest.split(/(?<= )/);
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'bash', arguments: JSON.stringify({ command: rest }) },
  };
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    ...words.map((content) => chunk({ content })),
    ...(kind === 'Run' ? [chunk({ tool_calls: [call] })] : []),
    chunk({}, kind === 'Run' ? 'tool_calls' : 'stop'),
  ];
  return { headers: { 'content-type': 'text/event-stream' }, body: `${sse(...chunks)}data: [DONE]\n\n` };
}
