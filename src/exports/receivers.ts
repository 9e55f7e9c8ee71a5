// A target's receiver, and a period of the log sent to it.

import type { Exported, Origin } from './exported.ts';
import { ExportsError } from './exports-error.ts';
import { otlpReceiver } from './otlp.ts';
import type { Receiver } from './receiver.ts';
import { syslogReceiver } from './syslog.ts';
import type { Target } from './targets.ts';
import { webhookReceiver } from './webhook.ts';

/** A batch ends at whichever comes first; one message may be longer. */
export const BATCH_MESSAGES = 200;
export const BATCH_CHARACTERS = 512 * 1024;

/** Waits between tries, in milliseconds. */
const TRIES = [500, 2_000, 8_000];

export function openReceiver(target: Target, origin: Origin, now: () => number): Receiver {
  switch (target.kind) {
    case 'syslog':
      return syslogReceiver(target, origin);
    case 'webhook':
      return webhookReceiver(target, origin, now);
    case 'otlp':
      return otlpReceiver(target, origin);
  }
}

/**
 * Sends all, a batch after the other, with some retries; resolves to the number of messages.
 * @throws ExportsError what a batch failed with; what came before it has arrived
 */
export async function sendAll(
  records: AsyncIterable<Exported> | Iterable<Exported>,
  receiver: Receiver,
  wait: (milliseconds: number) => Promise<void>,
): Promise<number> {
  let sent = 0;
  let batch: string[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await deliverPatiently(receiver, batch, wait);
    sent += batch.length;
    batch = [];
    characters = 0;
  };
  for await (const record of records) {
    for (const message of receiver.encode(record)) {
      batch.push(message);
      characters += message.length;
      if (batch.length >= BATCH_MESSAGES || characters >= BATCH_CHARACTERS) await flush();
    }
  }
  await flush();
  return sent;
}

async function deliverPatiently(
  receiver: Receiver,
  batch: readonly string[],
  wait: (milliseconds: number) => Promise<void>,
): Promise<void> {
  for (const pause of [...TRIES, undefined]) {
    try {
      await receiver.deliver(batch);
      return;
    } catch (error) {
      if (pause === undefined || !(error instanceof ExportsError) || error.code !== 'unreachable') throw error;
      await wait(Math.min(error.retryAfter ?? pause, 30_000));
    }
  }
}
