// A syslog receiver over TCP, TLS (RFC 5425) or UDP (RFC 5426). The protocol has no receipt: what the system took from us
// counts as delivered, and a connection that has failed is made anew with the next delivery.

import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, getCACertificates } from 'node:tls';
import { verdictSeverity, exchangeOf, severityOf, type Exported, type Origin } from './exported.ts';
import { ExportsError } from './exports-error.ts';
import { lineFormat } from './format.ts';
import type { Receiver } from './receiver.ts';
import { framed, syslogMessage } from './syslog-message.ts';
import type { Target } from './targets.ts';

type SyslogTarget = Extract<Target, { kind: 'syslog' }>;

const CONNECT_MS = 10_000;
const SEND_MS = 30_000;
/** What every receiver should take in a datagram (RFC 5426 §3.2), less the header. */
const MAX_DATAGRAM_TEXT = 2_048 - 360;

export function syslogReceiver(target: SyslogTarget, origin: Origin): Receiver {
  const { transport, format } = target;
  const lines = lineFormat(format, origin, transport === 'udp' ? MAX_DATAGRAM_TEXT : undefined);
  const carrier = transport === 'udp' ? overUdp(target) : overStream(target);
  return {
    encode: (exported) => lines(exported).map((text, i) => syslogMessage({ ...aboutLine(exported, i), text }, origin)),
    deliver: (messages) => carrier.deliver(messages),
    close: () => carrier.close(),
  };
}

/** Line 0 is about the exchange, those after it about its verdicts. */
function aboutLine(
  exported: Exported,
  index: number,
): Pick<Parameters<typeof syslogMessage>[0], 'at' | 'severity' | 'id'> {
  const exchange = exchangeOf(exported);
  if (exchange === undefined) {
    const { record } = exported;
    const at = record === null || !('at' in record) ? 0 : record.at;
    return { at, severity: 'none', id: record?.kind ?? 'purged' };
  }
  const { record } = exchange;
  const at = record.closed?.endedAt ?? record.startedAt;
  const verdict = index === 0 ? undefined : record.verdicts[index - 1];
  if (verdict === undefined) return { at, severity: severityOf(record), id: 'exchange' };
  return { at, severity: verdictSeverity(verdict), id: `verdict-${verdict.verdict}` };
}

type Carrier = Pick<Receiver, 'deliver' | 'close'>;

function overStream(target: SyslogTarget): Carrier {
  let open: Socket | undefined;
  const socket = async (): Promise<Socket> => {
    if (open?.writable === true) return open;
    const made = await connected(target);
    made.on('close', () => {
      if (open === made) open = undefined;
    });
    // Receivers send nothing; what comes is thrown away, so that their end is noticed.
    made.resume();
    return (open = made);
  };
  return {
    async deliver(messages) {
      const to = await socket();
      try {
        await withTimeout(SEND_MS, written(to, messages.map(framed).join('')));
      } catch {
        to.destroy();
        throw unreachable(target);
      }
    },
    async close() {
      if (open === undefined) return;
      const ending = open;
      ending.end();
      await withTimeout(2_000, once(ending, 'close')).catch(() => ending.destroy());
    },
  };
}

async function connected(target: SyslogTarget): Promise<Socket> {
  const { host, port, transport, ca } = target;
  const isTls = transport === 'tls';
  const socket = isTls
    ? connectTls({
        host,
        port,
        ...(isIP(host) === 0 ? { servername: host } : {}),
        minVersion: 'TLSv1.2',
        ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
      })
    : connect({ host, port });
  try {
    await withTimeout(CONNECT_MS, once(socket, isTls ? 'secureConnect' : 'connect'));
  } catch {
    socket.on('error', () => undefined);
    socket.destroy();
    throw unreachable(target);
  }
  socket.setKeepAlive(true, 30_000);
  // Told by 'close', which follows; without a listener it would end the process.
  socket.on('error', () => undefined);
  return socket;
}

function written(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new Error('The connection ended.'));
    socket.once('close', lost);
    socket.write(text, (error) => {
      socket.off('close', lost);
      if (error == null) resolve();
      else reject(error);
    });
  });
}

function overUdp(target: SyslogTarget): Carrier {
  let socket: UdpSocket | undefined;
  return {
    async deliver(messages) {
      try {
        if (socket === undefined) {
          socket = createSocket(isIP(target.host) === 6 ? 'udp6' : 'udp4');
          // On a connected socket the system tells of a port where nobody listens.
          socket.on('error', () => undefined);
          socket.connect(target.port, target.host);
          await withTimeout(CONNECT_MS, once(socket, 'connect'));
        }
        for (const message of messages) {
          const { promise, resolve, reject } = Promise.withResolvers<undefined>();
          socket.send(Buffer.from(message), (error) => (error === null ? resolve(undefined) : reject(error)));
          await promise;
        }
      } catch {
        socket?.close();
        socket = undefined;
        throw unreachable(target);
      }
    },
    close() {
      socket?.close();
      socket = undefined;
      return Promise.resolve();
    },
  };
}

function unreachable({ host, port, transport }: SyslogTarget): ExportsError {
  const trust = transport === 'tls' ? ', that its certificate is valid for this name' : '';
  return new ExportsError(
    'unreachable',
    `The syslog receiver ${host}:${port} (${transport}) cannot be reached; check that it runs${trust} and that no firewall is in between.`,
  );
}

async function withTimeout<T>(limit: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('It took too long.')), limit);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    // Whichever lost the race must not end the process.
    work.catch(() => undefined);
  }
}
