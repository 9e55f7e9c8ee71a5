// A recorded stream gives back each delta, and when it left.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { RecordedPiece } from '../../src/contract/records.ts';
import { joinChannels, packContent, toTimeline, unpackContent } from '../../src/sessions/content.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\ud83d', '\ude00', '\u0001', 'word '));
const stream = fc
  .array(fc.tuple(fc.float({ min: 0, max: 100_000, noNaN: true }), fc.constantFrom('a', 'b', '\ud83d'), text))
  .map((deltas) => {
    let at = 0;
    return deltas.map(([pause, channel, said]): RecordedPiece => {
      at += pause;
      return { at, channel: asMasked(channel), text: asMasked(said) };
    });
  });

test('each channel delta by delta, its time to a tenth of a millisecond', () => {
  fc.assert(
    fc.property(stream, (pieces) => {
      const { channels, response, timing } = packContent(pieces);
      const read = unpackContent(channels, response, timing);
      expect(read).toEqual(joinChannels(pieces));
      const timeline = toTimeline(read);
      expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted((a, b) => a - b));
      for (const name of ['a', 'b', '\ud83d']) {
        const sent = pieces.filter(({ channel }) => channel === name);
        const told = timeline.filter(({ channel }) => channel === name);
        expect(told.map((piece) => piece.text)).toEqual(sent.map((piece) => piece.text));
        for (const [i, { at }] of sent.entries())
          expect(Math.abs((told[i]?.at ?? NaN) - at)).toBeLessThanOrEqual(0.051);
      }
    }),
  );
});

test('a clock that was set back does not turn the stream around', () => {
  const piece = (at: number, said: string): RecordedPiece => ({ at, channel: asMasked('t'), text: asMasked(said) });
  const [channel] = joinChannels([piece(20, 'a'), piece(5, 'b'), piece(30, 'c')]);
  expect(channel).toMatchObject({ text: 'abc', times: [20, 20, 30] });
});

test('columns that do not belong together are refused', () => {
  const packed = packContent([{ at: 300, channel: asMasked('t'), text: asMasked('word') }]);
  const { channels, response, timing } = packed;
  expect(() => unpackContent(channels, 'words', timing)).toThrow();
  expect(() => unpackContent('[["t",5]]', response, timing)).toThrow();
  expect(() => unpackContent(channels, response, timing.subarray(1))).toThrow();
  expect(() => unpackContent(channels, response, Uint8Array.of(...timing, 0))).toThrow();
  // The same numbers, spelled longer.
  expect(() => unpackContent(channels, response, Uint8Array.of(0x81, 0, ...timing.subarray(1)))).toThrow();
});
