// What another policy would have made of a recorded session, for the window.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyDifference, WhatIfStep } from '../contract/sessions.ts';
import { CoreError } from './core-error.ts';
import { openLog } from './inspect.ts';
import { openWhatIf, type WhatIfChange } from './replay-what-if.ts';
import { cut } from './window-conversation.ts';
import type { JobPlace, Jobs } from './window-jobs.ts';
import { exchangesOf } from './window-log.ts';

const WHAT_IF_MS = 30_000;
const MOST_CHANGES = 500;

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

function differenceOf(change: WhatIfChange): PolicyDifference {
  if (change.change !== 'verdict') return change;
  const { was, then, kind, tool, action, reasons } = change;
  return { change: 'verdict', was, then, kind, tool, action: cut(action), reasons };
}

/** The file is none that the person has seen. */
function lineOf(message: string, file: string): string {
  return message.replace(`${file}:`, 'Line ').replace(/^Line (\d+):(\d+):/, 'Line $1, column $2:');
}
