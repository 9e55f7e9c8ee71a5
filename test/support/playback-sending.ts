// How an answer goes out: packed, cut into writes, slowly, or broken on purpose.

import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { constants as http2 } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { AnyResponse } from './playback.ts';

export type Encoding = 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd';

/**
 * - `reset`: the connection (HTTP/1.1) or stream (HTTP/2) is reset after half of the body.
 * - `cut`: the connection closes without a word after half of the body, inside a chunk of HTTP/1.1's framing.
 * - `hang`: nothing more comes after half of the body.
 * - `wrong-type`: an event stream or NDJSON that says it is JSON, JSON that says it is an event stream.
 * - `invalid-utf8`: two bytes that are no UTF-8 in the middle of the body.
 * - `not-packed`: the body is not what Content-Encoding says.
 */
export type Fault = 'none' | 'reset' | 'cut' | 'hang' | 'wrong-type' | 'invalid-utf8' | 'not-packed';

const packers = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync };
const unpackers = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync, zstd: zstdDecompressSync };

export function pack(body: Buffer, encoding: Encoding): Buffer {
  return encoding === 'identity' ? body : packers[encoding](body);
}

export function unpack(body: Buffer, encoding: string | undefined): Buffer {
  return encoding !== undefined && encoding in unpackers ? unpackers[encoding as keyof typeof unpackers](body) : body;
}

export interface Sending {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Bytes per write, or the length of each write. */
  readonly cut: number | 'whole' | 'recorded' | readonly number[];
  readonly encoding: Encoding;
  readonly fault: Fault;
  readonly pause: number;
  settle(how: 'sent' | 'left' | 'broken'): void;
  /** Resets the TCP connection. */
  readonly reset: () => void;
}

/** Resolves when the answer is sent or the client has gone. */
export async function send(response: AnyResponse, sending: Sending): Promise<void> {
  const { fault, pause } = sending;
  let body = sending.body;
  if (fault === 'invalid-utf8') body = spoil(body);
  response.statusCode = sending.status;
  for (const [name, value] of Object.entries(sending.headers)) response.setHeader(name, value);
  if (fault === 'wrong-type') response.setHeader('content-type', otherType(sending.headers['content-type'] ?? ''));
  if (sending.encoding !== 'identity') response.setHeader('content-encoding', sending.encoding);
  if (fault === 'not-packed') response.setHeader('content-encoding', sending.encoding === 'gzip' ? 'zstd' : 'gzip');
  // What is no stream says how long it is, as the providers do.
  const isStream = /event-stream|ndjson/.test(sending.headers['content-type'] ?? '') || sending.cut === 'recorded';
  if (!isStream && !Array.isArray(sending.cut)) response.setHeader('content-length', body.length);

  const breaksOff = fault === 'reset' || fault === 'cut' || fault === 'hang';
  const upTo = breaksOff ? Math.floor(body.length / 2) : body.length;
  for (const part of partsOf(body.subarray(0, upTo), sending.cut)) {
    if (response.destroyed || response.closed) return;
    // Without Nagle's delay each write of HTTP/1.1 is a packet of its own, as long as the client keeps up.
    if (!write(response, part)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (pause > 0) await sleep(pause);
  }
  if (!breaksOff) {
    response.end();
    return;
  }
  if (fault === 'hang') return;
  // Let what was written go out first: the fault is in the middle of the body, not before it.
  await sleep(20);
  sending.settle('broken');
  breakOff(response, fault, sending.reset);
}

function write(response: AnyResponse, part: Buffer): boolean {
  return response instanceof ServerResponse ? response.write(part) : response.write(part);
}

function breakOff(response: AnyResponse, fault: 'reset' | 'cut', reset: () => void): void {
  if (!(response instanceof ServerResponse)) {
    if (fault === 'reset') response.stream.close(http2.NGHTTP2_INTERNAL_ERROR);
    else response.stream.session?.destroy();
    return;
  }
  const socket = response.socket;
  if (socket === null) return;
  if (fault === 'reset') reset();
  else socket.end('ff\r\nonly a part of this chunk');
}

function partsOf(body: Buffer, cut: Sending['cut']): Buffer[] {
  if (cut === 'whole' || cut === 'recorded') return body.length === 0 ? [] : [body];
  const parts: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < body.length; i++) {
    const length = typeof cut === 'number' ? cut : (cut[i] ?? body.length);
    parts.push(body.subarray(at, at + length));
    at += length;
  }
  return parts;
}

function spoil(body: Buffer): Buffer {
  const middle = Math.floor(body.length / 2);
  return Buffer.concat([body.subarray(0, middle), Buffer.from([0xff, 0xfe]), body.subarray(middle)]);
}

function otherType(type: string): string {
  return type.includes('application/json') ? 'text/event-stream' : 'application/json';
}
