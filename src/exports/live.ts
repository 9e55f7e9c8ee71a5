// Live export: each finished exchange goes to every target as it comes. Nobody waits for a receiver: records go into a
// bounded queue, and to a spool on disk while the receiver is down, which is tried again with growing pauses.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TimedClock } from '../base/clock.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import type { Exported, ExportedProof, Origin } from './exported.ts';
import { ExportsError } from './exports-error.ts';
import type { Receiver } from './receiver.ts';
import { BATCH_CHARACTERS, BATCH_MESSAGES, openReceiver } from './receivers.ts';
import { openSpool } from './spool.ts';
import type { Target } from './targets.ts';

export interface LiveExport {
  /** Takes a finished exchange; returns at once and never throws. */
  exchange(record: ExchangeRecord, proof?: ExportedProof | null): void;
  /** Resolves when all has been delivered or lies in the spool, after some seconds at most. */
  close(): Promise<void>;
}

export interface LiveExportOptions {
  /** The folder for the spools; made when needed. */
  readonly folder: string;
  readonly targets: readonly Target[];
  readonly origin: Origin;
  readonly clock: TimedClock;
  /** Once when a receiver fails, not again until it has worked; and when records are lost. */
  readonly onFailure: (error: ExportsError) => void;
  /** Bytes of each target's spool. Default 256 MiB. */
  readonly maxSpool?: number;
  /** Milliseconds between the first two tries. Default one second; it doubles up to five minutes. */
  readonly firstPause?: number;
}

const MAX_WAITING = 5_000;
const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024;
const LONGEST_PAUSE = 300_000;
const CLOSE_MS = 3_000;

export function startLiveExport(options: LiveExportOptions): LiveExport {
  const lines = options.targets.map((target) => startLine(target, options));
  return {
    exchange(record, proof = null) {
      for (const line of lines) line.take({ record: { kind: 'exchange', ...record }, proof });
    },
    async close() {
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}

interface Line {
  take(exported: Exported): void;
  close(): Promise<void>;
}

function startLine(target: Target, options: LiveExportOptions): Line {
  const { clock, onFailure, origin } = options;
  const receiver = openReceiver(target, origin, () => clock.now());
  const spool = openSpool(join(options.folder, spoolName(target)), options.maxSpool ?? 256 * 1024 * 1024, () =>
    clock.now(),
  );
  const queue = createQueue();
  let state: 'open' | 'closing' | 'cut' = 'open';
  let failed = 0;
  let retryAt = 0;
  let wake: () => void = () => undefined;
  let told = false;
  const { promise: cut, resolve: cutNow } = Promise.withResolvers<'cut'>();
  let lossTold = false;
  const tell = (error: ExportsError): void => {
    if (!told) onFailure(error);
    told = true;
  };
  const tellLoss = (error: ExportsError): void => {
    if (!lossTold) onFailure(error);
    lossTold = true;
  };

  /** False: it stays, the receiver is down. */
  const deliver = async (messages: readonly string[]): Promise<boolean> => {
    try {
      const delivering = receiver.deliver(messages);
      delivering.catch(() => undefined);
      if ((await Promise.race([delivering, cut])) === 'cut') return false;
      failed = 0;
      told = lossTold = false;
      return true;
    } catch (error) {
      const known =
        error instanceof ExportsError
          ? error
          : new ExportsError('unreachable', 'A receiver of records failed; check that it runs.');
      tell(known);
      if (known.code === 'refused') return true;
      const pause = Math.min((options.firstPause ?? 1_000) * 2 ** failed, LONGEST_PAUSE);
      failed += 1;
      // A crowd of machines should not come back all at once.
      retryAt = clock.now() + (known.retryAfter ?? pause * (0.75 + Math.random() / 2));
      return false;
    }
  };
  const keep = async (messages: readonly string[]): Promise<void> => {
    try {
      const dropped = await spool.put(messages);
      if (dropped > 0) tellLoss(lost('The spool for a receiver is full, and its oldest records go'));
    } catch (error) {
      tellLoss(error as ExportsError);
    }
  };
  const isDown = (): boolean => state === 'cut' || clock.now() < retryAt;

  /** Oldest first: what lies in the spool goes before what has just come. */
  const step = async (): Promise<'worked' | 'idle' | 'down'> => {
    const fresh = queue.batch(receiver);
    if (isDown()) {
      if (fresh.length > 0) await keep(fresh);
      return fresh.length > 0 ? 'worked' : 'down';
    }
    const spooled = await spool.first();
    if (spooled === undefined) {
      if (fresh.length === 0) return 'idle';
      if (!(await deliver(fresh))) await keep(fresh);
      return 'worked';
    }
    if (fresh.length > 0) await keep(fresh);
    if (await deliver(spooled.messages)) await spooled.remove();
    return 'worked';
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const done = await step().catch((error: unknown): 'down' => {
        tell(asSpoolError(error));
        retryAt = clock.now() + LONGEST_PAUSE;
        return 'down';
      });
      // Between two batches it is the streams' turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (done === 'worked' || !queue.isEmpty()) continue;
      if (state !== 'open') return;
      await new Promise<void>((resolve) => {
        const cancel = done === 'down' ? clock.after(Math.max(0, retryAt - clock.now()), resolve) : () => undefined;
        wake = () => {
          cancel();
          resolve();
        };
      });
    }
  };
  const working = work();

  return {
    take(exported) {
      if (state !== 'open') return;
      if (!queue.add(exported)) tellLoss(lost('Records come faster than a receiver and the disk take them'));
      wake();
    },
    async close() {
      if (state !== 'open') return working;
      state = 'closing';
      wake();
      const cancel = clock.after(CLOSE_MS, () => {
        // What is under way fails, and goes to the spool.
        state = 'cut';
        cutNow('cut');
      });
      await working;
      cancel();
      await receiver.close();
    },
  };
}

function lost(what: string): ExportsError {
  return new ExportsError(
    'spool',
    `${what}: make the receiver work again, then send that period with scrim sessions export.`,
  );
}

function asSpoolError(error: unknown): ExportsError {
  if (error instanceof ExportsError) return error;
  const reason = (error as NodeJS.ErrnoException).code ?? 'error';
  return new ExportsError('spool', `The spool of a receiver cannot be used (${reason}); make its folder yours again.`);
}

/** The same target finds its spool again. */
function spoolName(target: Target): string {
  const { kind } = target;
  const address = kind === 'syslog' ? `${target.transport}:${target.host}:${target.port}:${target.format}` : target.url;
  return `${kind}-${createHash('sha256').update(address).digest('hex').slice(0, 16)}`;
}

interface Queue {
  /** False: it is full. */
  add(exported: Exported): boolean;
  /** The messages of the next records. */
  batch(receiver: Receiver): string[];
  isEmpty(): boolean;
}

function createQueue(): Queue {
  let waiting: Exported[] = [];
  let characters = 0;
  return {
    add(exported) {
      const size = sizeOf(exported);
      if (waiting.length >= MAX_WAITING || (waiting.length > 0 && characters + size > MAX_WAITING_CHARACTERS))
        return false;
      waiting.push(exported);
      characters += size;
      return true;
    },
    batch(receiver) {
      const messages: string[] = [];
      let length = 0;
      let taken = 0;
      for (const exported of waiting) {
        if (messages.length >= BATCH_MESSAGES || length >= BATCH_CHARACTERS) break;
        for (const message of receiver.encode(exported)) {
          messages.push(message);
          length += message.length;
        }
        characters -= sizeOf(exported);
        taken += 1;
      }
      waiting = waiting.slice(taken);
      return messages;
    },
    isEmpty: () => waiting.length === 0,
  };
}

function sizeOf({ record }: Exported): number {
  if (record?.kind !== 'exchange') return 0;
  return record.channels.reduce((sum, { text }) => sum + text.length, record.request?.body?.length ?? 0);
}
