// Clients that run now, and whether they were started with a way through Scrim. SECURITY: of another program's environment
// only the names below are looked at, and only yes or no leaves this file: no value is printed or kept.

import { readdir, readlink, stat } from 'node:fs/promises';
import { readBounded } from '../../identity/bounded-read.ts';
import { environmentVariable } from '../../identity/ci-run.ts';
import { parseStat } from '../../identity/linux.ts';
import { guardMarker } from '../../identity/process-facts.ts';
import { programName } from '../../identity/program-name.ts';
import { notChecked, ok, problem, type Check, type CheckResult } from './check.ts';
import { titleOf, type DoctorContext } from './context.ts';

export const runningClientsCheck: Check<DoctorContext> = { name: 'running clients', limit: 4_000, run: runningClients };

/** By the program's name, or that of the package its script lies in. */
const clientOf: Readonly<Record<string, string>> = {
  claude: 'claude',
  '@anthropic-ai/claude-code': 'claude',
  codex: 'codex',
  '@openai/codex': 'codex',
  gemini: 'gemini',
  '@google/gemini-cli': 'gemini',
  opencode: 'opencode',
  'opencode-ai': 'opencode',
  copilot: 'copilot',
  '@github/copilot': 'copilot',
  cline: 'cline',
  cn: 'continue',
  '@continuedev/cli': 'continue',
  aider: 'aider',
  'aider-chat': 'aider',
  code: 'vscode',
  'code-insiders': 'vscode-insiders',
  codium: 'vscodium',
  cursor: 'cursor',
  windsurf: 'windsurf',
};

const command: Readonly<Record<string, string>> = {
  ...{ continue: 'cn', vscode: 'code', 'vscode-insiders': 'code-insiders', vscodium: 'codium' },
};

export interface RunningClient {
  readonly pid: number;
  readonly parent: number;
  /** Milliseconds since the Unix epoch, to a second; undefined: not known. */
  readonly startedAt: number | undefined;
  readonly client: string;
  /** Undefined: the system does not show it. */
  readonly goesThrough: boolean | undefined;
}

async function runningClients(context: DoctorContext): Promise<readonly CheckResult[]> {
  const name = 'running clients';
  if (context.machine.platform !== 'linux')
    return [notChecked(name, 'This system does not show what other programs were started with.')];
  const [found, roots] = await Promise.all([context.clients(), findRunning(context)]);
  const isSetUp = new Set(found.filter(({ status }) => status === 'captured').map(({ client }) => client.id));
  if (roots.length === 0) return [ok(name, 'No client that Scrim knows is running.')];
  return [...Map.groupBy(roots, ({ client }) => client)].map(([client, processes]) => {
    const title = titleOf(client);
    const check = `running ${client}`;
    const outside = processes.filter(({ goesThrough }) => goesThrough === false);
    if (isSetUp.has(client) || processes.every(({ goesThrough }) => goesThrough === true))
      return ok(check, `${title} runs (${listed(processes)}) with settings that lead to Scrim.`);
    if (outside.length === 0)
      return notChecked(check, `What ${title} (${listed(processes)}) was started with is hidden.`);
    return problem(
      check,
      `${title} runs without Scrim (${listed(outside)}): end it, then start it anew.`,
      context.scrim('yourself', 'run', '--', command[client] ?? client),
    );
  });
}

/** Linux only; elsewhere none. */
export async function findRunning(context: DoctorContext): Promise<readonly RunningClient[]> {
  const { platform, userId } = context.machine;
  if (platform !== 'linux') return [];
  const [instance, { env }] = await Promise.all([context.instance(), context.setup()]);
  const ours = new Set([instance?.proxy, instance?.gateway, env.proxy, env.gateway]);
  const all = await clientsOf(userId, (address) => {
    const origin = URL.parse(address)?.origin;
    // No address at all is not the address of a Scrim that does not run.
    return origin !== undefined && ours.has(origin);
  });
  const byPid = new Map(all.map((each) => [each.pid, each]));
  // A client starts helpers of its own name; the one that a person started stands for them.
  return all.filter(({ parent, client }) => byPid.get(parent)?.client !== client);
}

/** What a person types to start it; undefined: it has no command. */
export function commandOf(client: string): string | undefined {
  return Object.values(clientOf).includes(client) ? (command[client] ?? client) : undefined;
}

const maxListed = 10;

function listed(processes: readonly RunningClient[]): string {
  const pids = processes.map(({ pid }) => pid).sort((a, b) => a - b);
  const more = pids.length > maxListed ? `, and ${pids.length - maxListed} more` : '';
  return `process ${pids.slice(0, maxListed).join(', ')}${more}`;
}

async function clientsOf(
  userId: number | undefined,
  isOurs: (address: string) => boolean,
): Promise<readonly RunningClient[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const bootedAt = await bootTime();
  const found = await Promise.all(pids.map((pid) => clientAt(pid, userId, isOurs, bootedAt)));
  return found.filter((each) => each !== undefined);
}

/** The kernel's own bound of arguments and environment together is 6 MB. */
const maxArguments = 8 * 1024 * 1024;

/** Undefined: no client, another user's, or gone meanwhile. */
async function clientAt(
  pid: string,
  userId: number | undefined,
  isOurs: (address: string) => boolean,
  bootedAt: number | undefined,
): Promise<RunningClient | undefined> {
  const folder = `/proc/${pid}`;
  const owner = await stat(folder).catch(() => undefined);
  if (owner === undefined || owner.uid !== userId || Number(pid) === process.pid) return undefined;
  const [executable, cwd, words] = await Promise.all([
    readlink(`${folder}/exe`).catch(() => undefined),
    readlink(`${folder}/cwd`).catch(() => null),
    readBounded(`${folder}/cmdline`, maxArguments),
  ]);
  if (executable === undefined) return undefined;
  const argv = (words ?? '').split('\0').filter((word) => word !== '');
  const client = clientOf[await programName(executable.replace(/ \(deleted\)$/, ''), argv, cwd)];
  if (client === undefined) return undefined;
  const [line, environ] = await Promise.all([
    readBounded(`${folder}/stat`, 65_536),
    readBounded(`${folder}/environ`, maxArguments, 'latin1'),
  ]);
  const { parent = 0, startTime } = (line === undefined ? undefined : parseStat(line)) ?? {};
  return {
    pid: Number(pid),
    parent,
    startedAt:
      bootedAt === undefined || startTime === undefined
        ? undefined
        : bootedAt + (Number(startTime) * 1_000) / ticksInSecond,
    client,
    goesThrough: environ === undefined || environ === '' ? undefined : leadsToScrim(environ, isOurs),
  };
}

/** `sysconf(_SC_CLK_TCK)`: 100 wherever Node runs. */
const ticksInSecond = 100;

/** Milliseconds since the Unix epoch (proc(5), `btime`). */
async function bootTime(): Promise<number | undefined> {
  const seconds = /^btime (\d+)$/m.exec((await readBounded('/proc/stat', 1024 * 1024)) ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
const baseUrlVariables = [
  ...['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'OPENAI_API_BASE', 'GOOGLE_GEMINI_BASE_URL', 'AIDER_OPENAI_API_BASE'],
];

function leadsToScrim(environ: string, isOurs: (address: string) => boolean): boolean {
  const value = (name: string) => environmentVariable(environ, name) ?? '';
  // Whoever was started by `scrim run` may have a Scrim of its own, which lives as long as it does.
  const hasItsOwn = value(guardMarker.name) !== '';
  return [...proxyVariables, ...baseUrlVariables].some((name) => {
    const address = value(name);
    return isOurs(address) || (hasItsOwn && /^http:\/\/([^@/]*@)?127\.0\.0\.1[:/]/.test(address));
  });
}
