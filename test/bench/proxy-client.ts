// The client of the bench. It writes and reads HTTP/1.1 by hand, since http.request would cost more than a fast proxy does.
// Started by proxy.ts, one job at a time.

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { hostName, paths, sharedNow, type FromClient, type Job, type Result } from './proxy-jobs.ts';
import type { Target, ToClient } from './proxy-jobs.ts';

let serverPort = 0;
let authorities: readonly string[] = [];
const longestJobMs = 30_000;

/** What a body is given to, without its framing. */
interface Taker {
  data?(bytes: Buffer): void;
  end(): void;
}

const nothing: Buffer = Buffer.alloc(0);
const headEnd = Buffer.from('\r\n\r\n');

/** One kept-alive connection: reads answers framed by length or by chunks. */
class Connection {
  readonly #socket: Socket;
  readonly #failed: (error: Error) => void;
  #taker: Taker | undefined;
  #carry: Buffer = nothing;
  #stage: 'head' | 'body' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' = 'head';
  #left = 0;

  constructor(socket: Socket, failed: (error: Error) => void) {
    this.#socket = socket;
    this.#failed = failed;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', failed);
    socket.on('close', () => {
      if (this.#taker !== undefined) failed(new Error('The connection closed before the answer was whole.'));
    });
  }

  ask(request: string, taker: Taker): void {
    this.#taker = taker;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#taker = undefined;
    this.#socket.end();
  }

  #done(): void {
    const taker = this.#taker;
    this.#taker = undefined;
    this.#stage = 'head';
    taker?.end();
  }

  #read(bytes: Buffer): void {
    const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
    this.#carry = nothing;
    let at = 0;
    while (at < data.length) {
      const next = this.#step(data, at);
      if (next < 0) {
        this.#carry = data.subarray(at);
        return;
      }
      at = next;
    }
  }

  /** Where to go on, or -1 when more is needed. */
  #step(data: Buffer, at: number): number {
    switch (this.#stage) {
      case 'head': {
        const end = data.indexOf(headEnd, at);
        return end < 0 ? -1 : this.#head(data.toString('latin1', at, end + 2), end + 4);
      }
      case 'body':
      case 'chunk': {
        const end = Math.min(data.length, at + this.#left);
        this.#left -= end - at;
        this.#taker?.data?.(data.subarray(at, end));
        if (this.#left === 0) {
          if (this.#stage === 'chunk') this.#stage = 'chunk-end';
          else this.#done();
        }
        return end;
      }
      case 'chunk-end':
        if (data.length - at < 2) return -1;
        this.#stage = 'chunk-size';
        return at + 2;
      case 'chunk-size': {
        const end = data.indexOf(10, at);
        if (end < 0) return -1;
        this.#left = parseInt(data.toString('latin1', at, end), 16);
        this.#stage = this.#left === 0 ? 'trailers' : 'chunk';
        return end + 1;
      }
      case 'trailers': {
        const end = data.indexOf(10, at);
        if (end < 0) return -1;
        if (end - at <= 1) this.#done();
        return end + 1;
      }
    }
  }

  #head(head: string, next: number): number {
    if (!head.startsWith('HTTP/1.1 200')) this.#failed(new Error(`The answer begins ${head.slice(0, 40)}`));
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    this.#left = Number(length);
    this.#stage = length === undefined ? 'chunk-size' : 'body';
    return next;
  }
}

async function open(target: Target, failed: (error: Error) => void): Promise<Connection> {
  // Another address than Scrim's own sockets have: Linux gives one port to several sockets of different destinations, and
  // a client must not be taken for Scrim itself.
  const localAddress = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
  const tcp = connectTcp({ host: '127.0.0.1', port: target.port, localAddress, noDelay: true });
  await once(tcp, 'connect');
  if (target.via === 'gateway') return new Connection(tcp, failed);
  if (target.via === 'proxy') {
    tcp.write(`CONNECT ${hostName}:${serverPort} HTTP/1.1\r\nHost: ${hostName}:${serverPort}\r\n\r\n`);
    let answer = '';
    while (!answer.includes('\r\n\r\n')) answer += String((await once(tcp, 'data'))[0]);
    if (!/^HTTP\/1.1 200/.test(answer)) throw new Error(`CONNECT was answered ${answer.slice(0, 40)}`);
  }
  const socket = connectTls({ socket: tcp, servername: hostName, ca: [...authorities], ALPNProtocols: ['http/1.1'] });
  await once(socket, 'secureConnect');
  return new Connection(socket, failed);
}

function requestText(target: Target, method: 'GET' | 'POST', path: string): string {
  const gateway = target.via === 'gateway';
  const head =
    `${method} ${gateway ? '/bench' : ''}${path} HTTP/1.1\r\n` +
    `Host: ${gateway ? `127.0.0.1:${target.port}` : `${hostName}:${serverPort}`}\r\n` +
    'Accept: application/json\r\nUser-Agent: scrim-bench/1\r\n';
  if (method === 'GET') return `${head}\r\n`;
  const body =
    '{"model":"gpt-5-mini","stream":true,"messages":[{"role":"user","content":"What does this function do?"}]}';
  return `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

type Failed = (error: Error) => void;

async function openAll(target: Target, count: number, failed: Failed): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let i = 0; i < count; i++) connections.push(await open(target, failed));
  return connections;
}

function finished(connection: Connection, request: string, data?: (bytes: Buffer) => void): Promise<void> {
  return new Promise((resolve) => connection.ask(request, { ...(data === undefined ? {} : { data }), end: resolve }));
}

async function requests(job: Extract<Job, { kind: 'requests' }>, failed: Failed): Promise<Result> {
  const connections = await openAll(job.target, job.connections, failed);
  const path = job.method === 'GET' ? paths.tiny : `${paths.tiny}?post`;
  const request = requestText(job.target, job.method, path);
  let count = 0;
  let on = true;
  const over = connections.map(
    (connection) =>
      new Promise<void>((resolve) => {
        const taker: Taker = {
          end() {
            count++;
            if (on) connection.ask(request, taker);
            else resolve();
          },
        };
        connection.ask(request, taker);
      }),
  );
  await new Promise((resolve) => setTimeout(resolve, job.warmMs));
  const [before, begun] = [count, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, job.ms));
  const perSecond = ((count - before) * 1000) / (performance.now() - begun);
  on = false;
  await Promise.all(over);
  for (const connection of connections) connection.close();
  return { perSecond, done: count };
}

async function body(job: Extract<Job, { kind: 'body' }>, failed: Failed): Promise<Result> {
  const connection = await open(job.target, failed);
  const request = requestText(job.target, 'GET', paths.body(job.shape));
  let bytes = 0;
  const begun = performance.now();
  for (let i = 0; i < job.times; i++) await finished(connection, request, (data) => (bytes += data.length));
  const perSecond = bytes / 1000 / (performance.now() - begun);
  connection.close();
  if (bytes < job.times * 9_990_000) throw new Error('The body came short.');
  return { perSecond, done: bytes / 1e6 };
}

async function burst(job: Extract<Job, { kind: 'burst' }>, failed: Failed): Promise<Result> {
  const connections = await openAll(job.target, job.streams, failed);
  const request = requestText(job.target, 'POST', paths.burst(job.events));
  let bytes = 0;
  const begun = performance.now();
  for (let i = 0; i < job.times; i++)
    await Promise.all(connections.map((each) => finished(each, request, (data) => (bytes += data.length))));
  const took = performance.now() - begun;
  for (const connection of connections) connection.close();
  const streams = job.times * job.streams;
  if (bytes < streams * job.events * 200) throw new Error('A stream came short.');
  return { perSecond: (streams * 1000) / took, done: streams };
}

async function latency(job: Extract<Job, { kind: 'latency' }>, failed: Failed): Promise<Result> {
  const connections = await openAll(job.target, job.streams, failed);
  const samples: number[] = [];
  const stream = async (connection: Connection, index: number): Promise<void> => {
    const arrivedAt: number[] = [];
    const all: Buffer[] = [];
    let lineFeed = false;
    const request = requestText(job.target, 'POST', paths.timed(job.events, index % 5));
    await finished(connection, request, (data) => {
      const now = sharedNow();
      all.push(Buffer.from(data));
      for (const byte of data) {
        if (byte === 10 && lineFeed) arrivedAt.push(now);
        lineFeed = byte === 10 && !lineFeed;
      }
    });
    const { sent } = JSON.parse(/\{"sent".*\}/.exec(Buffer.concat(all).toString())?.[0] ?? '{}') as { sent: number[] };
    if (arrivedAt.length !== sent.length + 1) throw new Error('The number of events changed on the way.');
    // The first events find cold code.
    sent.forEach((at, i) => i >= 20 && samples.push((arrivedAt[i] ?? NaN) - at));
  };
  await Promise.all(connections.map(stream));
  for (const connection of connections) connection.close();
  samples.sort((a, b) => a - b);
  const quantile = (q: number): number => samples[Math.floor(samples.length * q)] ?? NaN;
  return { p50: quantile(0.5), p99: quantile(0.99), done: job.streams * job.events };
}

async function probe(job: Extract<Job, { kind: 'probe' }>, failed: Failed): Promise<Result> {
  const connection = await open(job.target, failed);
  const all: Buffer[] = [];
  const request = requestText(job.target, 'GET', paths.body(job.shape));
  await finished(connection, request, (data) => all.push(Buffer.from(data)));
  connection.close();
  return { secretArrived: Buffer.concat(all).includes(job.secret), done: 1 };
}

function work(job: Job, failed: Failed): Promise<Result> {
  switch (job.kind) {
    case 'probe':
      return probe(job, failed);
    case 'requests':
      return requests(job, failed);
    case 'body':
      return body(job, failed);
    case 'burst':
      return burst(job, failed);
    case 'latency':
      return latency(job, failed);
  }
}

function run(job: Job): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The job took too long.')), longestJobMs);
    work(job, reject)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

process.on('message', (message: ToClient) => {
  if ('serverPort' in message) {
    ({ serverPort, authorities } = message);
    return;
  }
  const { id, job } = message;
  run(job).then(
    (result) => process.send?.({ id, result } satisfies FromClient),
    (error: unknown) => process.send?.({ id, error: (error as Error).message } satisfies FromClient),
  );
});
process.once('disconnect', () => process.exit());
