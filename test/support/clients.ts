// Real SDKs (`client-process.ts`) driven from a test.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Encoding } from './playback-sending.ts';
import { cleanEnvironment } from './scrim.ts';

export const clientNames = [
  'openai chat streamed',
  'openai chat',
  'openai responses streamed',
  'openai responses',
  'anthropic streamed',
  'anthropic',
  'genai streamed',
  'genai',
  'ollama streamed',
  'ollama',
  'ai sdk, openai chat',
  'ai sdk, openai responses',
  'ai sdk, anthropic',
] as const;

export type ClientName = (typeof clientNames)[number];

export interface Call {
  readonly client: ClientName;
  readonly scenario: string;
  readonly cut: number | 'whole' | 'recorded';
  readonly encoding: Encoding;
}

export interface CallResult {
  readonly text: string;
  readonly thinking: string;
  /** Input of the tool call; null without one. */
  readonly tool: unknown;
  /** JSON of everything the SDK handed out. */
  readonly all: string;
  /** What the SDK threw. */
  readonly error: string | null;
}

export interface Clients extends Disposable {
  call(call: Call): Promise<CallResult>;
}

/** `bases`: base URLs by provider. `env`: proxy and certificates. */
export function startClients(bases: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Clients {
  const script = fileURLToPath(new URL('client-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: cleanEnvironment({ ...env, CLIENT_BASES: JSON.stringify(bases) }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: PromiseWithResolvers<CallResult>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) =>
    waiting.shift()?.resolve(JSON.parse(line) as CallResult),
  );
  child.once('exit', () => {
    for (const each of waiting) each.reject(new Error('The client process ended before it answered.'));
  });
  return {
    call(call) {
      const result = Promise.withResolvers<CallResult>();
      waiting.push(result);
      child.stdin.write(`${JSON.stringify(call)}\n`);
      return result.promise;
    },
    [Symbol.dispose]() {
      child.kill('SIGKILL');
    },
  };
}
