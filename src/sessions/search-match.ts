// A query as one expression of FTS5 (https://sqlite.org/fts5.html#full_text_query_syntax). It is handed over as a bound
// value, and all that comes from the query stands in it between quotation marks.

import type { Condition } from './search-query.ts';
import { EVERY, fieldStart, indexedText, largestNumber, rangeTerms, valueOfTerm, valueTerm } from './search-terms.ts';

/** The terms that there are. */
export interface Vocabulary {
  /** Those that begin so; undefined when they are more than `limit`. */
  readonly terms: (start: string, limit: number) => readonly string[] | undefined;
  readonly has: (start: string) => boolean;
}

/** A pattern that means more values than this is looked for by its begin, or not at all. */
const MAX_VALUES = 500;

/** @returns undefined when a pattern such as `session:*a*` stands for too many values of the index */
export function matchExpression(where: Condition | null, vocabulary: Vocabulary): string | undefined {
  return where === null ? quoted(EVERY) : expression(where, vocabulary);
}

function expression(condition: Condition, vocabulary: Vocabulary): string | undefined {
  switch (condition.is) {
    case 'text':
      return quoted(indexedText(condition.text)) + (condition.prefix ? ' *' : '');
    case 'value':
      return valueExpression(condition.field, condition.pattern, vocabulary);
    case 'range':
      return rangeExpression(condition.field, condition.from, condition.to, vocabulary);
    case 'not':
      return excluding([], [condition.condition], vocabulary);
    case 'any':
      return joined(condition.conditions, vocabulary, anyOf);
    case 'all': {
      const wanted = condition.conditions.filter(({ is }) => is !== 'not');
      const unwanted = condition.conditions.flatMap((one) => (one.is === 'not' ? [one.condition] : []));
      return excluding(wanted, unwanted, vocabulary);
    }
  }
}

/** FTS5's NOT has two sides: a search that only excludes starts from all there is. */
function excluding(
  wanted: readonly Condition[],
  unwanted: readonly Condition[],
  vocabulary: Vocabulary,
): string | undefined {
  const found = joined(wanted, vocabulary, (parts) =>
    parts.length === 0 ? quoted(EVERY) : `(${parts.join(' AND ')})`,
  );
  if (unwanted.length === 0 || found === undefined) return found;
  const without = joined(unwanted, vocabulary, anyOf);
  return without === undefined ? undefined : `(${found} NOT ${without})`;
}

function joined(
  conditions: readonly Condition[],
  vocabulary: Vocabulary,
  join: (parts: readonly string[]) => string,
): string | undefined {
  const parts: string[] = [];
  for (const condition of conditions) {
    const part = expression(condition, vocabulary);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return join(parts);
}

function valueExpression(field: string, pattern: string, vocabulary: Vocabulary): string | undefined {
  const star = pattern.indexOf('*');
  if (star < 0) return quoted(valueTerm(field, pattern));
  const start = valueTerm(field, pattern.slice(0, star));
  const terms = vocabulary.terms(start, MAX_VALUES);
  const isPrefix = star === pattern.length - 1;
  // The index's own search for a begin gathers all it finds before it gives the first: right for many values only.
  if (terms === undefined) return isPrefix ? `${quoted(start)} *` : undefined;
  if (isPrefix) return anyOf(terms.map(quoted));
  const parts = pattern.split('*');
  return anyOf(terms.filter((term) => isLike(valueOfTerm(term), parts)).map(quoted));
}

function rangeExpression(field: string, from: number, to: number, vocabulary: Vocabulary): string {
  const largest = largestNumber(field, (start) => vocabulary.has(start));
  return anyOf(rangeTerms(field, from, Math.min(to, largest)).map(quoted));
}

/** Whether the text is the parts in this order, with anything between them. */
function isLike(text: string, parts: readonly string[]): boolean {
  const last = parts.at(-1) ?? '';
  let at = 0;
  for (const [i, part] of parts.slice(0, -1).entries()) {
    const found = text.indexOf(part, at);
    if (found < 0 || (i === 0 && found > 0)) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** A term that nothing has: there is no field without a name. */
const NOTHING = quoted(fieldStart(''));

function anyOf(parts: readonly string[]): string {
  return parts.length === 0 ? NOTHING : `(${parts.join(' OR ')})`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
