// What a client does first: CONNECT to the proxy, then TLS with the roots it has. Nothing is asked of the host behind it.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/**
 * - `accepted`: the certificate of the host is vouched for by `roots`
 * - `nobody`: no connection to the proxy
 * - `refused`: the proxy did not open the tunnel
 * - `untrusted`: the roots do not vouch for what was shown
 */
export type Handshake = 'accepted' | 'nobody' | 'refused' | 'untrusted';

export interface HandshakeOptions {
  /** `http://127.0.0.1:8877`, with user and password when it has them. */
  readonly proxy: string;
  readonly host: string;
  /** PEM. Undefined: only the tunnel is tried. */
  readonly roots: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** More than the head of any answer to a CONNECT. */
const maxHead = 16 * 1024;

export async function tryHandshake({ proxy, host, roots, signal }: HandshakeOptions): Promise<Handshake> {
  const url = URL.parse(proxy);
  if (url === null) return 'nobody';
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host: name, port: Number(url.port || 80) });
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
    });
    if (!isOpen) return 'nobody';
    socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n${authorization(url)}\r\n`);
    if (!/^HTTP\/1\.\d 200/.test(await readHead(socket))) return 'refused';
    if (roots === undefined) return 'accepted';
    return (await isTrusted(socket, host, roots)) ? 'accepted' : 'untrusted';
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function authorization({ username, password }: URL): string {
  if (username === '' && password === '') return '';
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(pair).toString('base64')}\r\n`;
}

/** Up to the empty line; "" when the connection ends before it. */
function readHead(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let head = '';
    const end = (text: string) => {
      socket.off('data', take);
      resolve(text);
    };
    const take = (bytes: Buffer) => {
      head += bytes.toString('latin1');
      if (head.includes('\r\n\r\n')) end(head);
      else if (head.length > maxHead) end('');
    };
    socket.on('data', take);
    socket.once('error', () => end('')).once('close', () => end(''));
  });
}

function isTrusted(socket: Socket, host: string, roots: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const inside = connectTls({ socket, servername: host, ca: [...roots], ALPNProtocols: ['http/1.1'] });
    inside.once('secureConnect', () => {
      resolve(inside.authorized);
      inside.destroy();
    });
    inside.once('error', () => resolve(false)).once('close', () => resolve(false));
  });
}
