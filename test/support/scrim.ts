// The product under test: the real process as a person starts it, its commands, and the same core in this process. Long, since all
// of them give the same view of it.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { coreEventSchema, type CoreEvent, type ReadyEvent } from '../../src/contract/core-events.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import { createCore } from '../../src/core.ts';
import { readServeOptions } from '../../src/core/serve-flags.ts';

export const cliPath = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

type EventOf<Name extends CoreEvent['event']> = Extract<CoreEvent, { event: Name }>;

export interface ScrimOptions {
  /** The policy file's text; default: only `version: 1`. */
  readonly policy?: string;
  /** `HOST:PORT:ADDRESS[:PORT]` */
  readonly resolve?: readonly string[];
  /** PEM of an authority that upstreams are trusted by. */
  readonly upstreamCa?: string;
  /** Further words of the command line. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of a core in this process: where it keeps keys, and addresses that it will have again. */
  readonly own?: {
    readonly keys?: string;
    readonly keysPassphraseFd?: string;
    readonly listen?: string;
    readonly ui?: string;
  };
}

export interface Scrim extends Omit<ReadyEvent, 'event'>, AsyncDisposable {
  readonly folder: string;
  readonly dataDir: string;
  readonly policyFile: string;
  /** Everything said so far. */
  readonly events: readonly CoreEvent[];
  /** The first event, past or to come, that fits and was not given before. */
  nextEvent<Name extends CoreEvent['event']>(
    name: Name,
    fits?: (event: EventOf<Name>) => boolean,
  ): Promise<EventOf<Name>>;
  /** The first event as the reader of stdout got it. */
  readonly ready: ReadyEvent;
  /** Runs another command on the same data folder and policy. */
  command(...words: string[]): Promise<CommandResult>;
  /** All exchanges of the log, through `sessions list` and `sessions show`. */
  log(): Promise<ExchangeRecord[]>;
  /** Files below the folder that hold `text`, in whatever place. */
  filesWith(text: string): Promise<string[]>;
  stop(): Promise<number | null>;
}

/** A core in this process. */
export interface ScrimCore extends Scrim {
  /** Opens the window in a browser; good once. */
  link(screen: string): string;
}

export interface ScrimProcess extends Scrim {
  readonly process: ChildProcessWithoutNullStreams;
  /** Highest resident size so far, in bytes. */
  peakMemory(): Promise<number>;
  /** What stderr got. */
  readonly said: string;
}

export interface CommandResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** An environment without the settings of this machine. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'PYENV_ROOT', 'PYENV_VERSION'];
  const base = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // Not the keychain of whoever runs the tests.
  return { ...Object.fromEntries(base), SCRIM_KEYS: 'plain', ...extra };
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly cwd?: string;
}

/** Runs `scrim` with these words to its end. */
export async function runScrim(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return collect(startScrimCommand(words, options), options.input ?? '');
}

/** Starts `scrim` with these words; its stdin stays open. */
export function startScrimCommand(
  words: readonly string[],
  options: CommandOptions = {},
): ChildProcessWithoutNullStreams {
  // As `npm run scrim` starts it.
  return spawn(process.execPath, ['--max-semi-space-size=8', cliPath, ...words], {
    env: cleanEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Feeds a process and waits for its end. */
export async function collect(
  child: ChildProcessWithoutNullStreams,
  input: string | Buffer = '',
): Promise<CommandResult> {
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, out, err };
}

async function prepare(options: ScrimOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'scrim-test-'));
  const dataDir = join(folder, 'data');
  const policyFile = join(folder, 'policy.yaml');
  await writeFile(policyFile, options.policy ?? 'version: 1\n');
  const flags = [
    ...['--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0'],
    ...(options.resolve ?? []).flatMap((rule) => ['--resolve', rule]),
  ];
  if (options.upstreamCa !== undefined) {
    const file = join(folder, 'upstream-ca.pem');
    await writeFile(file, options.upstreamCa);
    flags.push('--upstream-ca', file);
  }
  return { folder, dataDir, policyFile, flags: [...flags, ...(options.flags ?? [])] };
}

/** `scrim serve --json` as a process of its own. */
export async function startScrim(options: ScrimOptions = {}): Promise<ScrimProcess> {
  const places = await prepare(options);
  const { folder, dataDir, policyFile, flags } = places;
  const child = startScrimCommand(['serve', '--json', '--data-dir', dataDir, '--policy', policyFile, ...flags], {
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  child.stdin.end();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const heard = createHeard();
  createInterface({ input: child.stdout }).on('line', (line) => heard.add(coreEventSchema.parse(JSON.parse(line))));
  const gone = once(child, 'exit').then(([code]) => code as number | null);
  const ended = gone.then((code) => {
    throw new Error(`Scrim ended with ${code ?? 'a signal'}: ${said}`);
  });
  ended.catch(() => undefined);
  // SIGKILL reaches children that hang when the test process itself is ended.
  const last = () => child.kill('SIGKILL');
  process.once('exit', last);
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const code = await gone;
    process.off('exit', last);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  const ready = await Promise.race([heard.next('ready'), ended]);
  return {
    ...common(places, ready, heard, stop),
    process: child,
    get said() {
      return said;
    },
    async peakMemory() {
      const text = await readFile(`/proc/${ready.pid}/status`, 'utf8');
      return Number(/VmHWM:\s+(\d+) kB/.exec(text)?.[1]) * 1024;
    },
  };
}

/** The same core in this process: quicker, and without what a process adds. */
export async function startCore(options: ScrimOptions = {}): Promise<ScrimCore> {
  const { keys, keysPassphraseFd, listen, ui } = options.own ?? {};
  const places = await prepare(options);
  const { folder, dataDir, policyFile } = places;
  const heard = createHeard();
  const core = await createCore(
    readServeOptions(
      {
        listen: listen ?? '127.0.0.1:0',
        ui: ui ?? '127.0.0.1:0',
        resolve: options.resolve ?? [],
        ...upstreamCaOf(places.flags),
      },
      { dataDir, policy: policyFile, keys: keys ?? 'plain', keysPassphraseFd, env: { ...options.env } },
    ),
    (event) => heard.add(event),
  );
  heard.add(core.ready);
  const stop = async (): Promise<number> => {
    await core.stop();
    await rm(folder, { recursive: true, force: true });
    return 0;
  };
  return { ...common(places, core.ready, heard, stop), link: (screen) => core.link(screen) };
}

function upstreamCaOf(flags: readonly string[]): { upstreamCa?: string } {
  const file = flags[flags.indexOf('--upstream-ca') + 1];
  return flags.includes('--upstream-ca') && file !== undefined ? { upstreamCa: file } : {};
}

type Heard = ReturnType<typeof createHeard>;

function createHeard() {
  const events: CoreEvent[] = [];
  const given = new Set<CoreEvent>();
  const arrivals = new EventEmitter();
  arrivals.setMaxListeners(0);
  return {
    events,
    add(event: CoreEvent) {
      events.push(event);
      arrivals.emit('event');
    },
    async next<Name extends CoreEvent['event']>(
      name: Name,
      fits: (event: EventOf<Name>) => boolean = () => true,
    ): Promise<EventOf<Name>> {
      const deadline = AbortSignal.timeout(15_000);
      for (;;) {
        const found = events.find((each) => each.event === name && !given.has(each) && fits(each as EventOf<Name>));
        if (found !== undefined) {
          given.add(found);
          return found as EventOf<Name>;
        }
        await once(arrivals, 'event', { signal: deadline }).catch(() => {
          throw new Error(
            `No event "${name}" came; these did:\n${events.map((each) => JSON.stringify(each)).join('\n')}`,
          );
        });
      }
    },
  };
}

function common(
  places: Awaited<ReturnType<typeof prepare>>,
  ready: ReadyEvent,
  heard: Heard,
  stop: () => Promise<number | null>,
): Scrim {
  const { folder, dataDir, policyFile } = places;
  const command = (...words: string[]) => runScrim(['--data-dir', dataDir, '--policy', policyFile, ...words]);
  const { proxy, gateway, ui, ca, pid } = ready;
  return {
    ...{ proxy, gateway, ui, ca, pid },
    folder,
    dataDir,
    policyFile,
    ready,
    events: heard.events,
    nextEvent: (name, fits) => heard.next(name, fits),
    command,
    async log() {
      const records: ExchangeRecord[] = [];
      const list = await command('sessions', 'list', '--json', '--limit', '1000');
      for (const { id } of jsonLines<{ id: string }>(list.out))
        records.push(...jsonLines<ExchangeRecord>((await command('sessions', 'show', id, '--json')).out));
      return records;
    },
    async filesWith(text) {
      const found: string[] = [];
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && (await readFile(file)).includes(text)) found.push(file);
      }
      return found;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** One JSON value a line. */
export function jsonLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
