// Which process holds the other end of a loopback connection: the kernel's table gives the socket's number (proc_net(5)),
// the folder of open files of some process shows that number (proc_pid_fd(5)). All asynchronous, on libuv's threads: a
// thread of our own would do it in less time, and costs 15 MB.

import { readdir, readlink, stat } from 'node:fs';
import { endianness } from 'node:os';
import { isIPv4, isIPv6 } from 'node:net';
import { readBounded } from './bounded-read.ts';
import type { Peer } from './process-facts.ts';

export interface SocketRow {
  readonly inode: string;
  readonly uid: number;
}

export interface Holder {
  readonly pid: number;
  /** The number of the open file. */
  readonly file: string;
}

const tableLimit = 64 * 1024 * 1024;
/** Open files looked at together: more would keep others waiting for libuv's four threads. */
const lanes = 8;

/** The rows of the clients' ends. A client that has already closed has none. */
export async function socketRows(peers: readonly Peer[]): Promise<readonly (SocketRow | undefined)[]> {
  const read = (name: string) => readBounded(`/proc/self/net/${name}`, tableLimit, 'latin1');
  const tables = [await read('tcp')];
  const inFirst = peers.map((peer) => findRow(tables[0] ?? '', peer));
  if (inFirst.every((row) => row !== undefined)) return inFirst;
  // An IPv4 client may also have used a socket of IPv6, with a mapped address.
  tables.push(await read('tcp6'));
  return peers.map((peer, i) => inFirst[i] ?? findRow(tables[1] ?? '', peer));
}

/** Undefined also where two rows fit: the wrong process would be worse than none. */
export function findRow(table: string, peer: Peer): SocketRow | undefined {
  const found = new Map<string, SocketRow>();
  for (const address of addressForms(peer.address)) {
    const needle = `: ${address}:${hexPort(peer.port)} `;
    for (let at = table.indexOf(needle); at !== -1; at = table.indexOf(needle, at + 1)) {
      const end = table.indexOf('\n', at);
      const fields = table
        .slice(at + needle.length, end === -1 ? undefined : end)
        .trim()
        .split(/\s+/);
      const [remote = '', , , , , uid = '', , inode = ''] = fields;
      // Number 0: closed by its process; the user of such a row is not reliable either.
      if (!remote.endsWith(`:${hexPort(peer.localPort)}`) || !/^[1-9]\d*$/.test(inode) || !/^\d+$/.test(uid)) continue;
      found.set(inode, { inode, uid: Number(uid) });
    }
  }
  return found.size === 1 ? [...found.values()][0] : undefined;
}

const hexPort = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

/** As the tables write it: 32-bit words in the machine's byte order. */
function addressForms(address: string): readonly string[] {
  const ipv4 = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const word = (bytes: readonly number[]) =>
    (endianness() === 'LE' ? [...bytes].reverse() : bytes).map((b) => b.toString(16).padStart(2, '0')).join('');
  if (isIPv4(ipv4)) {
    const plain = word(ipv4.split('.').map(Number)).toUpperCase();
    return [plain, `0000000000000000${word([0, 0, 0xff, 0xff])}`.toUpperCase() + plain];
  }
  if (!isIPv6(address)) return [];
  const bytes = ipv6Bytes(address);
  return [
    [0, 4, 8, 12]
      .map((at) => word(bytes.slice(at, at + 4)))
      .join('')
      .toUpperCase(),
  ];
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const before = groups(head);
  const after = groups(tail ?? '');
  const middle = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0);
  return [...before, ...middle, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

/** By socket number. Tries `known`, then the newest first, and stops when every socket has been found. */
export async function socketHolders(
  rows: readonly SocketRow[],
  known: readonly number[],
): Promise<ReadonlyMap<string, Holder>> {
  const holders = new Map<string, Holder>();
  const wanted = new Set(rows.map(({ inode }) => inode));
  const users = new Set(rows.map(({ uid }) => uid));
  const visit = async (pid: number) => {
    for (const [inode, file] of await heldSockets(pid, wanted)) {
      holders.set(inode, { pid, file });
      wanted.delete(inode);
    }
  };
  for (const pid of known) if (wanted.size > 0) await visit(pid);
  if (wanted.size === 0) return holders;
  const tried = new Set(known);
  const others: number[] = [];
  for (const pid of (await processIds()).reverse()) {
    if (wanted.size === 0) return holders;
    if (tried.has(pid)) continue;
    // Another user's open files are hidden (but not from root), so these come last.
    const owner = await ownerOf(pid);
    if (owner === undefined) continue;
    if (users.has(owner)) await visit(pid);
    else others.push(pid);
  }
  for (const pid of others) if (wanted.size > 0) await visit(pid);
  return holders;
}

/** Those of `wanted` that the process holds, with the file's number. Newest first: the connection has just been made. */
async function heldSockets(pid: number, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const files = (await list(`/proc/${pid}/fd`)).sort((a, b) => Number(a) - Number(b));
  const held = new Map<string, string>();
  const lane = async () => {
    while (files.length > 0 && held.size < wanted.size) {
      const file = files.pop() ?? '';
      const inode = await socketOf(pid, file);
      if (inode !== undefined && wanted.has(inode)) held.set(inode, file);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, files.length) }, lane));
  return held;
}

/** The number of the socket that is this open file of the process. */
export async function socketOf(pid: number, file: string): Promise<string | undefined> {
  return /^socket:\[(\d+)\]$/.exec(await linkOf(`/proc/${pid}/fd/${file}`))?.[1];
}

/** Ascending. */
async function processIds(): Promise<number[]> {
  const names = await list('/proc');
  return names
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

// With callbacks: the promises of `fs` take three times the time, and this runs thousands of times.
const list = (path: string) =>
  new Promise<string[]>((resolve) => {
    readdir(path, (error, names) => resolve(error ? [] : names));
  });
const linkOf = (path: string) =>
  new Promise<string>((resolve) => {
    readlink(path, (error, target) => resolve(error ? '' : target));
  });
const ownerOf = (pid: number) =>
  new Promise<number | undefined>((resolve) => {
    stat(`/proc/${pid}`, (error, stats) => resolve(error ? undefined : stats.uid));
  });
