// The local control interface and the window in a browser: loopback HTTP behind a per-run token.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerPermission } from '../identity/answer-guard.ts';
import type { Peer } from '../identity/process-facts.ts';
import { rpcPath } from '../contract/rpc-path.ts';
import type { ContractHandlers } from './contract-handlers.ts';
import { isSame, originRefusal, sentToken, tokenRefusal } from './control-access.ts';
import { pacPath } from './machine.ts';
import type { Pairing } from './pairing.ts';
import type { Caller } from './procedures/implementer.ts';
import { windowFile } from './window-files.ts';

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  /** Another loopback address, at the same port, where a browser opens the window (window-address.ts). */
  readonly windowHost?: string | undefined;
  readonly token: string;
  /** The PAC script. */
  readonly pac: () => string;
  /** May the process behind this connection answer for the person? */
  readonly mayAnswer: (peer: Peer, where?: 'terminal' | 'window') => Promise<AnswerPermission>;
  readonly contract: () => Promise<ContractHandlers>;
  readonly pairing: Pairing;
}

export interface ControlServer {
  readonly url: string;
  /** Where a browser opens the window. */
  readonly windowUrl: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Of what pairs a window. */
const maxBody = 16 * 1024;

/** Rejects when the address cannot be bound. */
export async function startControlServer(options: ControlOptions): Promise<ControlServer> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    serve(request, response).catch(() => {
      // Never its text: it may name what a client sent.
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { error: 'Scrim could not do this; look at its failure events.' } });
    });
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = originRefusal(request);
    if (refused !== undefined) {
      send(response, refused);
      return;
    }
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    // A system that asks for its proxy has no token. What it gets is the proxy's address and names of hosts.
    if (isPacRequest(request)) {
      sendPac(response, options.pac());
      return;
    }
    if (path.startsWith('/pair')) {
      send(response, await pairingReply(request, path, options.pairing));
      return;
    }
    if (!path.startsWith(`${rpcPath}/`) && request.method === 'GET') {
      const file = await windowFile(path);
      if (file === undefined) {
        send(response, nothingHere);
        return;
      }
      response.writeHead(200, file.headers).end(file.body);
      return;
    }
    const caller = callerOf(request, options);
    if (caller === undefined) {
      send(response, tokenRefusal);
      return;
    }
    response.setHeader('cache-control', 'no-store').setHeader('x-content-type-options', 'nosniff');
    const contract = await options.contract();
    if (!(await contract.handle(request, response, caller))) send(response, nothingHere);
  };
  const server = await listening(answer, options.port, options.host);
  const { port, address, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  const { windowHost } = options;
  const own = windowHost === undefined ? undefined : await listening(answer, port, windowHost).catch(() => undefined);
  return {
    url,
    windowUrl: own === undefined ? url : `http://${windowHost}:${port}`,
    async close() {
      await Promise.all([server, own].map(closed));
    },
  };
}

function listening(answer: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(answer);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const nothingHere: Reply = { status: 404, body: { error: 'There is nothing at this address.' } };

/** Undefined: whoever it is has no token of this run. */
function callerOf(request: IncomingMessage, { token, pairing, mayAnswer }: ControlOptions): Caller | undefined {
  const sent = sentToken(request);
  const peer = peerOf(request);
  if (isSame(sent, token)) return { kind: 'command', may: () => mayAnswer(peer) };
  if (pairing.isToken(sent)) return { kind: 'window', may: () => mayAnswer(peer, 'window') };
  return undefined;
}

async function pairingReply(request: IncomingMessage, path: string, pairing: Pairing): Promise<Reply> {
  // SECURITY: a page says where it comes from; whoever does not is no page of ours.
  if (request.method !== 'POST' || request.headers.origin === undefined) return nothingHere;
  if (path === '/pair/challenge') return { status: 200, body: { challenge: pairing.challenge() } };
  const sent = await readBody(request);
  const token = path === '/pair' ? await pairing.pair(sent) : path === '/pair/resume' ? await pairing.resume(sent) : '';
  if (token === '') return nothingHere;
  if (token === undefined)
    return {
      status: 401,
      body: { error: 'Run scrim open: this code was used, is too old, or is not one of this run.' },
    };
  return { status: 200, body: { token } };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

function isPacRequest(request: IncomingMessage): boolean {
  // Loopback even where the interface listens elsewhere too.
  const isNear = /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '');
  return request.method === 'GET' && request.url === pacPath && isNear;
}

function sendPac(response: ServerResponse, text: string): void {
  response.writeHead(200, {
    'content-type': 'application/x-ns-proxy-autoconfig',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    // SECURITY: a page that runs it as a script would learn which hosts the policy names.
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  response.end(text);
}

function peerOf({ socket }: IncomingMessage): Peer {
  const { remoteAddress: address = '', remotePort: port = 0, localPort = 0 } = socket;
  return { address, port, localPort };
}

/** Undefined where it is no JSON or too long. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBody) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}
