// The log as a file for a download, and its verification, for the window.

import type { ExportPiece, VerifyStep } from '../contract/sessions.ts';
import { exportSessions } from './export.ts';
import { systemClock } from './home.ts';
import { verifyOwnLog } from './log-maintenance.ts';
import { makeReport } from './report.ts';
import type { JobPlace, Jobs } from './window-jobs.ts';

const EXPORT_PIECE = 128 * 1024;
const VERIFY_STEP = 20_000;

export async function* exportPieces(
  { format, session, since, until }: Jobs['export']['input'],
  place: JobPlace,
): AsyncGenerator<ExportPiece> {
  const period = {
    ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  };
  if (format === 'md' || format === 'html' || format === 'pdf') {
    const report = await makeReport(place, { ...period, format });
    yield typeof report === 'string' ? { text: report } : { bytes: Buffer.from(report).toString('base64') };
    return;
  }
  yield* written((write, signal) =>
    exportSessions(
      place,
      { ...period, format, ...(session === undefined ? {} : { session }) },
      { write, tell: () => undefined, signal },
    ),
  );
}

export async function* verifySteps(place: JobPlace): AsyncGenerator<VerifyStep> {
  const told = createQueue<VerifyStep>();
  const verifying = verifyOwnLog(place, {
    step: VERIFY_STEP,
    onProgress: (done, of) => void told.put({ step: 'progress', done, of }),
  }).finally(() => told.end());
  verifying.catch(() => undefined);
  yield* told.taken();
  const { damage, records, exchanges, purged, unproven, anchors, head } = await verifying;
  const shown = damage === null ? null : { n: damage.n, exchange: damage.exchange, what: damage.what };
  yield {
    step: 'end',
    at: systemClock.now(),
    ...{ damage: shown, records, exchanges, purged, unproven, signed: anchors.signed, head },
  };
}

/** What a writer writes, in pieces of some size; the writer waits until its piece is taken. */
async function* written(
  work: (write: (text: string) => Promise<void>, signal: AbortSignal) => Promise<unknown>,
): AsyncGenerator<{ text: string }> {
  const ending = new AbortController();
  const pieces = createQueue<{ text: string }>();
  let buffer = '';
  const working = work(async (text) => {
    buffer += text;
    if (buffer.length < EXPORT_PIECE) return;
    const piece = { text: buffer };
    buffer = '';
    await pieces.put(piece);
  }, ending.signal).finally(() => pieces.end());
  working.catch(() => undefined);
  try {
    yield* pieces.taken();
    await working;
    if (buffer !== '') yield { text: buffer };
  } finally {
    ending.abort();
  }
}

function createQueue<Piece>() {
  const waiting: { readonly piece: Piece; readonly taken: () => void }[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  return {
    /** Resolves when it has been taken, and the taker wants the next one. */
    put: (piece: Piece) =>
      new Promise<undefined>((resolve) => {
        waiting.push({ piece, taken: () => resolve(undefined) });
        wake();
      }),
    end(): void {
      isOver = true;
      wake();
    },
    async *taken(): AsyncGenerator<Piece> {
      for (;;) {
        const next = waiting.shift();
        if (next !== undefined) {
          yield next.piece;
          next.taken();
        } else if (isOver) return;
        else await new Promise<undefined>((resolve) => (wake = () => resolve(undefined)));
      }
    },
  };
}
