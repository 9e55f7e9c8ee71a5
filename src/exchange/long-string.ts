// A string of a JSON body that goes over several chunks: masked as it comes, in constant memory.

import type { Finding, Masking, TextMasker } from '../masking/masking.ts';
import { changeJsonString, decodeJsonString, type TextChange } from '../wire/json-string.ts';
import { offsetEdits } from './edits.ts';

/** Source characters [start, end) of the body become `text`. */
export interface SourceChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface LongString {
  /** Takes the next part of the inside, which begins at `start` of the body; gives the changes that are final now. */
  take(inside: string, start: number, last: boolean): readonly SourceChange[];
  /** Where the first character stands that is not final, or undefined. */
  heldFrom(): number | undefined;
}

interface Part {
  readonly inside: string;
  readonly start: number;
  readonly decodedFrom: number;
  readonly decodedTo: number;
}

export function createLongString(masking: Masking, found: (finding: Finding | undefined) => void): LongString {
  const masker: TextMasker = masking.stream();
  const parts: Part[] = [];
  let edits: TextChange[] = [];

  const settle = (): SourceChange[] => {
    for (const edit of masker.takeEdits()) {
      found(edit.finding);
      edits.push(edit);
    }
    const changes: SourceChange[] = [];
    for (let part = parts[0]; part !== undefined && part.decodedTo <= masker.settled; part = parts[0]) {
      parts.shift();
      const { decodedFrom, decodedTo, inside, start } = part;
      const within = edits
        .filter((edit) => edit.start < decodedTo)
        .map((edit) => ({
          start: Math.max(edit.start, decodedFrom),
          end: Math.min(edit.end, decodedTo),
          // The replacement goes where the finding begins; later parts only lose their share of it.
          text: edit.start >= decodedFrom ? edit.text : '',
        }));
      edits = edits.filter((edit) => edit.end > decodedTo);
      if (within.length === 0) continue;
      const text = changeJsonString(inside, offsetEdits(within, -decodedFrom));
      changes.push({ start, end: start + inside.length, text });
    }
    return changes;
  };
  return {
    take(inside, start, last) {
      const from = masker.taken;
      masker.push(decodeJsonString(inside));
      parts.push({ inside, start, decodedFrom: from, decodedTo: masker.taken });
      if (last) masker.end();
      return settle();
    },
    heldFrom: () => parts[0]?.start,
  };
}
