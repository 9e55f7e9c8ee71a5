// Processes of Linux, as /proc shows them (proc_pid(5)).

import { readlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { readBounded } from './bounded-read.ts';
import { ciRun, environmentVariable } from './ci-run.ts';
import { gitCheckout } from './git-checkout.ts';
import { type Holder, socketHolders, socketOf, socketRows } from './linux-sockets.ts';
import {
  cleanText,
  guardMarker,
  maxAncestors,
  type NamedProcess,
  type Peer,
  type PeerOwner,
  type ProcessFacts,
  type ProcessSource,
} from './process-facts.ts';
import { programName } from './program-name.ts';

// The kernel allows arguments and environment 6 MB together, so nothing can be pushed beyond this bound.
const maxArguments = 8 * 1024 * 1024;

export const linux: ProcessSource = {
  find,
  startTime: async (pid) => (await statOf(pid))?.startTime,
  facts,
};

async function find(peers: readonly Peer[], known: readonly number[]): Promise<readonly PeerOwner[]> {
  const rows = await socketRows(peers);
  const holders = await socketHolders(
    rows.filter((row) => row !== undefined),
    known,
  );
  return Promise.all(
    rows.map(async (row) => {
      if (row === undefined) return { pid: null, user: null };
      const holder = holders.get(row.inode);
      const pid = holder === undefined ? null : await oldestHolder(holder, row.inode);
      return { pid, user: await userName(row.uid) };
    }),
  );
}

/** A child may hold its parent's sockets too, by the same number, at least until exec; the connection is the parent's. */
async function oldestHolder({ pid, file }: Holder, inode: string): Promise<number> {
  let oldest = pid;
  for (let hops = 0; hops < maxAncestors; hops++) {
    const parent = (await statOf(oldest))?.parent ?? 0;
    if (parent <= 1 || (await socketOf(parent, file)) !== inode) break;
    oldest = parent;
  }
  return oldest;
}

interface Stat {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly session: number;
  readonly terminal: number;
  readonly startTime: string;
}

/** The content of /proc/<pid>/stat. The name stands in brackets and may itself hold brackets and spaces. */
export function parseStat(text: string): Stat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const [, parent = '', , session = '', terminal = '', ...more] = text.slice(close + 2).split(' ');
  const startTime = more[14] ?? '';
  if (open === -1 || close < open || !/^\d+$/.test(startTime)) return undefined;
  return {
    pid: Number(text.slice(0, open)),
    name: text.slice(open + 1, close),
    parent: Number(parent),
    session: Number(session),
    terminal: Number(terminal),
    startTime,
  };
}

async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readBounded(`/proc/${pid}/stat`, 65_536);
  return text === undefined ? undefined : parseStat(text);
}

async function facts(pid: number): Promise<ProcessFacts | undefined> {
  // Again when a parent ended in the middle of it.
  return (await factsNow(pid)) ?? (await factsNow(pid));
}

async function factsNow(pid: number): Promise<ProcessFacts | undefined> {
  const stat = await statOf(pid);
  const ancestors = stat && (await ancestorsOf(stat));
  if (stat === undefined || ancestors === undefined) return undefined;
  const [own, parents, folder, status] = await Promise.all([
    describe(stat),
    Promise.all(ancestors.map(describe)),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    readBounded(`/proc/${pid}/status`, 65_536),
  ]);
  const { environ } = own;
  const uid = /^Uid:\s+(\d+)/m.exec(status ?? '')?.[1];
  const found: ProcessFacts = {
    ...own.named,
    folder: folder === null ? null : cleanText(folder),
    user: uid === undefined ? null : await userName(Number(uid)),
    terminal: stat.terminal !== 0,
    attached: [stat, ...ancestors].some(({ pid: it }) => it === stat.session),
    // SECURITY: a process that hides its environment is not taken for one without the marker. Of those above it this cannot
    // be asked: sshd, which is above every remote shell, hides its own.
    marked: environ === undefined ? null : [own, ...parents].some((it) => isMarked(it.environ)),
    parents: parents.map(({ named }) => named),
    git: folder === null ? null : await gitCheckout(folder),
    ci: environ === undefined ? null : ciRun((name) => environmentVariable(environ, name)),
  };
  // The number may have passed to another process in the meantime.
  return (await statOf(pid))?.startTime === stat.startTime ? found : undefined;
}

const isMarked = (environ: string | undefined) =>
  environ !== undefined && environmentVariable(environ, guardMarker.name) !== undefined;

/** Undefined: too many, or they changed while they were read. */
async function ancestorsOf(stat: Stat): Promise<readonly Stat[] | undefined> {
  const chain: Stat[] = [];
  let last = stat;
  while (last.parent > 0) {
    if (chain.length === maxAncestors) return undefined;
    const parent = await statOf(last.parent);
    // Hidden from us (hidepid), or it has just ended and `last` has another parent by now.
    if (parent === undefined) return (await statOf(last.pid))?.parent === last.parent ? chain : undefined;
    // Younger than its child: the number has been used again.
    if (BigInt(parent.startTime) > BigInt(last.startTime)) return undefined;
    chain.push(parent);
    last = parent;
  }
  return chain;
}

async function describe(stat: Stat): Promise<{ named: NamedProcess; environ: string | undefined }> {
  const { pid, startTime } = stat;
  const [executable, cmdline, folder, environ] = await Promise.all([
    readlink(`/proc/${pid}/exe`).catch(() => null),
    readBounded(`/proc/${pid}/cmdline`, maxArguments),
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    readBounded(`/proc/${pid}/environ`, maxArguments, 'latin1'),
  ]);
  // After an update the running program's file is gone.
  const path = executable?.replace(/ \(deleted\)$/, '') ?? null;
  const argv = (cmdline ?? '').split('\0').filter((arg) => arg !== '');
  // The name in `stat` is a thread's in Node (`MainThread`), so it comes last.
  const program = path === null ? cleanText(basename(stat.name)) : await programName(path, argv, folder);
  return { named: { pid, startTime, program, executable: path === null ? null : cleanText(path) }, environ };
}

async function userName(uid: number): Promise<string> {
  const self = ownUser();
  if (uid === self?.uid) return cleanText(self.username);
  const users = (await readBounded('/etc/passwd', 4 * 1024 * 1024)) ?? '';
  return cleanText(new RegExp(`^([^:\\n]+):[^:\\n]*:${uid}:`, 'm').exec(users)?.[1] ?? String(uid));
}

/** Throws for a user without an entry, as in many containers. */
function ownUser() {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}
