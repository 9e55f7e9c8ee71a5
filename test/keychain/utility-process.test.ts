// The keychain's program as a utility process of Electron runs it: no standard input, a port instead. Node plays Electron's part.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { callKeychain } from '../../src/keychain/keychain-call.ts';
import type { StartKeychain } from '../../src/keychain/keychain-protocol.ts';

const program = fileURLToPath(new URL('../../src/keychain/keychain-child.ts', import.meta.url));

/** Gives the program a `process.parentPort` whose first message brings a port; the port is the channel to this process. */
const electronsPart = `
  const port = {
    once: (name, heard) => process.once('message', (data) => heard({ data })),
    start() {},
    postMessage: (text) => process.send(text),
  };
  process.parentPort = { once: (name, heard) => setImmediate(() => heard({ ports: [port] })) };
`;

const forked: StartKeychain = ({ request, output, ended }) => {
  const child = fork(program, {
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(electronsPart)}`],
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] },
  });
  child.on('message', (text) => output(text as string));
  child.once('exit', () => ended(true));
  child.send(request);
  return { kill: () => void child.kill('SIGKILL') };
};

test('it answers over its port, and is ended when it has', async () => {
  const answer = await callKeychain({ operation: 'probe', service: 'scrim-test', name: '' }, {}, forked);
  // On Linux without a bus there is nothing to ask; elsewhere the module loads.
  expect(answer).toEqual(process.platform === 'linux' ? { ok: false, problem: 'no-bus' } : { ok: true });
});
