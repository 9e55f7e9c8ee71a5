// The local control interface and, later, the window: loopback HTTP behind a per-run token.

import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tokenHeader, type Status } from '../contract/control.ts';

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly status: () => Status;
  readonly stop: () => void;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Rejects when the address cannot be bound. */
export async function startControlServer(options: ControlOptions): Promise<ControlServer> {
  const server = createServer((request, response) => answer(request, response, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port, address, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, options: ControlOptions): void {
  const send = (status: number, body: object): void => {
    const text = `${JSON.stringify(body)}\n`;
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.end(text);
  };
  // SECURITY: a page in the user's browser reaches loopback too; it must not be taken for the user.
  // Host: DNS rebinding. Origin: cross-site requests. Token: everything else on this machine.
  if (!isLoopbackHost(request.headers.host) || !isOwnOrigin(request))
    return send(403, { error: 'Open this address directly on this machine.' });
  if (!isToken(request.headers[tokenHeader], options.token))
    return send(401, { error: 'Send the token of the running instance; scrim status and scrim stop do.' });
  const route = `${request.method ?? ''} ${request.url ?? ''}`;
  if (route === 'GET /api/status') return send(200, options.status());
  if (route === 'POST /api/stop') {
    response.once('finish', () => options.stop());
    return send(202, { stopping: true });
  }
  send(404, { error: 'There is nothing at this address.' });
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}

function isOwnOrigin({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
}

function isToken(sent: string | string[] | undefined, token: string): boolean {
  if (typeof sent !== 'string') return false;
  const a = Buffer.from(sent);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}
