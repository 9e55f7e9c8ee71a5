// Processes of macOS, as lsof(8) and ps(1) print them. Not run yet: written from their manuals, tested on sample output.

import { ciRun } from './ci-run.ts';
import { gitCheckout } from './git-checkout.ts';
import {
  cleanText,
  guardMarker,
  maxAncestors,
  type Peer,
  type PeerOwner,
  type ProcessFacts,
  type ProcessSource,
} from './process-facts.ts';
import { programName } from './program-name.ts';
import { runTool } from './run-tool.ts';

export const macos: ProcessSource = {
  async find(peers) {
    const ports = peers.map(({ port }) => `-iTCP:${port}`);
    const output = (await runTool('/usr/sbin/lsof', ['-nP', ...ports, '-sTCP:ESTABLISHED', '-FpLn'])) ?? '';
    return peers.map((peer) => parseLsof(output, peer));
  },
  startTime: async (pid) => (await processes()).get(pid)?.startTime,
  facts,
};

/** `-F` output: `p` begins a process, `L` is its user, each `n` a connection `client->server`. */
export function parseLsof(output: string, peer: Peer): PeerOwner {
  let pid: number | null = null;
  let user: string | null = null;
  for (const line of output.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) [pid, user] = [Number(value), null];
    else if (line.startsWith('L')) user = cleanText(value);
    else if (line.startsWith('n') && isClientEnd(value, peer)) return { pid, user };
  }
  return { pid: null, user: null };
}

function isClientEnd(connection: string, peer: Peer): boolean {
  const [, address = '', port, serverPort] = /^(.+):(\d+)->.+:(\d+)$/.exec(connection) ?? [];
  const plain = (text: string) => text.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return Number(port) === peer.port && Number(serverPort) === peer.localPort && plain(address) === plain(peer.address);
}

interface Row {
  readonly pid: number;
  readonly parent: number;
  readonly terminal: boolean;
  readonly user: string;
  readonly startTime: string;
  readonly executable: string;
}

/** `ps -axo pid=,ppid=,tty=,user=,lstart=,comm=`; a start time is five words (`Fri Nov 20 12:55:27 2026`). */
export function parsePs(output: string): ReadonlyMap<number, Row> {
  const rows = new Map<number, Row>();
  for (const line of output.split('\n')) {
    const found = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4})\s+(.+?)\s*$/.exec(line);
    if (!found) continue;
    const [, pid = '', parent, tty = '', user = '', startTime = '', executable = ''] = found;
    const terminal = !/^(\?+|-)$/.test(tty);
    rows.set(Number(pid), { pid: Number(pid), parent: Number(parent), terminal, user, startTime, executable });
  }
  return rows;
}

async function processes(): Promise<ReadonlyMap<number, Row>> {
  return parsePs((await runTool('/bin/ps', ['-axo', 'pid=,ppid=,tty=,user=,lstart=,comm='])) ?? '');
}

async function facts(pid: number): Promise<ProcessFacts | undefined> {
  const rows = await processes();
  const own = rows.get(pid);
  if (own === undefined) return undefined;
  const ancestors: Row[] = [];
  for (let at = rows.get(own.parent); at !== undefined && at.pid > 0; at = rows.get(at.parent)) {
    if (ancestors.length === maxAncestors) return undefined;
    ancestors.push(at);
  }
  const folder =
    (await runTool('/usr/sbin/lsof', ['-a', '-p', `${pid}`, '-d', 'cwd', '-Fn']))?.match(/^n(.+)$/m)?.[1] ?? null;
  // Arguments and environment together, in one line and without quotes: good for known names, and for a script's path.
  const lines = await Promise.all(
    [own, ...ancestors].map(
      async (row) => (await runTool('/bin/ps', ['-wwE', '-o', 'command=', '-p', `${row.pid}`])) ?? '',
    ),
  );
  const variable = (line: string, name: string) => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1];
  const named = async (row: Row, line: string) => ({
    pid: row.pid,
    startTime: row.startTime,
    program: await programName(row.executable, line.trim().split(' '), row.pid === pid ? folder : null),
    executable: row.executable.startsWith('/') ? cleanText(row.executable) : null,
  });
  const hidesEnvironment = variable(lines[0] ?? '', 'PATH') === undefined;
  return {
    ...(await named(own, lines[0] ?? '')),
    folder: folder === null ? null : cleanText(folder),
    user: cleanText(own.user),
    terminal: own.terminal,
    // ps prints no usable session here.
    attached: null,
    marked: lines.some((line) => variable(line, guardMarker.name) !== undefined) || (hidesEnvironment ? null : false),
    parents: await Promise.all(ancestors.map((row, i) => named(row, lines[i + 1] ?? ''))),
    git: folder === null ? null : await gitCheckout(folder),
    ci: ciRun((name) => variable(lines[0] ?? '', name)),
  };
}
