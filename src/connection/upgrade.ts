// An upgrade (WebSocket) in the clear to a host that the policy does not name: the request goes on as it came, and
// then bytes pass both ways.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectionEvent } from './connection-event.ts';
import type { RawHeaders } from '../http/head.ts';
import type { ListenerUpstream } from './listener-upstream.ts';
import { refusalFor, refuseSocket } from './refusal.ts';
import { splice } from './splice.ts';

export function tunnelUpgrade(
  upstream: ListenerUpstream,
  request: IncomingMessage,
  target: { readonly host: string; readonly port: number; readonly path: string; readonly headers: RawHeaders },
  socket: Duplex,
  head: Buffer,
  report: (event: ConnectionEvent) => void,
): void {
  const { host, port } = target;
  upstream.tunnel(host, port).then(
    (remote) => {
      if (socket.destroyed) {
        remote.destroy();
        return;
      }
      report({ type: 'tunnel', host, port });
      let text = `${request.method ?? 'GET'} ${target.path} HTTP/1.1\r\n`;
      for (let i = 0; i + 1 < target.headers.length; i += 2) {
        const name = target.headers[i] ?? '';
        // Connection and Upgrade belong to the handshake here; what is meant for a proxy ends with us.
        if (!name.toLowerCase().startsWith('proxy-')) text += `${name}: ${target.headers[i + 1] ?? ''}\r\n`;
      }
      remote.write(`${text}\r\n`, 'latin1');
      if (head.length > 0) remote.write(head);
      splice(socket, remote);
    },
    (error: unknown) => {
      const refusal = refusalFor(error);
      report({ type: 'refused', code: refusal.code, host, status: refusal.status });
      refuseSocket(socket, refusal);
    },
  );
}
