// The local control interface and the window in a browser: loopback HTTP behind a per-run token.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import type { Approvals } from '../approvals/approvals.ts';
import { givenAnswerSchema, type Status } from '../contract/control.ts';
import type { AnswerPermission } from '../identity/answer-guard.ts';
import type { RunToken } from './run-token.ts';
import type { Peer } from '../identity/process-facts.ts';
import { rpcPath } from '../contract/client.ts';
import type { ContractRouter } from './contract-router.ts';
import { isSame, originRefusal, sentToken, tokenRefusal } from './control-access.ts';
import { pacPath } from './machine.ts';
import type { Pairing } from './pairing.ts';
import type { Caller } from './procedures/implementer.ts';
import { windowFile } from './window-files.ts';
import { revealRefusal } from './reveal.ts';

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly status: () => Status;
  readonly stop: () => void;
  readonly approvals: Approvals;
  readonly keysChanged: () => Promise<void>;
  /** Another process has begun or ended a rotation. */
  readonly certificatesChanged: () => Promise<void>;
  /** The PAC script. */
  readonly pac: () => string;
  readonly mintToken: () => RunToken;
  /** May the process behind this connection answer questions? */
  readonly mayAnswer: (peer: Peer, where?: 'terminal' | 'window') => Promise<AnswerPermission>;
  readonly router: ContractRouter;
  readonly pairing: Pairing;
  /** May it see what was masked in the exchange? Either way it is on record; rejects where it cannot be. */
  readonly mayReveal: (exchange: string, peer: Peer) => Promise<boolean>;
}

export interface ControlServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

const maxBody = 16 * 1024;
/** Of a call of the contract: the longest is a policy file. */
const maxCall = 2 * 1024 * 1024;
const endedShown = 50;

/** Rejects when the address cannot be bound. */
export async function startControlServer(options: ControlOptions): Promise<ControlServer> {
  const contract = new RPCHandler(options.router, { plugins: [new BodyLimitPlugin({ maxBodySize: maxCall })] });
  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      // Never its text: it may name what a client sent.
      if (response.headersSent) response.destroy();
      else send(response, { status: 500, body: { error: 'Scrim could not do this; look at its failure events.' } });
    });
  });
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
    if (request.method === 'GET' && !path.startsWith('/api/')) {
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
    if (path.startsWith(`${rpcPath}/`)) {
      const { matched } = await contract.handle(request, response, { prefix: rpcPath, context: { caller } });
      matched ? undefined : send(response, nothingHere);
      return;
    }
    if (caller.kind !== 'command') {
      send(response, tokenRefusal);
      return;
    }
    if (request.method === 'POST' && request.url === '/api/tokens') {
      lendToken(response, options.mintToken());
      return;
    }
    send(response, await answer(request, response, options));
  };
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

/** The connection is the token's life: whoever holds it may crash. */
function lendToken(response: ServerResponse, { token, providers, revoke }: RunToken): void {
  response.once('close', revoke);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.write(`${JSON.stringify({ token, providers })}\n`);
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

async function answer(request: IncomingMessage, response: ServerResponse, options: ControlOptions): Promise<Reply> {
  const { approvals } = options;
  const [path = '', id = ''] = splitId(request.url ?? '');
  switch (`${request.method ?? ''} ${path}`) {
    case 'GET /api/status':
      return { status: 200, body: options.status() };
    case 'POST /api/stop':
      response.once('finish', () => options.stop());
      return { status: 202, body: { stopping: true } };
    case 'POST /api/keys/changed':
      await options.keysChanged();
      return { status: 200, body: { providers: options.status().keys } };
    case 'POST /api/certificates/changed':
      await options.certificatesChanged();
      return { status: 200, body: {} };
    case 'GET /api/questions':
      return {
        status: 200,
        body: { open: approvals.open(), ended: approvals.history(endedShown) },
      };
    case 'POST /api/questions/':
      return (await notAllowed(request, options)) ?? takeAnswer(approvals, id, await readBody(request));
    case 'POST /api/reveals/':
      return (await options.mayReveal(id, peerOf(request)))
        ? { status: 200, body: {} }
        : { status: 403, body: { error: revealRefusal } };
    case 'GET /api/grants':
      return { status: 200, body: { grants: approvals.grants() } };
    case 'DELETE /api/grants/':
      return (await notAllowed(request, options)) ?? revoke(approvals, id);
  }
  return nothingHere;
}

/** `/api/grants/g-1` is the path `/api/grants/` and the id `g-1`. */
function splitId(url: string): readonly string[] {
  const match = /^(\/api\/(?:questions|grants|reveals)\/)([a-z0-9-]{1,64})$/.exec(url);
  return match === null ? [url] : match.slice(1);
}

async function notAllowed(request: IncomingMessage, options: ControlOptions): Promise<Reply | undefined> {
  const permission = await options.mayAnswer(peerOf(request));
  return permission.ok ? undefined : { status: 403, body: { error: permission.reason } };
}

function peerOf({ socket }: IncomingMessage): Peer {
  const { remoteAddress: address = '', remotePort: port = 0, localPort = 0 } = socket;
  return { address, port, localPort };
}

function takeAnswer(approvals: Approvals, id: string, sent: unknown): Reply {
  const given = givenAnswerSchema.safeParse(sent);
  if (!given.success)
    return {
      status: 400,
      body: { error: 'Send a verdict (allow or deny), a scope and a note.' },
    };
  switch (approvals.answer(id, { ...given.data, by: 'command' })) {
    case 'taken':
      return { status: 200, body: { taken: true } };
    case 'too-late':
      return {
        status: 409,
        body: {
          error: `Question ${id} has ended already; scrim approvals list says how.`,
        },
      };
    case 'unknown':
      return {
        status: 404,
        body: {
          error: `There is no question ${id}; scrim approvals list names them.`,
        },
      };
  }
}

function revoke(approvals: Approvals, id: string): Reply {
  if (approvals.revoke(id)) return { status: 200, body: { revoked: true } };
  return {
    status: 404,
    body: {
      error: `There is no grant ${id}; scrim approvals grants names them.`,
    },
  };
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
