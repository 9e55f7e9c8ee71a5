// Writes exchanges as fast as it can until it is killed; prints the id of each one once the log says it is recorded.
// Every tenth one is left open. The session is PREFIX. Run by crash.test.ts: `node writer-process.ts FOLDER PREFIX`.

import { writeSync } from 'node:fs';
import { asMasked } from '../../src/base/text.ts';
import { openSessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, findingRecord, openedRecord } from './records.ts';

const [folder = '', prefix = ''] = process.argv.slice(2);
const log = openSessionLog({
  folder,
  clock: { now: () => Date.now() },
  onFailure(error) {
    throw error;
  },
});
let next = 0;

async function client(): Promise<never> {
  for (;;) {
    const id = `${prefix}${next++}`;
    log.open(openedRecord({ id, session: prefix }));
    log.request(id, { model: asMasked('m'), body: asMasked(id), truncated: false, bytes: id.length }, []);
    log.pieces(id, [{ at: 1, channel: asMasked('t'), text: asMasked(id) }]);
    log.findings(id, [findingRecord()]);
    if (next % 3 === 0) await new Promise(setImmediate);
    log.pieces(id, [{ at: 2, channel: asMasked('t'), text: asMasked('.') }]);
    if (next % 10 === 0) continue;
    await log.close(id, closedRecord());
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, client));
