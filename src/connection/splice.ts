// Two sockets become one pipe: blind tunnels, and upgrades of hosts that we do not read.

import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Half-closes travel on; a failure of one side is a failure for the other. */
export function splice(a: Duplex, b: Duplex): void {
  const fail = () => {
    cut(a);
    cut(b);
  };
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', fail);
    from.once('close', () => {
      // After a clean end `pipe` has ended the other side already, which may still have something to say.
      if (!from.readableEnded) cut(to);
      else if (!to.writableEnded) to.end();
    });
    from.pipe(to);
  }
}

/** SECURITY: a reset where the transport knows one, so that cut bytes do not pass for a whole message. */
export function cut(socket: Duplex): void {
  if (socket.destroyed) return;
  if (socket instanceof Socket) {
    try {
      socket.resetAndDestroy();
      return;
    } catch {
      // Not a TCP handle (TLS): a close without close_notify says the same.
    }
  }
  socket.destroy();
}
