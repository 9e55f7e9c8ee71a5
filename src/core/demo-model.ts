// The demo's model provider: a real HTTPS server on loopback, under an authority that lives as long as the demo.

import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { openAuthority } from '../certificates/authority.ts';
import { createMemoryStore } from '../keychain/memory-store.ts';
import type { DemoAnswer } from './demo-answers.ts';
import { systemClock } from './home.ts';

export interface ModelServer {
  readonly port: number;
  /** Certificate of its authority. */
  readonly certificatePath: string;
  readonly received: readonly { readonly path: string; readonly client: string; readonly body: string }[];
  /** When the last answer had been sent, by path. Milliseconds since the Unix epoch. */
  readonly endedAt: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Between two events: slow enough to see that nothing waits for the end. */
const pause = 25;

/** `folder`: for the certificate; its key stays in memory. */
export async function startModelServer(folder: string, answers: readonly DemoAnswer[]): Promise<ModelServer> {
  const authority = await openAuthority({
    folder,
    secrets: createMemoryStore(),
    clock: systemClock,
    wellKnown: answers.map(({ host }) => host),
    user: 'scrim demo',
  });
  const received: { path: string; client: string; body: string }[] = [];
  const endedAt = new Map<string, number>();

  const onRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const path = request.url ?? '/';
    received.push({ path, client: request.headers['user-agent'] ?? '', body: Buffer.concat(parts).toString() });
    const answer = answers.find((each) => each.path === path && each.host === request.headers.host);
    if (answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of answer.events) {
      response.write(event);
      await wait(pause);
    }
    endedAt.set(path, systemClock.now());
    response.end();
  };
  const server: Server = createServer(
    {
      SNICallback(host, done) {
        try {
          done(null, authority.leafFor(host));
        } catch (error) {
          done(error as Error);
        }
      },
    },
    (request, response) => {
      onRequest(request, response).catch(() => response.destroy());
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificatePath: authority.certificatePath,
    received,
    endedAt,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
