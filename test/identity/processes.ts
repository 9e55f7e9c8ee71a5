// A server that asks who connects, and real processes that do.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Identity, peerOf } from '../../src/identity/identity.ts';
import type { Peer, ProcessFacts } from '../../src/identity/process-facts.ts';

export interface Arrival {
  readonly peer: Peer;
  readonly facts: Promise<ProcessFacts | undefined>;
  readonly user: Promise<string | undefined>;
  readonly socket: Socket;
}

export interface AskingServer {
  readonly port: number;
  /** The connection that sent this line. */
  arrival(label: string): Promise<Arrival>;
  close(): Promise<void>;
}

/** Who it is is asked the moment the connection comes, as Scrim does. */
export async function askingServer(identity: Identity, host = '127.0.0.1'): Promise<AskingServer> {
  const arrivals = new Map<string, PromiseWithResolvers<Arrival>>();
  const sockets = new Set<Socket>();
  const expected = (label: string) => {
    const found = arrivals.get(label) ?? Promise.withResolvers<Arrival>();
    arrivals.set(label, found);
    return found;
  };
  const server: Server = createServer((socket) => {
    const peer = peerOf(socket)!;
    const arrival = { peer, facts: identity.of(peer), user: identity.userOf(peer), socket };
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (line: Buffer) => expected(line.toString().trim()).resolve(arrival));
  }).listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    arrival: (label) => expected(label).promise,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const script = fileURLToPath(new URL('process-tree.py', import.meta.url));
const started: ChildProcess[] = [];

export interface TreeOptions {
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs it. */
  readonly through?: readonly string[];
}

/** Runs steps of process-tree.py, without a terminal. They end when the server closes their connections. */
export function processTree(steps: readonly string[], options: TreeOptions = {}): ChildProcess {
  const [command = '', ...args] = [...(options.through ?? []), '/usr/bin/python3', script, ...steps];
  const child = spawn(command, args, {
    cwd: options.folder,
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  started.push(child);
  return child;
}

export function endProcesses() {
  for (const child of started.splice(0)) child.kill('SIGKILL');
}
