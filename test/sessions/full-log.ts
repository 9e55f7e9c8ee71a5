// A small log with a record of every kind, for tests of the proof.

import { asMasked } from '../../src/base/text.ts';
import { anchorKeyOf } from '../../src/sessions/anchor.ts';
import { purgeLog } from '../../src/sessions/maintenance.ts';
import { openSessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, findingRecord, identityRecord, openedRecord, verdictRecord } from './records.ts';

export const clock = { now: () => 1_790_000_100_000 };
export const anchorKey = anchorKeyOf(new Uint8Array(32).fill(7));

export function openLog(folder: string) {
  return openSessionLog({
    folder,
    clock,
    anchorKey,
    onFailure(error) {
      throw error;
    },
  });
}

/** Writes them to `folder`. The log is closed; its exchange `purged` was purged and `cut` was cut. */
export async function writeFullLog(folder: string): Promise<void> {
  const log = openLog(folder);
  log.open(
    openedRecord({
      id: 'stream',
      policy: 'ab'.repeat(32),
      headers: [
        { name: 'user-agent', value: asMasked('a\u001bb') },
        { name: 'anthropic-version', value: asMasked('1') },
      ],
    }),
  );
  log.identity('stream', identityRecord({ ci: { provider: 'github', run: asMasked('17') } }));
  log.request('stream', { model: asMasked('m'), body: asMasked('{"a":1}'), truncated: false, bytes: 7 }, [
    findingRecord({ side: 'request' }),
  ]);
  log.flush();
  log.pieces('stream', [{ at: 1.5, channel: asMasked('0.text'), text: asMasked('Hel') }]);
  log.flush();
  log.pieces('stream', [
    { at: 20, channel: asMasked('0.text'), text: asMasked('lo \ud83d') },
    { at: 210.4, channel: asMasked('0.\u0007\ud83d'), text: asMasked('{"x":') },
  ]);
  log.findings('stream', [findingRecord()]);
  log.verdict('stream', { ...verdictRecord(), askedAt: 3, answeredAt: 900 });
  log.verdict('stream', verdictRecord());
  const calls = [{ id: asMasked('call_1'), name: asMasked('Ba\u001bsh') }];
  await log.close('stream', closedRecord({ calls, headers: [{ name: 'request-id', value: asMasked('r1') }] }));

  log.open(openedRecord({ id: 'purged', session: 's2' }));
  await log.close('purged', closedRecord());
  log.gap({ from: 1, to: 2, reason: 'bypass', client: asMasked('curl') });
  log.open(openedRecord({ id: 'plain', client: asMasked('\u0001odd') }));
  log.request('plain', { model: null, body: null, truncated: true, bytes: 0 }, []);
  log.pieces('plain', [{ at: 1, channel: asMasked('t'), text: asMasked('one') }]);
  await log.close(
    'plain',
    closedRecord({ usage: null, failure: 'upstream-lost', reason: asMasked('gone'), state: 'failed' }),
  );
  log.reveal({ exchange: 'plain', at: 3, user: null, outcome: 'shown' });
  log.open(openedRecord({ id: 'cut' }));
  log.pieces('cut', [{ at: 1, channel: asMasked('t'), text: asMasked('half') }]);
  log.end();
  await purgeLog({ folder, clock }, { session: 's2' });
}
