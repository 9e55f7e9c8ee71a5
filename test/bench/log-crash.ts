// kill -9 under load: `node test/bench/log-crash.ts [rounds]`, 200 by default. Fails when a finished exchange is lost or the
// chain does not hold.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSessionLog } from '../../src/sessions/sessions.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import { crashRound } from '../sessions/crash-round.ts';

const rounds = Number(process.argv[2] ?? 200);
let folder = mkdtempSync(join(tmpdir(), 'scrim-crash-'));
let exchanges = 0;
let failed = 0;
for (let round = 0; round < rounds; round++) {
  // A folder for twenty rounds: old crashes are under the new ones, and verifying does not grow without end.
  if (round % 20 === 0) {
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), 'scrim-crash-'));
  }
  const { finished, problems } = await crashRound(folder, `${round}-`);
  exchanges += finished;
  failed += problems.length;
  for (const problem of problems) console.log(`round ${round}: ${problem}`);
}
openSessionLog({ folder, clock: { now: () => Date.now() }, onFailure: () => undefined }).end();
const { damage } = await verifyLog(folder);
console.log(
  `${rounds} kills, ${exchanges} finished exchanges, ${failed} problems, chain ${damage === null ? 'holds' : 'is damaged'}`,
);
rmSync(folder, { recursive: true });
process.exitCode = failed === 0 && damage === null ? 0 : 1;
