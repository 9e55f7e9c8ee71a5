// The demo: a model server, a Scrim and two clients on this machine, and a look at what each of them saw. It checks itself.

import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadyEvent } from '../contract/core-events.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import { createCore } from '../core.ts';
import { CoreError } from './core-error.ts';
import { chatAnswer, demoPrompt, messageAnswer, type DemoAnswer, type DemoDelta } from './demo-answers.ts';
import type { DemoCall } from './demo-call.ts';
import { checkDemo, type DemoCheck } from './demo-checks.ts';
import type { ClientReport } from './demo-client.ts';
import { startModelServer, type ModelServer } from './demo-model.ts';
import { openLog } from './inspect.ts';

export interface Demo {
  readonly ready: ReadyEvent;
  readonly calls: readonly DemoCall[];
  readonly checks: readonly DemoCheck[];
}

export interface DemoOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the demo early; what it made is removed all the same. */
  readonly signal: AbortSignal;
}

/** Rejects with CoreError `demo` when it cannot be run to its end; a check that fails is part of the result. */
export async function runDemo({ env, signal }: DemoOptions): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'scrim-demo-'));
  const dataDir = join(folder, 'data');
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, policyText());
  const model = await startModelServer(join(folder, 'model'), [chatAnswer, messageAnswer]);
  try {
    const core = await createCore(
      {
        dataDir,
        // The built-in policy and an answer, not the user's own.
        policyFile: policy,
        keys: 'plain',
        env: {},
        listen: { host: '127.0.0.1', port: 0 },
        ui: { host: '127.0.0.1', port: 0 },
        upstreamCa: model.certificatePath,
        resolve: [chatAnswer, messageAnswer].map(({ host }) => ({
          host,
          port: 443,
          address: '127.0.0.1',
          addressPort: model.port,
        })),
      },
      () => undefined,
    );
    const { ready } = core;
    try {
      const [chat, message] = await Promise.all([
        runClient('chat', throughProxy(ready), env, signal),
        runClient('messages', { ANTHROPIC_BASE_URL: `${ready.gateway}/anthropic` }, env, signal),
      ]);
      await core.stop();
      const records = readRecords(dataDir, policy);
      const calls = [
        describeCall(chatAnswer, 'proxy', chat, model, records),
        describeCall(messageAnswer, 'gateway', message, model, records),
      ];
      return { ready, calls, checks: checkDemo(calls, await readAll(dataDir)) };
    } finally {
      await core.stop();
    }
  } finally {
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A command answers in the place of a person: the file may be written, nothing else is let through. */
function policyText(): string {
  const answers = `let text = ''; process.stdin.on('data', (part) => (text += part)).on('end', () => {
    console.log('answered by the demo');
    process.exitCode = JSON.parse(text).tool === 'write_file' ? 0 : 1;
  })`;
  return `version: 1\napproval: ${JSON.stringify({ hook: [process.execPath, '-e', answers] })}\n`;
}

/** All that a client in Node needs to be told. */
function throughProxy({ proxy, ca }: ReadyEvent): Record<string, string> {
  return { HTTPS_PROXY: proxy, NODE_USE_ENV_PROXY: '1', NODE_EXTRA_CA_CERTS: ca };
}

/** What a program needs of its surroundings to start at all. */
const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'USERPROFILE'];
const clientTimeout = 30_000;

function runClient(
  api: 'chat' | 'messages',
  variables: Record<string, string>,
  env: DemoOptions['env'],
  signal: AbortSignal,
): Promise<ClientReport> {
  // Beside this file, in a checkout as in a build.
  const program = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? 'demo-client.ts' : 'demo-client.js', import.meta.url),
  );
  const surroundings = Object.fromEntries(
    kept.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  );
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, api, demoPrompt], {
      env: { ...surroundings, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      timeout: clientTimeout,
    });
    let out = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (out += piece));
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (said += piece));
    child.once('error', (error) => reject(failed(signal.aborted ? 'it was stopped' : error.message)));
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as ClientReport);
      else reject(failed(/^\w*Error.*$/m.exec(said)?.[0] ?? `its program ended with ${code ?? 'a signal'}`));
    });
  });
}

function failed(reason: string): CoreError {
  return new CoreError('demo', `The demo's client did not get its answer: ${reason}.`);
}

function readRecords(dataDir: string, policy: string): ExchangeRecord[] {
  const log = openLog({ dataDir, policy, env: {} });
  return log.sessions().flatMap((session) => log.exchanges(session.id));
}

function describeCall(
  answer: DemoAnswer,
  way: DemoCall['way'],
  got: ClientReport,
  model: ModelServer,
  records: readonly ExchangeRecord[],
): DemoCall {
  const request = model.received.find(({ path }) => path === answer.path);
  const record = records.find(({ host }) => host === answer.host);
  if (request === undefined || record === undefined)
    throw new CoreError('demo', `Please report this: the call to ${answer.host} did not go through Scrim.`);
  const { host, path, deltas: sent } = answer;
  const sentAt = model.endedAt.get(path) ?? 0;
  const isRefusal = (delta: DemoDelta): boolean => delta.text.startsWith('[Scrim]');
  const refusal = got.deltas.find(isRefusal)?.text ?? null;
  const passed = { ...got, deltas: got.deltas.filter((delta) => !isRefusal(delta)) };
  return { host, way, client: request.client, request: request.body, sent, sentAt, got: passed, refusal, record };
}

/** Every file of the data folder, as it lies on the disk. */
async function readAll(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))).join('\n');
}
