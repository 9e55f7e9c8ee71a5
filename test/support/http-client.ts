// A plain HTTP client that goes where an environment would lead it, and one that writes bytes no library would write.

import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Reply {
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Code of the error that ended it, undefined after a clean end. */
  readonly error: string | undefined;
  /** The code Scrim gives when it answers itself, from the header or the body. */
  readonly failure: string | undefined;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Through this proxy, with `ca` trusted. */
  readonly proxy?: string;
  readonly ca?: string;
  readonly signal?: AbortSignal;
}

/** The response as it begins; reading and errors are the caller's. */
export async function open(url: string, options: AskOptions = {}): Promise<IncomingMessage> {
  const { method = 'POST', headers = {}, body = '{"stream":true}', proxy, ca, signal } = options;
  const isTls = url.startsWith('https:');
  const outgoing = (isTls ? httpsRequest : httpRequest)(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(isTls ? { agent: new Agent({ ca, proxyEnv: { HTTPS_PROXY: proxy ?? '' } }) } : {}),
    ...(signal === undefined ? {} : { signal }),
  });
  // After the head a failure is the response's.
  outgoing.on('error', () => undefined);
  outgoing.end(method === 'GET' ? undefined : body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return response;
}

export async function ask(url: string, options: AskOptions = {}): Promise<Reply> {
  const parts: Buffer[] = [];
  let response: IncomingMessage | undefined;
  let error: string | undefined;
  try {
    response = await open(url, options);
    for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  } catch (thrown) {
    error = (thrown as NodeJS.ErrnoException).code ?? 'error';
  }
  return reply(response?.statusCode, response?.headers ?? {}, Buffer.concat(parts), error);
}

function reply(status: number | undefined, headers: Reply['headers'], body: Buffer, error: string | undefined): Reply {
  const named = headers['x-scrim-failure'];
  return { status, headers, body, error, failure: typeof named === 'string' ? named : codeIn(body) };
}

function codeIn(body: Buffer): string | undefined {
  try {
    const { error } = JSON.parse(body.toString()) as { error?: { code?: unknown } };
    return typeof error?.code === 'string' ? error.code : undefined;
  } catch {
    return undefined;
  }
}

/** Sends these bytes and gives what comes back until the other side closes. */
export async function exchangeBytes(address: string, ...parts: readonly (string | Buffer)[]): Promise<Reply> {
  const socket = connectTo(address);
  for (const part of parts) socket.write(part);
  return readReply(socket);
}

export function connectTo(address: string): Socket {
  const { hostname, port } = new URL(address);
  const socket = connectTcp({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  return socket;
}

/** A tunnel that is open, with what came in behind the answer put back. */
export async function openTunnel(proxy: string, target: string): Promise<Socket> {
  const socket = connectTo(proxy);
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  let head = Buffer.alloc(0);
  while (!head.includes('\r\n\r\n')) {
    const [part] = (await once(socket, 'data')) as [Buffer];
    head = Buffer.concat([head, part]);
  }
  socket.pause();
  const end = head.indexOf('\r\n\r\n') + 4;
  const first = head.subarray(0, end).toString();
  if (!first.startsWith('HTTP/1.1 200')) throw new Error(`No tunnel: ${first}`);
  if (end < head.length) socket.unshift(head.subarray(end));
  return socket;
}

/** TLS on a tunnel. */
export async function secure(socket: Socket, servername: string, ca: string, alpn: string[] = []) {
  const tls = connectTls({ socket, servername, ca, ALPNProtocols: alpn });
  tls.on('error', () => undefined);
  await once(tls, 'secureConnect');
  return tls;
}

/** An answer in HTTP/1.1 that ends with the connection. */
export async function readReply(socket: Socket): Promise<Reply> {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.resume();
  await once(socket, 'close');
  const bytes = Buffer.concat(parts);
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString().split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return reply(end < 0 ? undefined : Number(first.split(' ')[1]), headers, bytes.subarray(end + 4), undefined);
}
