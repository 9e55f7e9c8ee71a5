import fc from 'fast-check';
import { expect, test } from 'vitest';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import { openSessionLog } from '../../src/sessions/sessions.ts';
import { fromColumn, toColumn } from '../../src/sessions/text-column.ts';
import { closedRecord, findingRecord, openedRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Any UTF-16: lone surrogates, NUL, and the mark at the front included. */
const anyText = fc
  .tuple(
    fc.constantFrom('', '\u0001', '\0', '\ufeff', '\ud83d'),
    fc.string({ unit: fc.nat(0xffff).map((n) => String.fromCharCode(n)) }),
  )
  .map(([front, rest]) => asMasked(front + rest));

test('text survives the column, whatever it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(toColumn(text).isWellFormed()).toBe(true);
      expect(fromColumn(toColumn(text))).toBe(text);
    }),
  );
});

test('what is written is read back, whatever the texts are and wherever the commits fall', async () => {
  const log = openSessionLog({
    folder: join(temporaryFolder(), 'log'),
    clock: { now: () => 0 },
    onFailure(error) {
      throw error;
    },
  });
  let n = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        session: anyText,
        path: anyText,
        client: anyText,
        model: fc.option(anyText),
        body: fc.option(anyText),
      }),
      fc.array(fc.tuple(fc.constantFrom('a', 'b', '\udc00'), anyText, fc.boolean()), { maxLength: 8 }),
      async ({ session, path, client, model, body }, said) => {
        const opened = openedRecord({ id: `x${n++}\ud800`, session, path, client });
        const request = { model, body, truncated: false, bytes: 3 };
        const texts = new Map<string, string>();
        log.open(opened);
        log.request(opened.id, request, []);
        for (const [channel, text, commitNow] of said) {
          if (commitNow) log.flush();
          log.pieces(opened.id, [{ at: 1, channel: asMasked(channel), text }]);
          log.findings(opened.id, [findingRecord({ channel: asMasked(channel) })]);
          texts.set(channel, (texts.get(channel) ?? '') + text);
        }
        await log.close(opened.id, closedRecord({ reason: path }));
        const read = log.exchange(opened.id);
        expect(read).toMatchObject({ ...opened, state: 'done', request, closed: closedRecord({ reason: path }) });
        expect(read?.channels.map(({ channel, text }) => [channel, text])).toEqual([...texts]);
        expect(read?.findings.map(({ channel }) => channel)).toEqual(said.map(([channel]) => channel));
        expect(log.exchanges(session).at(-1)?.id).toBe(opened.id);
      },
    ),
  );
  log.end();
});

test('texts of a megabyte', async () => {
  const log = openSessionLog({
    folder: join(temporaryFolder(), 'log'),
    clock: { now: () => 0 },
    onFailure: () => undefined,
  });
  const text = asMasked('é\0😀'.repeat(256 * 1024));
  log.open(openedRecord());
  log.request('x1', { model: null, body: text, truncated: false, bytes: 1 }, []);
  log.pieces('x1', [{ at: 1, channel: asMasked('t'), text }]);
  await log.close('x1', closedRecord());
  const read = log.exchange('x1');
  expect(read?.request?.body === text && read.channels[0]?.text === text).toBe(true);
  log.end();
});
