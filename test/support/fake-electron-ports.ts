// Electron's message ports and utility processes for tests: real structured clone and real turns of the event loop, no Electron.

import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort, type Transferable } from 'node:worker_threads';
import type * as E from 'electron';
import { fake } from './fake-electron-state.ts';

/** One end of a MessageChannelMain: a port of Node with Electron's manners. It delivers nothing before `start()`. */
export class FakePort extends EventEmitter implements Pick<E.MessagePortMain, 'start' | 'close'> {
  readonly port: MessagePort;
  isClosed = false;

  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on('close', () => {
      this.isClosed = true;
      this.emit('close');
    });
  }

  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
    this.port.unref();
  }

  postMessage(message: unknown, transfer: readonly FakePort[] = []): void {
    // The other side is gone: Electron drops it, too.
    if (!this.isClosed) this.port.postMessage(message, transfer as unknown as Transferable[]);
  }

  close(): void {
    this.port.close();
  }
}

export class MessageChannelMain {
  readonly port1: FakePort;
  readonly port2: FakePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakePort(port1);
    this.port2 = new FakePort(port2);
    fake.ports.push(this.port1, this.port2);
  }
}

/** What runs in a fake utility process: it hears and speaks as `process.parentPort` does. */
export class FakeParentPort extends EventEmitter {
  readonly child: FakeUtilityProcess;

  constructor(child: FakeUtilityProcess) {
    super();
    this.child = child;
  }

  postMessage(message: unknown): void {
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => {
      if (!this.child.isOver) this.child.emit('message', copy);
    });
  }
}

export interface Sent {
  readonly message: unknown;
  readonly ports: readonly FakePort[];
}

export class FakeUtilityProcess extends EventEmitter implements Pick<E.UtilityProcess, 'kill' | 'pid'> {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: E.ForkOptions;
  readonly parentPort: FakeParentPort;
  readonly sent: Sent[] = [];
  pid: number | undefined;
  isOver = false;
  killed = 0;

  constructor(file: string, args: readonly string[], options: E.ForkOptions) {
    super();
    this.file = file;
    this.args = args;
    this.options = options;
    this.parentPort = new FakeParentPort(this);
    // No real process has this number: nothing is hit by mistake.
    this.pid = 4_194_400 + fake.processes.length;
  }

  postMessage(message: unknown, transfer: readonly FakePort[] = []): void {
    const sent = { message: structuredClone(message), ports: transfer };
    this.sent.push(sent);
    queueMicrotask(() => this.parentPort.emit('message', { data: sent.message, ports: transfer }));
  }

  kill(): boolean {
    this.killed++;
    this.exit(143);
    return true;
  }

  /** The process ends, for whatever reason. */
  exit(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.pid = undefined;
    for (const { ports } of this.sent) for (const port of ports) port.close();
    this.emit('exit', code);
  }
}

export const utilityProcess = {
  fork(file: string, args: string[] = [], options: E.ForkOptions = {}): FakeUtilityProcess {
    fake.needsReady('utilityProcess.fork()');
    const child = new FakeUtilityProcess(file, args, options);
    fake.processes.push(child);
    fake.program?.(child);
    return child;
  },
};
({}) as keyof typeof utilityProcess satisfies keyof typeof E.utilityProcess;
