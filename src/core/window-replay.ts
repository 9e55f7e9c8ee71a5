// A recorded session for the window's player, and what another policy would have made of it.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExchangeRecord } from '../contract/records.ts';
import type { PolicyDifference, ReplayStep, ReplaySteps, WhatIfStep } from '../contract/sessions.ts';
import { exchangeIds } from '../sessions/session-list.ts';
import { CoreError } from './core-error.ts';
import { openLog } from './inspect.ts';
import { lastSaid, replayOf, type ReplayEvent } from './replay.ts';
import { openWhatIf, type WhatIfChange } from './replay-what-if.ts';
import { cut } from './window-conversation.ts';
import type { JobPlace, Jobs } from './window-jobs.ts';
import { reading } from './window-log.ts';

const MOST_EXCHANGES = 500;
const REPLAY_CHARACTERS = 8_000_000;
const REPLAY_PIECE = 256 * 1024;
const WHAT_IF_MS = 30_000;
const MOST_CHANGES = 500;

export function* replaySteps({ of }: Jobs['replay']['input'], place: JobPlace): Generator<ReplaySteps> {
  const log = openLog(place);
  const { ids, isCut } = exchangesOf(place, of);
  const records = ids.flatMap((id) => {
    const record = log.exchange(id);
    return record === undefined ? [] : [withoutTexts(record)];
  });
  let steps: ReplayStep[] = [];
  let all = 0;
  let size = 0;
  for (const event of replayOf(records, (id) => log.timeline(id))) {
    const length = event.event === 'delta' ? event.text.length + 60 : 2_000;
    all += length;
    if (all > REPLAY_CHARACTERS) {
      yield { steps, isCut: true };
      return;
    }
    steps.push(stepOf(event));
    if ((size += length) < REPLAY_PIECE) continue;
    yield { steps, isCut: false };
    [steps, size] = [[], 0];
  }
  yield { steps, isCut };
}

export async function* whatIfSteps(
  { of, policy }: Jobs['whatIf']['input'],
  place: JobPlace,
): AsyncGenerator<WhatIfStep> {
  const { ids, isCut } = exchangesOf(place, of);
  const log = openLog(place);
  const folder = await mkdtemp(join(tmpdir(), 'scrim-what-if-'));
  try {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, policy, { mode: 0o600 });
    // A folder of its own: the keys of this user have no part in it.
    const judge = await openWhatIf({ dataDir: folder, policy: file, keys: 'plain', env: place.env }).catch(
      (error: unknown) => {
        throw error instanceof CoreError ? new CoreError('policy', lineOf(error.message, file)) : error;
      },
    );
    yield { step: 'begun', of: ids.length };
    const until = performance.now() + WHAT_IF_MS;
    let done = 0;
    for (const id of ids) {
      if (performance.now() > until) break;
      const record = log.exchange(id);
      if (record === undefined) continue;
      const { exchange, mode, changes } = judge(record);
      done += 1;
      const { startedAt } = record;
      const shown = changes.slice(0, MOST_CHANGES).map(differenceOf);
      yield { step: 'exchange', done, exchange, startedAt, mode, changes: shown };
    }
    yield { step: 'end', done, isCut: isCut || done < ids.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An exchange, or the newest ones of a session. */
function exchangesOf(place: JobPlace, id: string): { ids: readonly string[]; isCut: boolean } {
  if (openLog(place).exchange(id) !== undefined) return { ids: [id], isCut: false };
  const ids = reading(place, [], (database) => exchangeIds(database, id));
  if (ids.length === 0) throw new CoreError('not-found', 'This session is gone from the log; go back to the list.');
  return { ids: ids.slice(-MOST_EXCHANGES), isCut: ids.length > MOST_EXCHANGES };
}

/** A replay reads the texts of an answer as it comes to them; of a request it shows the last thing said. */
function withoutTexts(record: ExchangeRecord): ExchangeRecord {
  const { request } = record;
  const body = request?.body ?? null;
  return {
    ...record,
    channels: [],
    request: request === null || body === null ? request : { ...request, body: cut(lastSaid(body)).text },
  };
}

function stepOf(event: ReplayEvent): ReplayStep {
  switch (event.event) {
    case 'begin': {
      const { at, exchange, startedAt, host, path, client, model, request } = event;
      const said = request === null || request === '' ? null : cut(request);
      return { event: 'begin', at, exchange, startedAt, host, path, client, model, request: said };
    }
    case 'hold': {
      const { at, exchange, tool, action, reasons } = event;
      return { event: 'hold', at, exchange, tool, action: cut(action), reasons };
    }
    case 'verdict': {
      const { at, exchange, tool, action, reasons, verdict, by, note, waited } = event;
      return { event: 'verdict', at, exchange, tool, action: cut(action), reasons, verdict, by, note, waited };
    }
    case 'end': {
      const { at, exchange, status, state } = event;
      return { event: 'end', at, exchange, status, state };
    }
    default:
      return event;
  }
}

function differenceOf(change: WhatIfChange): PolicyDifference {
  if (change.change !== 'verdict') return change;
  const { was, then, kind, tool, action, reasons } = change;
  return { change: 'verdict', was, then, kind, tool, action: cut(action), reasons };
}

/** The file is none that the person has seen. */
function lineOf(message: string, file: string): string {
  return message.replace(`${file}:`, 'Line ').replace(/^Line (\d+):(\d+):/, 'Line $1, column $2:');
}
