// The guide's model: plain HTTP on loopback, for one answer to one request, with time between its pieces to be looked at.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { GuideAnswer, GuidePiece } from './guide-answers.ts';

export interface GuideModel {
  readonly port: number;
  close(): void;
}

/** Milliseconds between two pieces: slow enough to be watched. */
const pause = 120;

export async function startGuideModel(answer: GuideAnswer, sent: (piece: GuidePiece) => void): Promise<GuideModel> {
  let isAnswered = false;
  const server = createServer((request, response) => {
    // SECURITY: one request, that of the guide; there is nothing else to be had here.
    if (isAnswered) {
      response.writeHead(410).end();
      return;
    }
    isAnswered = true;
    request.resume();
    void (async () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(answer.before);
      for (const piece of answer.pieces) {
        await wait(pause);
        if (response.destroyed) return;
        response.write(piece.event);
        sent(piece);
      }
      response.end(answer.after);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
