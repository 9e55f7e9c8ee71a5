// The place of a text at which a search found it. The index keeps no texts, so it is looked for again in the exchange.

import { asMasked, type MaskedText } from '../base/text.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import type { Condition } from './search-query.ts';
import { indexedText, textsOf, UNSPACED } from './search-terms.ts';

export interface Snippet {
  /** `request`, `action`, `note`, `failure`, or the channel of the response. */
  readonly where: MaskedText;
  /** White space is one space; `…` stands where the text goes on. */
  readonly text: MaskedText;
  /** What was found, as places in `text`: start and end in UTF-16 units. */
  readonly marks: readonly (readonly [start: number, end: number])[];
}

const BEFORE = 60;
const AFTER = 120;

/** A function that finds the first place of any of the query's words and phrases; undefined for a query without. */
export function snippetOf(where: Condition | null): ((record: ExchangeRecord) => Snippet | null) | undefined {
  const patterns = where === null ? [] : textPatterns(where);
  if (patterns.length === 0) return undefined;
  const any = new RegExp(patterns.join('|'), 'giu');
  return (record) => {
    for (const { where: place, text } of textsOf(record)) {
      const plain = text.toWellFormed();
      any.lastIndex = 0;
      const found = any.exec(plain);
      if (found !== null) return cut(place, plain, found.index, any);
    }
    return null;
  };
}

const UNSPACED_CLASS = UNSPACED.source.slice(1, -1);
const BETWEEN = `(?:[^\\p{L}\\p{N}]+|(?<=[${UNSPACED_CLASS}])|(?=[${UNSPACED_CLASS}]))`;
const WORD_BEGINS = `(?:(?<![\\p{L}\\p{N}])|(?<=[${UNSPACED_CLASS}])|(?=[${UNSPACED_CLASS}]))`;
const WORD_ENDS = `(?:(?![\\p{L}\\p{N}])|(?<=[${UNSPACED_CLASS}])|(?=[${UNSPACED_CLASS}]))`;

/** Of what the query wants, not of what it excludes. Longest first: a phrase is marked as a whole. */
function textPatterns(condition: Condition): string[] {
  switch (condition.is) {
    case 'text': {
      const words = indexedText(condition.text).match(/[\p{L}\p{N}]+/gu) ?? [];
      const end = condition.prefix ? '' : WORD_ENDS;
      return [`${WORD_BEGINS}${words.join(BETWEEN)}${end}`];
    }
    case 'all':
    case 'any':
      return condition.conditions.flatMap(textPatterns).sort((a, b) => b.length - a.length);
    default:
      return [];
  }
}

function cut(where: string, text: string, at: number, any: RegExp): Snippet {
  const begin = Math.max(0, at - BEFORE);
  const end = Math.min(text.length, at + AFTER);
  // Cut between characters, not within one.
  const part = text
    .slice(begin, end)
    .replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
    .replace(/\s+/g, ' ');
  const shown = `${begin > 0 ? '…' : ''}${part}${end < text.length ? '…' : ''}`;
  any.lastIndex = 0;
  const marks = [...shown.matchAll(any)].map((found) => [found.index, found.index + found[0].length] as const);
  return { where: asMasked(where), text: asMasked(shown), marks };
}
