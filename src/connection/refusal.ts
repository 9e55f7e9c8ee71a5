// Our own error answers: one table, one small JSON shape.

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { TransportError, type TransportCode } from '../http/exchange-ports.ts';

export type RefusalCode = TransportCode | 'bad-request' | 'misdirected' | 'upgrade-required' | 'denied';

export interface Refusal {
  readonly status: number;
  readonly code: RefusalCode;
  /** One sentence that says what to do next; nothing that a client or provider sent. */
  readonly message: string;
}

export const refusals = {
  badConnect: {
    status: 400,
    code: 'bad-request',
    message: 'The CONNECT target is not a valid host:port: check the URL the client was given.',
  },
  badTarget: {
    status: 400,
    code: 'bad-request',
    message: 'The request target is not a path or an http(s) URL: check the URL the client was given.',
  },
  badRequest: {
    status: 400,
    code: 'bad-request',
    message: 'The request is not valid HTTP: use an http:// address for the proxy, or another client.',
  },
  noHost: {
    status: 400,
    code: 'bad-request',
    message: 'The request has no single valid Host field (RFC 9112 §3.2): repair the client.',
  },
  nestedConnect: {
    status: 400,
    code: 'bad-request',
    message: 'CONNECT is not possible here: send it in HTTP/1.1 to the proxy address itself.',
  },
  expectation: {
    status: 417,
    code: 'bad-request',
    message: 'Only the expectation 100-continue is known (RFC 9110 §10.1.1): remove the Expect field.',
  },
  misdirected: {
    status: 421,
    code: 'misdirected',
    message: 'The Host of the request is not the host the tunnel was opened for: open a tunnel for each host.',
  },
  foreignName: {
    status: 421,
    code: 'misdirected',
    message: 'The gateway answers to a loopback name only: use http://127.0.0.1 with its port as the base URL.',
  },
  foreignOrigin: {
    status: 403,
    code: 'denied',
    message: 'The gateway does not serve pages of other sites: call it from a local program.',
  },
  unknownPath: {
    status: 404,
    code: 'bad-request',
    message: 'No provider of that name: start the path with a provider of the policy, such as /openai/v1.',
  },
  upgrade: {
    status: 426,
    code: 'upgrade-required',
    message: 'WebSocket is not available on this path: use ordinary HTTP requests, streamed as server-sent events.',
  },
  loop: {
    status: 508,
    code: 'loop',
    message: 'The request came back to Scrim itself: correct the base URL, the proxy settings or the --resolve rule.',
  },
  headTooLarge: {
    status: 431,
    code: 'too-large',
    message: 'The header section is too large: shorten the URL, the cookies or the fields the client adds.',
  },
  silent: {
    status: 408,
    code: 'client-lost',
    message: 'No request came in time: send it, or close the connection.',
  },
} as const satisfies Record<string, Refusal>;

/** What a failed connection upstream means for the client. */
export function refusalFor(error: unknown): Refusal {
  if (!(error instanceof TransportError)) {
    return { status: 502, code: 'upstream-lost', message: 'The connection to the server failed: try again.' };
  }
  return { status: error.code === 'loop' ? 508 : 502, code: error.code, message: error.message };
}

export function refusalBody(refusal: Refusal): string {
  return `${JSON.stringify({ error: { type: 'scrim', code: refusal.code, message: refusal.message } })}\n`;
}

/** Headers of the answer, without framing beyond its length. */
export function refusalHeaders(refusal: Refusal, body: string): string[] {
  const headers = ['Content-Type', 'application/json', 'Content-Length', String(Buffer.byteLength(body))];
  headers.push('Cache-Control', 'no-store');
  // RFC 9110 §15.5.22 asks for it; the client is to stay with what it speaks.
  if (refusal.status === 426) headers.push('Upgrade', 'HTTP/1.1');
  return headers;
}

const lingerMs = 2_000;

/** Answers on the bare socket, and keeps reading for a moment: a close with unread bytes would destroy the answer. */
export function refuseSocket(socket: Duplex, refusal: Refusal): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = refusalBody(refusal);
  const fields = refusalHeaders(refusal, body);
  let head = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n`;
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i] ?? ''}: ${fields[i + 1] ?? ''}\r\n`;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.end(`${head}Connection: close${refusal.status === 426 ? ', Upgrade' : ''}\r\n\r\n${body}`);
  socket.resume();
}
