// Listens, and prints who connected: a line for the port, then one for each connection. For tests that ask as another user.

import { createIdentity } from '../../src/identity/identity.ts';
import { peerOf } from '../../src/identity/identity.ts';
import { createServer } from 'node:net';

const identity = createIdentity({ patience: 10_000 });
const server = createServer((socket) => {
  const peer = peerOf(socket);
  if (peer === undefined) return;
  const answers = Promise.all([identity.of(peer), identity.userOf(peer)]);
  socket.on('error', () => undefined);
  socket.once('data', (line: Buffer) => {
    void answers.then(([facts, user]) => {
      print({ label: line.toString().trim(), pid: facts?.pid, user });
      socket.destroy();
    });
  });
});
server.listen(0, process.argv[2], () => print({ port: (server.address() as { port: number }).port }));

function print(value: unknown) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
