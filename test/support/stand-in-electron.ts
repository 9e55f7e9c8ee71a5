// Loaded into a Node process before the shell's bundle (`node --import`): the module `electron` is the fake, and a utility
// process is a process of Node whose `process.parentPort` is its channel to this one. Ports between them are not played.
// It tells the parent process what the tray says, one line each.

import { fork } from 'node:child_process';
import { registerHooks } from 'node:module';
import { fake, makeReady } from './fake-electron.ts';

const fakeAddress = new URL('fake-electron.ts', import.meta.url).href;
registerHooks({
  resolve: (name, context, next) =>
    name === 'electron' ? { url: fakeAddress, shortCircuit: true } : next(name, context),
});

const parentPort = `
  process.parentPort = {
    on: (name, heard) => process.on('message', (data) => heard({ data, ports: [] })),
    postMessage: (message) => process.send(message),
  };
`;

fake.program = (child) => {
  const real = fork(child.file, {
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(parentPort)}`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.parentPort.on('message', ({ data }: { data: object }) => real.connected && real.send(data));
  real.on('message', (message: object) => child.parentPort.postMessage(message));
  real.once('exit', (code) => child.exit(code ?? 1));
};

let told = '';
const watch = setInterval(() => {
  const tip = fake.trays[0]?.tip ?? '';
  if (tip !== told) process.stdout.write(`${tip}\n`);
  told = tip;
  if (fake.exitCode === undefined) return;
  clearInterval(watch);
  process.exit(fake.exitCode);
}, 10);
setImmediate(makeReady);
