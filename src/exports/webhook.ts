// A webhook: batches of lines by HTTPS POST, signed so that the receiver knows the sender and can refuse what is old.
// docs/export.md says how to check a signature.

import { createHash, createHmac } from 'node:crypto';
import { Agent as PlainAgent, request as requestPlain, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { Origin } from './exported.ts';
import { ExportsError } from './exports-error.ts';
import { lineFormat } from './format.ts';
import type { Receiver } from './receiver.ts';
import type { Target } from './targets.ts';

type WebhookTarget = Extract<Target, { kind: 'webhook' }>;

const ANSWER_MS = 30_000;
const LONGEST_RETRY_AFTER = 3_600_000;

export function webhookReceiver(target: WebhookTarget, origin: Origin, now: () => number): Receiver {
  const kept = { keepAlive: true, maxSockets: 1 };
  const agent =
    new URL(target.url).protocol === 'http:'
      ? new PlainAgent(kept)
      : new TlsAgent({
          ...kept,
          ...(target.ca === undefined ? {} : { ca: [...getCACertificates('default'), target.ca] }),
        });
  return {
    encode: lineFormat(target.format, origin),
    async deliver(messages) {
      const body = Buffer.from(messages.map((message) => `${message}\n`).join(''));
      const timestamp = String(Math.floor(now() / 1_000));
      const answer = await post(target.url, agent, body, {
        'content-type': 'application/x-ndjson',
        'content-length': String(body.length),
        'user-agent': `Scrim/${origin.version}`,
        'scrim-format': target.format,
        // The same for each try of a batch, so that a receiver can throw repeats away.
        'scrim-delivery': createHash('sha256').update(body).digest('hex').slice(0, 32),
        'scrim-timestamp': timestamp,
        'scrim-signature': `v1=${signature(target.secret, timestamp, body)}`,
      });
      check(answer, target);
    },
    close() {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

/** HMAC-SHA256 in hex over `timestamp.body`. */
export function signature(secret: string, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** Status 0: no answer came. Redirects are not followed: the records go where the user said. */
function post(
  url: string,
  agent: PlainAgent | TlsAgent,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve({ status: 0, retryAfter: undefined });
    const options = { method: 'POST', headers, timeout: ANSWER_MS, agent };
    const take = (response: IncomingMessage): void => {
      response.resume();
      // Its text is of no interest, and may be as long as it likes: only its end is waited for, and not for long.
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] }),
      );
      response.on('close', nothing);
      setTimeout(() => response.destroy(), ANSWER_MS).unref();
    };
    const request = (agent instanceof TlsAgent ? requestTls : requestPlain)(url, options, take);
    request.on('timeout', () => request.destroy());
    request.on('error', nothing);
    request.end(body);
  });
}

function check({ status, retryAfter }: Answer, { url }: WebhookTarget): void {
  if (status >= 200 && status < 300) return;
  const { host } = new URL(url);
  if (status === 400 || status === 413 || status === 415 || status === 422)
    throw new ExportsError(
      'refused',
      `The webhook at ${host} refused a batch (${status}); make it accept newline-delimited JSON of up to 1 MiB.`,
    );
  const why = status === 0 ? 'cannot be reached or gave no valid answer' : `answered ${status}`;
  const remedy =
    status === 401 || status === 403
      ? 'check that it has the same secret as Scrim'
      : status === 404 || status === 410 || (status >= 300 && status < 400)
        ? 'check its address'
        : 'check that it runs';
  throw new ExportsError('unreachable', `The webhook at ${host} ${why}; ${remedy}.`, milliseconds(retryAfter));
}

/** Of `Retry-After` in seconds; dates are for those whose clocks agree. */
function milliseconds(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter)
    ? Math.min(Number(retryAfter) * 1_000, LONGEST_RETRY_AFTER)
    : undefined;
}
