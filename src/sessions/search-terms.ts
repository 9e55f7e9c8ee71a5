// What an exchange is in the index: its text, and after it one hidden term for each value of each field. A hidden term
// begins with a character of Unicode's private use area, which is taken out of all text, so that no text can pass for one.
// That makes a whole query, words and fields alike, one expression of FTS5.

import type { ExchangeRecord } from '../contract/records.ts';
import { searchFields } from './search-fields.ts';
import { MAX_NUMBER } from './search-values.ts';

/** unicode61 takes letters, digits and the private use area for parts of words: https://sqlite.org/fts5.html#unicode61_tokenizer */
export const TOKENIZER = 'unicode61 remove_diacritics 2';

const START = '\uE000';
const END = '\uE001';
const BYTES = 0xe100;
const HIDDEN = /[\uE000-\uE1FF]/g;

/** In every exchange: what a search that only excludes starts from. */
export const EVERY = START;

/** Scripts that put no space between words: each character is a word of its own, and a search for several is one for a phrase. */
export const UNSPACED = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}]/gu;

/** Longer values are cut, in the index and in the query alike. */
const MAX_VALUE = 1_000;

/** Text as the index and a query's words have it. */
export function indexedText(text: string): string {
  return text.toWellFormed().replace(HIDDEN, ' ').replace(UNSPACED, ' $& ');
}

/** The begin of all terms of a field. */
export function fieldStart(field: string): string {
  return START + encode(field) + END;
}

export function valueTerm(field: string, value: string): string {
  return fieldStart(field) + encode(value);
}

/** The value that a term of `valueTerm` stands for. */
export function valueOfTerm(term: string): string {
  const bytes: number[] = [];
  for (const unit of term.slice(term.indexOf(END) + 1)) {
    const code = unit.charCodeAt(0);
    bytes.push(code >= BYTES ? code - BYTES : code);
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Keeps what the tokenizer keeps as it is, in lower case; every other byte is one character of the private use area. */
function encode(value: string): string {
  let encoded = '';
  for (const byte of Buffer.from(value.slice(0, MAX_VALUE).toLowerCase(), 'utf8')) {
    const isPlain = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
    encoded += String.fromCharCode(isPlain ? byte : BYTES + byte);
  }
  return encoded;
}

/** Numbers are kept at every precision, four bits apart, so that a range is a few dozen terms (Lucene's trie encoding). */
const STEP = 16;

function numberTerm(field: string, level: number, value: number): string {
  return `${levelStart(field, level)}${value.toString(16)}`;
}

/** The begin of all terms for numbers of `STEP ** level` and more. */
function levelStart(field: string, level: number): string {
  return `${fieldStart(field)}${'abcdefgh'[level] ?? ''}${END}`;
}

/** The largest number that a field can have where only some levels have terms: it spares the search for all above. */
export function largestNumber(field: string, hasTerm: (start: string) => boolean): number {
  for (let level = 1; STEP ** level <= MAX_NUMBER; level++)
    if (!hasTerm(levelStart(field, level))) return STEP ** level - 1;
  return MAX_NUMBER;
}

/** The terms of a number: itself, and itself without its last hexadecimal digits. */
export function numberTerms(field: string, value: number): string[] {
  let rest = Math.min(MAX_NUMBER, Math.max(0, Math.round(value)));
  const terms = [numberTerm(field, 0, rest)];
  for (let level = 1; rest >= STEP; level++) {
    rest = Math.floor(rest / STEP);
    terms.push(numberTerm(field, level, rest));
  }
  return terms;
}

/** The terms of which an exchange has one exactly when its number lies in the range. */
export function rangeTerms(field: string, from: number, to: number): string[] {
  const terms: string[] = [];
  for (let next = from; next <= to;) {
    let level = 0;
    let size = 1;
    // Above the lowest level there is no term for 0.
    while (next > 0 && next % (size * STEP) === 0 && next + size * STEP - 1 <= to && size * STEP <= MAX_NUMBER) {
      size *= STEP;
      level += 1;
    }
    terms.push(numberTerm(field, level, next / size));
    next += size;
  }
  return terms;
}

/** A text of an exchange with its place: `request`, `action`, `note`, `failure`, or the channel of the response. */
export interface PlacedText {
  readonly where: string;
  readonly text: string;
}

export function textsOf(record: ExchangeRecord): PlacedText[] {
  const texts: PlacedText[] = [];
  const add = (where: string, text: string | null | undefined): void => {
    if (text != null && text !== '') texts.push({ where, text: plainText(text) });
  };
  for (const { channel, text } of record.channels) add(channel, text);
  for (const { action, note } of record.verdicts) {
    add('action', action);
    add('note', note);
  }
  add('failure', record.closed?.reason);
  add('request', record.request?.body);
  return texts;
}

/** What the index is given for an exchange. */
export function documentOf(record: ExchangeRecord): string {
  const parts = textsOf(record).map(({ text }) => indexedText(text));
  const terms = new Set([EVERY]);
  for (const [name, field] of searchFields) {
    if (field.kind === 'number') {
      const value = field.of(record);
      if (value != null) for (const term of numberTerms(name, value)) terms.add(term);
    } else if (field.kind === 'text') {
      for (const value of field.of(record)) if (value != null && value !== '') terms.add(valueTerm(name, value));
    }
  }
  // Between two texts stands a term, so that no phrase begins in one and ends in the next.
  return [...parts, [...terms].join(' ')].join(` ${EVERY} `);
}

/** JSON says a line break as \n, which would make "nls" of "ls" on a new line; and JSON in strings of JSON says it twice. */
function plainText(text: string): string {
  if (!/^\s*[[{]/.test(text) || !text.includes('\\')) return text;
  const once = unescape(text);
  return once.includes('\\"') ? unescape(once) : once;
}

function unescape(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|([^u]))/gi, (_, unit: string | undefined, character: string | undefined) =>
    unit !== undefined
      ? String.fromCharCode(parseInt(unit, 16))
      : 'nrtbf'.includes(character ?? '')
        ? ' '
        : (character ?? ''),
  );
}
