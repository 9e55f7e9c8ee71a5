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
const LONGEST_PAUSE = 30_000;

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

export interface Patience {
  readonly wait: (milliseconds: number) => Promise<void>;
  /** With `goOn`: tries until it says no, and tells of the first failure. Without: some times. */
  readonly onTrouble?: (error: ExportsError) => void;
  readonly goOn?: () => boolean;
}

/**
 * Sends all, a batch after the other; a batch ends with its page. Resolves to the number of messages.
 * @throws ExportsError what a batch failed with; what came before it has arrived
 */
export async function sendAll(
  pages: AsyncIterable<readonly Exported[]> | Iterable<readonly Exported[]>,
  receiver: Receiver,
  patience: Patience,
): Promise<number> {
  let sent = 0;
  for await (const page of pages) {
    let batch: string[] = [];
    let characters = 0;
    const flush = async (): Promise<void> => {
      if (batch.length > 0) await deliverPatiently(receiver, batch, patience);
      sent += batch.length;
      batch = [];
      characters = 0;
    };
    for (const message of page.flatMap((record) => receiver.encode(record))) {
      if (batch.length >= BATCH_MESSAGES || (batch.length > 0 && characters + message.length > BATCH_CHARACTERS))
        await flush();
      batch.push(message);
      characters += message.length;
    }
    await flush();
  }
  return sent;
}

async function deliverPatiently(
  receiver: Receiver,
  batch: readonly string[],
  { wait, onTrouble, goOn }: Patience,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await receiver.deliver(batch);
      return;
    } catch (error) {
      const pause = goOn?.() === true ? (TRIES[tries] ?? LONGEST_PAUSE) : TRIES[tries];
      if (pause === undefined || !(error instanceof ExportsError) || error.code !== 'unreachable') throw error;
      if (tries === 0) onTrouble?.(error);
      await wait(Math.min(error.retryAfter ?? pause, LONGEST_PAUSE));
    }
  }
}
