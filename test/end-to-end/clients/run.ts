// One run: a model server, a real `scrim serve` in front of it, a client, and what could be seen of the three.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { writeCaBundle } from '../../../src/capture/ca-bundle.ts';
import { clientEnvironment } from '../../../src/capture/environment.ts';
import { filesHolding, runClient, type ClientRun } from '../../support/real-clients-process.ts';
import { startModel } from '../../support/real-clients-model.ts';
import { cliPath, startScrim, type Scrim } from '../../support/scrim.ts';
import { makeSecret } from '../../support/secrets.ts';
import type { Launch, Mode, RealClient } from './client.ts';
import { keyUse, type KeyUse } from './key-use.ts';
import { lend, namedProviders, storeKeys, tellingEnvironment } from './stored-keys.ts';

export interface RunOptions {
  readonly client: RealClient;
  readonly mode: Mode;
  /** Where the client is installed. */
  readonly installed: string;
  /** What the model wants run; null: it only talks. */
  readonly command: string | null;
  /** What the hook answers to a question: after so many seconds, allow, deny, or nothing. Null: no hook. */
  readonly hook: { readonly verdict: 'allow' | 'deny' | 'none'; readonly seconds: number } | null;
  /** Seconds until a question counts as not answered. */
  readonly timeout: number;
  /** Environment of a Secret Service: there the providers' keys lie, and the client is given a local token. */
  readonly keychain?: Readonly<Record<string, string>>;
  /** Milliseconds that the client may take. */
  readonly limit: number;
}

export interface Observation {
  readonly run: ClientRun;
  /** Requests that offer tools, as the model got them: method and path. */
  readonly turns: readonly string[];
  /** All requests, with how their answers ended. */
  readonly requests: readonly string[];
  /** All turns asked for a stream. */
  readonly isStreamed: boolean;
  /** The stand-in of the secret, as the client printed it. */
  readonly placeholder: string | null;
  /** Where parts of the secret turned up: `output`, `request 2`, files of the client's home. */
  readonly leaks: readonly string[];
  /** What the dangerous command deletes is still there. */
  readonly precious: boolean;
  /** What the harmless command makes is there. */
  readonly made: boolean;
  /** Questions that the hook was asked, as JSON. */
  readonly questions: readonly string[];
  /** Null: Scrim had no keys. */
  readonly keys: KeyUse | null;
  /** What Scrim said: exchanges and failures. */
  readonly events: readonly string[];
}

/** What the model wants run; the project folder holds `precious/keep.txt`. */
export const harmless = 'touch made.txt';
/** Does nothing in any other folder. Not `rm -rf`, which Codex refuses by itself. */
export const dangerous = 'test -e precious/keep.txt && find . -type f -delete';

export async function observe(options: RunOptions): Promise<Observation> {
  const { client, mode, keychain } = options;
  const folder = await realpath(await mkdtemp(join(tmpdir(), `client-${client.id}-`)));
  const [home, project] = [join(folder, 'home'), join(folder, 'project')];
  await mkdir(join(home, 'tmp'), { recursive: true });
  await mkdir(join(project, 'precious'), { recursive: true });
  await writeFile(join(project, 'precious', 'keep.txt'), 'keep\n');
  const seed = randomUUID();
  const secret = makeSecret('aws-access-key-id', seed);
  const prompt = `Say the key of ${seed.slice(0, 8)}, please.`;
  const call = options.command === null ? null : (client.call?.(options.command) ?? null);
  await using model = await startModel({ secret, call, prompt, hasTools: client.call !== null });
  const questions = join(folder, 'questions.jsonl');
  const policy = await policyOf(options, folder, questions);
  await using scrim = await inTurn(() =>
    startScrim({
      upstreamCa: model.caPem,
      resolve: model.resolve,
      policy,
      ...(keychain && { env: { ...keychain, SCRIM_KEYS: 'keychain' } }),
    }),
  );
  const place = {
    mode,
    installed: options.installed,
    home,
    gateway: scrim.gateway,
    prompt,
    key: fakeKey(client, seed),
  };
  const stored = keychain && (await storeKeys(keychain, client, scrim));
  const own = client.launch(place);
  const lent = stored === undefined || own.login !== undefined ? undefined : await lend(stored, mode, scrim);
  const launch = lent === undefined ? own : client.launch({ ...place, key: lent.token });
  const environment = join(folder, 'environment');
  const watched = stored === undefined ? launch : tellingEnvironment(launch, environment);
  const run = await runClient(
    mode === 'run' ? belowScrim(watched, scrim) : watched,
    { home, project },
    { ...(await environmentOf(mode, scrim, folder)), ...lent?.env },
    options.limit,
  );
  const parts = [secret.slice(4, 10), secret.slice(6, 12), secret.slice(12, 18)];
  const turns = model.turns();
  const ends = await Promise.all(
    model.requests().map(({ over }) => Promise.race([over.then(({ how }) => how), setImmediate('open')])),
  );
  const holds = (text: string | Buffer) => parts.some((part) => text.includes(part));
  const leaks = [
    ...(holds(run.out + run.err) ? ['output'] : []),
    ...model.requests().flatMap(({ body }, i) => (holds(body) ? [`request ${i + 1}`] : [])),
    ...(await filesHolding(folder, parts)).map((file) => file.slice(folder.length + 1)),
  ];
  const observation: Observation = {
    run,
    turns: turns.map(({ method, path }) => `${method} ${path}`),
    requests: model.requests().map(({ method, path }, i) => `${method} ${path}: ${ends[i]}`),
    isStreamed: turns.every(({ path, body }) => /stream/i.test(path) || /"stream":\s*true/.test(body.toString())),
    placeholder: /AKIAMASKED_AWS_[0-9a-f]{8}/.exec(run.out)?.[0] ?? null,
    leaks,
    precious: existsSync(join(project, 'precious', 'keep.txt')),
    made: existsSync(join(project, 'made.txt')),
    questions: existsSync(questions)
      ? (await readFile(questions, 'utf8')).split('\n').filter((line) => line !== '')
      : [],
    keys:
      stored === undefined
        ? null
        : await keyUse({
            stored,
            login: launch.login,
            requests: model.requests(),
            run,
            folders: [folder, scrim.folder],
          }),
    events: scrim.events.flatMap((event) =>
      event.event === 'exchange' || event.event === 'failure' ? [JSON.stringify(event)] : [],
    ),
  };
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return observation;
}

let started: Promise<unknown> = Promise.resolve();

/** One after the other: starting takes a core, and many at once would all be late. */
function inTurn<T>(start: () => Promise<T>): Promise<T> {
  const mine = started.then(start);
  started = mine.catch(() => undefined);
  return mine;
}

function belowScrim(launch: Launch, { dataDir, policyFile }: Scrim): Launch {
  const words = [cliPath, '--data-dir', dataDir, '--policy', policyFile, 'run', '--', ...launch.words] as const;
  return { ...launch, words: [process.execPath, ...words] };
}

async function environmentOf(mode: Mode, scrim: Scrim, folder: string): Promise<Record<string, string>> {
  if (mode === 'gateway') return offline;
  if (mode === 'run') return {};
  const bundlePath = join(folder, 'bundle.pem');
  await writeCaBundle({ caPem: await readFile(scrim.ca, 'utf8'), path: bundlePath, env: {} });
  const { variables } = clientEnvironment({
    ...{ proxy: scrim.proxy, gateway: scrim.gateway, caPath: scrim.ca, bundlePath },
    env: {},
    baseUrls: false,
  });
  return variables;
}

/** At the gateway nothing but loopback is there: a proxy at the discard port. */
const offline: Record<string, string> = Object.fromEntries([
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].map((name) => [name, 'http://127.0.0.1:9'] as const),
  ...['NO_PROXY', 'no_proxy'].map((name) => [name, 'localhost,127.0.0.1,::1'] as const),
  ['NODE_USE_ENV_PROXY', '1'],
]);

function fakeKey({ id }: RealClient, seed: string): string {
  if (id.startsWith('copilot-own')) return makeSecret('github-classic', seed).replace('ghp', 'gho');
  if (/claude|anthropic/.test(id)) return makeSecret('anthropic', seed);
  return makeSecret(/gemini|google|genai/.test(id) ? 'google-api-key' : 'openai-project', seed);
}

/** The hook keeps what it is asked, waits, and answers with its exit code. */
async function policyOf(options: RunOptions, folder: string, questions: string): Promise<string> {
  const { client, hook, timeout } = options;
  const intercept = `version: 1\n${namedProviders}intercept: ${JSON.stringify(['default', ...(client.intercept ?? [])])}\n`;
  if (hook === null) return intercept;
  const script = join(folder, 'hook.mjs');
  const code = { allow: 0, deny: 1, none: 2 }[hook.verdict];
  await writeFile(
    script,
    `import { appendFileSync } from 'node:fs';
let question = '';
for await (const part of process.stdin) question += part;
appendFileSync(${JSON.stringify(questions)}, question.trim() + '\\n');
setTimeout(() => process.exit(${code}), ${hook.seconds * 1000});
`,
  );
  const words = JSON.stringify([process.execPath, script]);
  return `${intercept}approval: { timeout: ${timeout}s, on-timeout: deny, keep-alive: 10s, hook: ${words} }\n`;
}
