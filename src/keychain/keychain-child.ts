// A program: one operation on the system's keychain, then the end. It is a process of its own because a call that waits
// for a prompt, or for a keyring that hangs, can be ended in no other way: not by a signal object, not by process.exit.

import { text } from 'node:stream/consumers';
import {
  answerTime,
  checkTime,
  startedLine,
  type KeychainAnswer,
  type KeychainProblem,
  type KeychainRequest,
} from './keychain-protocol.ts';
import { listItems, secretServiceState } from './secret-service.ts';

/** Electron's, in a utility process: it has no standard input, and brings a port instead. Undefined in Node. */
interface ParentPort {
  once(event: 'message', listener: (event: { readonly ports: readonly Port[] }) => void): void;
}
interface Port {
  once(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start(): void;
  postMessage(text: string): void;
}

// dbus-native throws into the void when the bus does not greet it; the time limits here say what has happened.
process.on('uncaughtException', () => undefined);
const port = await givenPort();
const say = (line: string): void => {
  if (port === undefined) process.stdout.write(`${line}\n`);
  else port.postMessage(`${line}\n`);
};
say(startedLine);
const request = await givenRequest();
// Whoever asked may be gone: nobody else would end us then. macOS and Windows may show the person a question first.
const patience = process.platform === 'linux' ? answerTime : 60_000;
setTimeout(() => process.kill(process.pid, 'SIGKILL'), patience * 2).unref();
say(JSON.stringify(await answer(request)));

async function givenPort(): Promise<Port | undefined> {
  const parent = (process as unknown as { readonly parentPort?: ParentPort | null }).parentPort ?? undefined;
  if (parent === undefined) return undefined;
  return new Promise((resolve) => parent.once('message', ({ ports: [given] }) => resolve(given)));
}

async function givenRequest(): Promise<KeychainRequest> {
  if (port === undefined) return JSON.parse(await text(process.stdin)) as KeychainRequest;
  return new Promise((resolve) => {
    port.once('message', ({ data }) => resolve(data as KeychainRequest));
    port.start();
  });
}

async function answer({ operation, service, name, secret, busAddress }: KeychainRequest): Promise<KeychainAnswer> {
  if (process.platform === 'linux') {
    if (busAddress === undefined) return { ok: false, problem: 'no-bus' };
    const state = await secretServiceState(busAddress, checkTime);
    if (state !== 'ready') return { ok: false, problem: state };
  }
  const keyring = await import('@napi-rs/keyring').catch(() => undefined);
  if (keyring === undefined) return { ok: false, problem: 'no-module' };
  if (operation === 'probe') return { ok: true };
  try {
    if (operation === 'list') return { ok: true, names: await listItems(busAddress ?? '', service, checkTime) };
    // SECURITY: pinned. The default falls back to the kernel's keyring, which forgets after three days and at a reboot.
    const item = new keyring.AsyncEntry(service, name, { linux: { store: 'secret-service' } });
    switch (operation) {
      case 'read': {
        const found = await item.getSecret();
        return found === null ? { ok: true } : { ok: true, secret: Buffer.from(found).toString('base64') };
      }
      case 'write':
        await item.setSecret(Buffer.from(secret ?? '', 'base64'));
        return { ok: true };
      case 'remove':
        await item.deleteCredential();
        return { ok: true };
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 200) : '';
    return { ok: false, problem: problemFor(detail), detail };
  }
}

/** The module tells kinds of errors apart by their text only (keyring-rs `NoStorageAccess`, gnome-keyring's refused prompt). */
function problemFor(detail: string): KeychainProblem {
  return /access platform secure storage|prompt was dismissed|locked/i.test(detail) ? 'locked' : 'failed';
}
