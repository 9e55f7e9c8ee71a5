// What a connection speaks, told from its first bytes, which stay in the socket for whoever takes over.

import type { Socket } from 'node:net';

export type Speech = 'tls' | 'http1' | 'http2' | 'other';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** A method, a space, and the start of a target: not `SSH-2.0-…`, not a database greeting. */
const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} (?:\/|\*|[A-Za-z[0-9])/;
const methodSoFar = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} ?$/;
/** RFC 8446 §5.1: a handshake record; the major version has been 3 since 1996. */
const handshakeRecord = 0x16;

/** Undefined while the bytes could still become more than one thing. */
export function speechOf(bytes: Buffer): Speech | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  if (first === handshakeRecord) {
    if (bytes.length === 1) return undefined;
    return bytes[1] === 3 ? 'tls' : 'other';
  }
  const length = Math.min(bytes.length, preface.length);
  if (bytes.compare(preface, 0, length, 0, length) === 0) return length === preface.length ? 'http2' : undefined;
  const text = bytes.toString('latin1', 0, 40);
  if (requestLine.test(text)) return 'http1';
  return methodSoFar.test(text) ? undefined : 'other';
}

/**
 * Calls `done` once: with the speech; with `silent` when nothing came in time (what came but stayed unclear is
 * `other`); with `closed` when the client left first.
 */
export function firstBytes(socket: Socket, waitMs: number, done: (speech: Speech | 'silent' | 'closed') => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const settle = (speech: Speech | 'silent' | 'closed') => {
    clearTimeout(timer);
    socket.removeListener('readable', onReadable);
    socket.removeListener('end', onEnd);
    socket.removeListener('close', onClose);
    if (seen.length > 0) socket.unshift(seen);
    done(speech);
  };
  const onReadable = () => {
    for (;;) {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      seen = seen.length === 0 ? bytes : Buffer.concat([seen, bytes]);
      const speech = speechOf(seen);
      if (speech !== undefined) {
        settle(speech);
        return;
      }
    }
  };
  const onEnd = () => settle(seen.length > 0 ? 'other' : 'closed');
  const onClose = () => settle('closed');
  const timer = setTimeout(() => settle(seen.length > 0 ? 'other' : 'silent'), waitMs);
  socket.on('readable', onReadable);
  socket.once('end', onEnd);
  socket.once('close', onClose);
}
