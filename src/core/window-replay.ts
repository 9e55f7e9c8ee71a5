// A recorded session for the window's player.

import type { ExchangeRecord } from '../contract/records.ts';
import type { ReplayStep, ReplaySteps } from '../contract/sessions.ts';
import { openLog } from './inspect.ts';
import { lastSaid, replayOf, type ReplayEvent } from './replay.ts';
import { cut } from './window-conversation.ts';
import type { JobPlace, Jobs } from './window-jobs.ts';
import { exchangesOf } from './window-log.ts';

const REPLAY_CHARACTERS = 8_000_000;
const REPLAY_PIECE = 256 * 1024;

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
