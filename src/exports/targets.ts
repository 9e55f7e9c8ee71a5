// Where records can go, as one writes it: an address and its options.

import { ExportsError } from './exports-error.ts';
import type { LineFormat } from './format.ts';

export interface TargetOptions {
  /** `syslog+tcp://HOST[:PORT]`, `syslog+tls://`, `syslog+udp://`, `https://…` (webhook), `otlp+http://` or `otlp+https://`. */
  readonly to: string;
  /** Default: `cef` for syslog, `jsonl` for a webhook. OpenTelemetry has its own. */
  readonly format?: LineFormat | undefined;
  /** A webhook's key, at least 16 characters. */
  readonly secret?: string | undefined;
  /** More authorities that the receiver's certificate may come from, PEM. */
  readonly ca?: string | undefined;
}

export type Target =
  | {
      readonly kind: 'syslog';
      readonly transport: 'tcp' | 'tls' | 'udp';
      readonly host: string;
      readonly port: number;
      readonly format: LineFormat;
      readonly ca: string | undefined;
    }
  | {
      readonly kind: 'webhook';
      readonly url: string;
      readonly format: LineFormat;
      readonly secret: string;
      readonly ca: string | undefined;
    }
  | { readonly kind: 'otlp'; readonly url: string; readonly ca: string | undefined };

/** RFC 5426 §3.3, RFC 6587 (none registered, 514 in use), RFC 5425 §4.1. */
const syslogPorts = { udp: 514, tcp: 514, tls: 6514 };

const examples = 'syslog+tls://logs.example.com, https://hooks.example.com/scrim or otlp+https://otel.example.com:4318';

/** @throws ExportsError `target` */
export function readTarget({ to, format, secret, ca }: TargetOptions): Target {
  const url = URL.parse(to);
  // SECURITY: a password would stand in the policy file and in messages.
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '')
    throw new ExportsError(
      'target',
      `Write the receiver as an address without user and password, such as ${examples}.`,
    );
  switch (url.protocol) {
    case 'syslog+tcp:':
    case 'syslog+tls:':
    case 'syslog+udp:': {
      const transport = url.protocol.slice('syslog+'.length, -1) as 'tcp' | 'tls' | 'udp';
      const port = url.port === '' ? syslogPorts[transport] : Number(url.port);
      if (url.hostname === '' || port === 0 || !['', '/'].includes(url.pathname) || url.search !== '')
        throw new ExportsError(
          'target',
          `Write a syslog receiver as ${url.protocol}//HOST or ${url.protocol}//HOST:PORT.`,
        );
      return { kind: 'syslog', transport, host: bare(url.hostname), port, format: format ?? 'cef', ca };
    }
    case 'otlp+http:':
    case 'otlp+https:': {
      if (format !== undefined) throw new ExportsError('target', 'Leave the format out: OTLP has its own.');
      const plain = new URL(to.slice('otlp+'.length));
      refusePlainOverNetwork(plain);
      // The collector's path for logs, as the specification has it, unless one is given.
      if (plain.pathname === '/') plain.pathname = '/v1/logs';
      return { kind: 'otlp', url: plain.href, ca };
    }
    case 'http:':
    case 'https:':
      refusePlainOverNetwork(url);
      if (secret === undefined || secret.length < 16)
        throw new ExportsError(
          'target',
          'Give the webhook a secret of 16 characters or more: in SCRIM_EXPORT_SECRET, or in the variable that the policy names with secret-env.',
        );
      return { kind: 'webhook', url: url.href, format: format ?? 'jsonl', secret, ca };
    default:
      throw new ExportsError('target', `Write the receiver as an address such as ${examples}.`);
  }
}

/** SECURITY: masked text is still private; without TLS it may go to this machine only. Syslog's own users know theirs. */
function refusePlainOverNetwork({ protocol, hostname }: URL): void {
  const here = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  if (protocol === 'http:' && !here)
    throw new ExportsError('target', 'Write https: records go over plain HTTP to this machine only.');
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
