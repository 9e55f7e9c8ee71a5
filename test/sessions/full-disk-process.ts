// Writes the log in FOLDER, on a disk of a few megabytes, until it is full; makes room, and writes on. Prints what happened as
// JSON. Run by full-disk.test.ts: `node full-disk-process.ts FOLDER`.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import { openSessionLog } from '../../src/sessions/sessions.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import { closedRecord, openedRecord } from './records.ts';

const folder = process.argv[2] ?? '';
const filler = join(folder, 'filler');
writeFileSync(filler, Buffer.alloc(1_500_000));
const failures: { code: string; message: string }[] = [];
const log = openSessionLog({
  folder: join(folder, 'log'),
  clock: { now: () => Date.now() },
  onFailure: ({ code, message }) => failures.push({ code, message }),
});

async function write(id: string): Promise<boolean> {
  log.open(openedRecord({ id }));
  log.pieces(id, [{ at: 1, channel: asMasked('t'), text: asMasked(`${id} full `.repeat(5_000)) }]);
  return log.close(id, closedRecord()).then(
    () => true,
    () => false,
  );
}

const kept: string[] = [];
for (let i = 0; i < 200; i++) {
  const id = `before${i}`;
  if (!(await write(id))) break;
  kept.push(id);
}
const whileFull = await verifyLog(join(folder, 'log'));
rmSync(filler);
const goesOn = await write('after');
log.end();
const reader = openSessionLog({
  folder: join(folder, 'log'),
  clock: { now: () => Date.now() },
  onFailure: () => undefined,
});
console.log(
  JSON.stringify({
    failures,
    kept: kept.length,
    lost: kept.filter((id) => reader.exchange(id)?.state !== 'done').length,
    goesOn,
    damage: [whileFull.damage, (await verifyLog(join(folder, 'log'))).damage],
  }),
);
reader.end();
