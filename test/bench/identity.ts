// How long until Scrim knows who connected, between 300 other processes with 20 open files each. Nobody waits for it: the last
// line shows what requests on the same event loop feel of it. `npm run bench:identity -- 600` for another number.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { createIdentity, type Identity, peerOf } from '../../src/identity/identity.ts';

const crowdSize = Number(process.argv[2] ?? 300);
const rounds = 100;
/** A line on standard input is a connection; all are held open. */
const connector =
  'import socket,sys\nheld=[]\nfor line in sys.stdin: held.append(socket.create_connection(("127.0.0.1",int(line))))';

const children: ChildProcess[] = [];
let identity: Identity = createIdentity({ patience: 60_000 });
const server = createServer();
server.on('connection', (socket: Socket) => {
  socket.on('error', () => undefined);
  const peer = peerOf(socket);
  const startedAt = performance.now();
  if (peer) void identity.of(peer).then((facts) => server.emit('known', facts?.pid, performance.now() - startedAt));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as { port: number };

function start(command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  return child;
}

/** Milliseconds until the connection of `client` had a name. */
async function timeOf(client: ChildProcess): Promise<number> {
  const known = once(server, 'known') as Promise<[number | undefined, number]>;
  client.stdin?.write(`${port}\n`);
  const [pid, took] = await known;
  if (pid !== client.pid) throw new Error(`Found process ${pid ?? 'none'} instead of ${client.pid ?? 'none'}.`);
  return took;
}

/** Wall-clock times, and what one look-up costs this process in processor time, which a busy machine does not change. */
async function report(name: string, clients: Iterable<ChildProcess>) {
  const times: number[] = [];
  let processor = 0;
  for (const client of clients) {
    const before = process.cpuUsage();
    times.push(await timeOf(client));
    const { user, system } = process.cpuUsage(before);
    processor += (user + system) / 1000;
  }
  const perLookUp = (processor / times.length).toFixed(1).padStart(6);
  times.sort((a, b) => a - b);
  print(name, times, `   processor ${perLookUp} ms`);
}

/** Started ten by ten, so that starting is not measured. */
function* newProcesses(count: number) {
  for (let i = 0; i < count; i += 10) yield* Array.from({ length: 10 }, () => start('python3', '-c', connector));
}

function* oldProcess(count: number) {
  for (let i = 0; i < count; i++) yield forgetful();
}

/** The process that is older than all, for an identity that knows none yet. */
function forgetful(): ChildProcess {
  identity.close();
  identity = createIdentity({ patience: 60_000 });
  return old;
}

function print(name: string, times: readonly number[], more = '') {
  const at = (share: number) => (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(1).padStart(7);
  console.log(`${name.padEnd(52)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms${more}`);
}

function tableTimes(): number[] {
  const times = Array.from({ length: rounds }, () => {
    const startedAt = performance.now();
    readFileSync('/proc/self/net/tcp');
    return performance.now() - startedAt;
  });
  return times.sort((a, b) => a - b);
}

/** Round trips through the event loop that also does the look-ups. */
async function roundTrips(): Promise<number[]> {
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const socket = connect((echo.address() as { port: number }).port, '127.0.0.1').setNoDelay();
  const times: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const startedAt = performance.now();
    socket.write('x');
    await once(socket, 'data');
    times.push(performance.now() - startedAt);
  }
  socket.destroy();
  echo.close();
  return times.sort((a, b) => a - b);
}

const old = start('python3', '-c', connector);
await timeOf(old);
const openFiles = Array.from({ length: 17 }, (_, i) => `exec ${i + 3}</dev/null`).join(';');
for (let i = 0; i < crowdSize; i++) start('bash', '-c', `${openFiles}; exec sleep 1000`);
const young = start('python3', '-c', connector);
await timeOf(young);

console.log(`${crowdSize} other processes, ${rounds} connections each; from the connection to the facts`);
print("for comparison: the kernel's table alone, in one go", tableTimes());
await report('a process that has connected before', Array<ChildProcess>(rounds).fill(young));
await report('a new process, first connection', newProcesses(rounds));
await report('an old process, first connection (a full pass)', oldProcess(20));

print('a round trip on the same event loop, at rest', await roundTrips());
const load = { goesOn: true };
const busy = (async () => {
  while (load.goesOn) await timeOf(forgetful());
})();
print('a round trip while full passes run without pause', await roundTrips());
load.goesOn = false;
await busy;

for (const child of children) child.kill('SIGKILL');
identity.close();
server.close();
