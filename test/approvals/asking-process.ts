// Asks a question and waits for a person until it is killed; prints the question's id. The action is `theirs`.
// Run by crash.test.ts: `node asking-process.ts FOLDER`.

import { writeSync } from 'node:fs';
import { openApprovals } from '../../src/approvals/approvals.ts';
import { asMasked } from '../../src/base/text.ts';

const [folder = ''] = process.argv.slice(2);
const approvals = openApprovals({
  folder,
  clock: {
    now: () => Date.now(),
    after(delay, wake) {
      const timer = setTimeout(wake, delay);
      return () => clearTimeout(timer);
    },
  },
  maskNote: asMasked,
  onFailure(error) {
    throw error;
  },
});
const { id } = approvals.ask(
  {
    held: {
      kind: 'code',
      tool: asMasked('sh'),
      action: asMasked('theirs'),
      reasons: [],
      effects: { runs: [], writes: [], hosts: [], credentials: [] },
    },
    exchange: 'x-theirs',
    session: 's-theirs',
    program: asMasked('codex'),
    folder: null,
    host: asMasked('api.openai.com'),
    model: null,
    actionKey: 'theirs',
    requestKey: 'r',
    timeout: 600_000,
    onTimeout: 'allow',
  },
  () => writeSync(1, 'answered\n'),
);
writeSync(1, `${id}\n`);
