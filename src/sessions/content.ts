// What came of a response as the log keeps it: the texts of its channels one after the other, and beside them a few
// bytes per delta that say how long it was and when it left.

import { asMasked, type MaskedText } from '../base/text.ts';
import type { RecordedChannel, RecordedPiece } from '../contract/records.ts';
import { fromColumn, toColumn } from './text-column.ts';

export interface PackedContent {
  /** JSON: [[channel, length], …]. */
  readonly channels: string;
  readonly response: string;
  /**
   * For each channel its number of deltas, then for each delta its length and the time since the one before, in tenths
   * of a millisecond. All are LEB128 numbers.
   */
  readonly timing: Uint8Array;
}

export function packContent(pieces: readonly RecordedPiece[]): PackedContent {
  return packChannels(joinChannels(pieces));
}

/** The whole text of each channel, channels in the order in which they first spoke. */
export function joinChannels(pieces: readonly RecordedPiece[]): RecordedChannel[] {
  const found = new Map<MaskedText, { texts: string[]; length: number; offsets: number[]; times: number[] }>();
  for (const { at, channel, text } of pieces) {
    let joined = found.get(channel);
    if (joined === undefined) found.set(channel, (joined = { texts: [], length: 0, offsets: [], times: [] }));
    joined.texts.push(text);
    joined.offsets.push(joined.length);
    joined.length += text.length;
    // A clock that was set back must not turn the stream around.
    joined.times.push(Math.max(Math.round(at * 10) / 10, joined.times.at(-1) ?? 0));
  }
  return [...found].map(([channel, { texts, offsets, times }]) => ({
    channel,
    text: asMasked(texts.join('')),
    offsets,
    times,
  }));
}

function packChannels(channels: readonly RecordedChannel[]): PackedContent {
  const timing: number[] = [];
  for (const { text, offsets, times } of channels) {
    putNumber(timing, offsets.length);
    let before = 0;
    for (const [i, offset] of offsets.entries()) {
      const tenths = Math.round((times[i] ?? 0) * 10);
      putNumber(timing, (offsets[i + 1] ?? text.length) - offset);
      putNumber(timing, tenths - before);
      before = tenths;
    }
  }
  return {
    channels: JSON.stringify(channels.map(({ channel, text }) => [channel, text.length])),
    response: toColumn(channels.map(({ text }) => text).join('')),
    timing: Uint8Array.from(timing),
  };
}

/** Throws when the three columns do not belong together. */
export function unpackContent(channels: string, response: string, timing: Uint8Array): RecordedChannel[] {
  const text = fromColumn(response);
  let start = 0;
  let place = 0;
  const number = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = timing[place++];
      if (byte === undefined) throw new Error('The timing ends too early.');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        // A number has one spelling, so that no byte can change unseen.
        if (byte === 0 && unit > 1) throw new Error('The timing is not spelled as Scrim does.');
        return value;
      }
    }
  };
  const unpacked = (JSON.parse(channels) as [string, number][]).map(([channel, length]) => {
    const offsets: number[] = [];
    const times: number[] = [];
    let offset = 0;
    let tenths = 0;
    for (let count = number(); count > 0; count--) {
      offsets.push(offset);
      offset += number();
      tenths += number();
      times.push(tenths / 10);
    }
    if (offset !== length) throw new Error('The timing does not fit the text.');
    start += length;
    return { channel: asMasked(channel), text: asMasked(text.slice(start - length, start)), offsets, times };
  });
  if (start !== text.length || place !== timing.length) throw new Error('The texts do not fit their lengths.');
  return unpacked;
}

/** The deltas of all channels in the order in which they left. */
export function toTimeline(channels: readonly RecordedChannel[]): RecordedPiece[] {
  const pieces: RecordedPiece[] = [];
  for (const { channel, text, offsets, times } of channels) {
    for (const [i, offset] of offsets.entries())
      pieces.push({ at: times[i] ?? 0, channel, text: asMasked(text.slice(offset, offsets[i + 1] ?? text.length)) });
  }
  return pieces.sort((a, b) => a.at - b.at);
}

/** LEB128: seven bits a byte, the lowest first, the eighth says that more follow. */
function putNumber(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
}
