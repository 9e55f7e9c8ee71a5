// The query language: words, "phrases", prefix*, field:value, -not, OR, (groups). Text to a tree, nothing else.
// docs/search.md describes it for people. Longer than most files: one grammar, and its one parser.

import { SessionsError } from './errors.ts';
import { searchFields, type SearchField } from './search-fields.ts';
import { parseRange, parseTime } from './search-values.ts';

export type Condition =
  /** A word or a phrase of the text; `prefix`: its last word goes on. */
  | { readonly is: 'text'; readonly text: string; readonly prefix: boolean }
  /** A value of a field, `*` standing for any characters, in lower case. */
  | { readonly is: 'value'; readonly field: string; readonly pattern: string }
  /** A number of a field, both ends included. */
  | { readonly is: 'range'; readonly field: string; readonly from: number; readonly to: number }
  | { readonly is: 'not'; readonly condition: Condition }
  | { readonly is: 'all' | 'any'; readonly conditions: readonly Condition[] };

export interface SearchQuery {
  /** Null: every exchange. */
  readonly where: Condition | null;
  /** Milliseconds since the Unix epoch: begun at or after `since`, and before `before`. */
  readonly since: number | null;
  readonly before: number | null;
}

export interface QueryProblem {
  /** Where in the query, in UTF-16 units. */
  readonly at: number;
  readonly length: number;
  /** One sentence or two that say what to write instead. */
  readonly message: string;
}

export interface QueryOptions {
  /** Milliseconds since the Unix epoch: what `since:2d` counts from. */
  readonly now: number;
  /** What `folder:~/code` begins with; without it `~` is a character. */
  readonly home?: string;
  /** ` Did you mean "program"?` with a leading space, or nothing. */
  suggest(written: string, known: readonly string[]): string;
}

/** Longer queries are no person's, and the index bounds the depth of an expression. */
const MAX_LENGTH = 2_000;
const MAX_DEPTH = 20;

export function parseQuery(
  text: string,
  options: QueryOptions,
): { readonly query: SearchQuery } | { readonly problem: QueryProblem } {
  try {
    return { query: new Parser(text, options).query() };
  } catch (error) {
    if (isProblem(error)) return { problem: { at: error.at, length: error.length, message: error.message } };
    throw error;
  }
}

/** Carries a problem out of the recursion, and no further. */
function problem(at: number, length: number, message: string): SessionsError & QueryProblem {
  return Object.assign(new SessionsError('bad-query', message), { at, length });
}

function isProblem(error: unknown): error is SessionsError & QueryProblem {
  return error instanceof SessionsError && error.code === 'bad-query' && 'at' in error;
}

class Parser {
  readonly #text: string;
  readonly #options: QueryOptions;
  #at = 0;
  /** Open groups, and how many of them are below OR or a minus. */
  #depth = 0;
  #since: number | null = null;
  #before: number | null = null;
  /** Where the time limits stand: OR and minus must not reach them. */
  readonly #limits: { readonly at: number; readonly length: number; readonly depth: number }[] = [];

  constructor(text: string, options: QueryOptions) {
    this.#text = text;
    this.#options = options;
  }

  query(): SearchQuery {
    if (this.#text.length > MAX_LENGTH)
      throw problem(MAX_LENGTH, 0, `Write a query of at most ${MAX_LENGTH} characters.`);
    const where = this.#any();
    this.#space();
    if (this.#at < this.#text.length) throw problem(this.#at, 1, 'Take away this ")": no group is open.');
    return { where, since: this.#since, before: this.#before };
  }

  #any(): Condition | null {
    const begin = this.#at;
    const choices: (Condition | null)[] = [];
    let or = -1;
    do {
      const words = this.#all();
      if (words === undefined) {
        if (or >= 0) throw problem(or, 1, 'Write something on both sides of OR.');
        if (this.#isOr()) throw problem(this.#at, 1, 'Write something on both sides of OR.');
        return null;
      }
      choices.push(words);
      this.#space();
      or = this.#at;
    } while (this.#takeOr());
    if (choices.length === 1) return choices[0] ?? null;
    this.#refuseLimits(begin);
    return { is: 'any', conditions: choices.filter((choice) => choice !== null) };
  }

  /** Undefined when there is nothing; null when there are only time limits. */
  #all(): Condition | null | undefined {
    const conditions: Condition[] = [];
    let found = false;
    for (;;) {
      this.#space();
      const next = this.#text[this.#at];
      if (next === undefined || (next === ')' && this.#depth > 0) || this.#isOr()) break;
      if (next === ')') break;
      const condition = this.#one();
      found = true;
      if (condition !== null) conditions.push(condition);
    }
    if (!found) return undefined;
    return conditions.length < 2 ? (conditions[0] ?? null) : { is: 'all', conditions };
  }

  #one(): Condition | null {
    const begin = this.#at;
    // A word such as --force is text: nobody denies twice.
    const minus = this.#text[begin] === '-' && !/^-(?:-|\s|$)/.test(this.#text.slice(begin, begin + 2));
    const not = /^NOT(?=[\s("])/.exec(this.#text.slice(begin, begin + 4));
    if (!minus && not === null) return this.#plain();
    this.#at += minus ? 1 : 3;
    this.#space();
    if (this.#at >= this.#text.length)
      throw problem(begin, this.#at - begin, 'Write what the search must not find after NOT.');
    this.#enter(begin);
    const condition = this.#one();
    this.#depth -= 1;
    this.#refuseLimits(begin);
    if (condition === null) throw problem(begin, this.#at - begin, 'Write what the search must not find.');
    return { is: 'not', condition };
  }

  #plain(): Condition | null {
    const begin = this.#at;
    const first = this.#text[begin];
    if (first === '(') return this.#group();
    if (first === '"') {
      const phrase = this.#quoted();
      return this.#textCondition(begin, phrase, this.#take('*'));
    }
    const name = /^([a-z][a-z-]*):(?!\/\/|:)/i.exec(this.#text.slice(begin, begin + 40))?.[1];
    if (name !== undefined) {
      this.#at += name.length + 1;
      return this.#field(begin, name.toLowerCase());
    }
    const word = this.#word();
    return this.#textCondition(begin, word.replace(/\*$/, ''), word.endsWith('*'));
  }

  #group(): Condition | null {
    const begin = this.#at;
    this.#at += 1;
    this.#enter(begin);
    const inner = this.#any();
    this.#space();
    if (!this.#take(')')) throw problem(begin, 1, 'Close this group with ")".');
    this.#depth -= 1;
    if (inner === null && this.#limits.every(({ at }) => at < begin))
      throw problem(begin, this.#at - begin, 'Write something into this group.');
    return inner;
  }

  #enter(begin: number): void {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw problem(begin, 1, `Write at most ${MAX_DEPTH} groups inside each other.`);
  }

  #textCondition(at: number, text: string, prefix: boolean): Condition {
    const length = this.#at - at;
    if (text.includes('*') && this.#text[at] !== '"')
      throw problem(at, length, 'Write * at the end of a word only, such as terra*.');
    if (!/[\p{L}\p{N}]/u.test(text)) throw problem(at, length, 'Write a letter or a digit to search for.');
    if (prefix && /^[^\p{L}\p{N}]*[\p{L}\p{N}]{1,2}$/u.test(text))
      throw problem(at, length, 'Write at least three characters before *.');
    return { is: 'text', text, prefix };
  }

  #field(begin: number, name: string): Condition | null {
    const field = searchFields.get(name);
    if (field === undefined) {
      const written = this.#text.slice(begin, begin + name.length);
      throw problem(
        begin,
        name.length,
        `"${written}" is no field of the log.${this.#options.suggest(name, [...searchFields.keys()])} To search for it as text, put it in quotes.`,
      );
    }
    const values = this.#values();
    if (values.includes(''))
      throw problem(begin, this.#at - begin, `Write a value after "${name}:", without a space between.`);
    const conditions = values.map((value) => this.#valueCondition(begin, name, field, value));
    if (conditions.length === 1) return conditions[0] ?? null;
    return { is: 'any', conditions: conditions.filter((condition) => condition !== null) };
  }

  #valueCondition(begin: number, name: string, field: SearchField, value: string): Condition | null {
    const fail = (message: string): never => {
      throw problem(begin, this.#at - begin, message);
    };
    if (field.kind === 'time') {
      const limit = parseTime(name, value, this.#options.now);
      if (limit === undefined) return fail(`Write ${name}:2d, ${name}:90m, ${name}:today or ${name}:2026-01-31.`);
      if (name === 'since') this.#since = Math.max(this.#since ?? limit, limit);
      else this.#before = Math.min(this.#before ?? limit, limit);
      this.#limits.push({ at: begin, length: this.#at - begin, depth: this.#depth });
      return null;
    }
    if (field.kind === 'number') {
      const range = parseRange(value, field.unit);
      if (range === undefined) {
        const [low, high] = { count: ['100', '2k'], bytes: ['64KiB', '1MiB'], milliseconds: ['10s', '2m'] }[field.unit];
        return fail(`Write a number, such as ${name}:>${low} or ${name}:${low}..${high}.`);
      }
      return { is: 'range', field: name, ...range };
    }
    const { home } = this.#options;
    const pattern = (home === undefined ? value : value.replace(/^~(?=[/\\])/, () => home)).toLowerCase();
    if (field.choices !== undefined && !pattern.includes('*') && !field.choices.includes(pattern))
      fail(`${name} is one of ${field.choices.join(', ')}.${this.#options.suggest(pattern, field.choices)}`);
    return { is: 'value', field: name, pattern };
  }

  /** Values after a colon: `a,b,"c d"`. */
  #values(): string[] {
    const values: string[] = [];
    do {
      values.push(this.#text[this.#at] === '"' ? this.#quoted() : this.#word(','));
    } while (this.#take(','));
    return values;
  }

  #quoted(): string {
    const begin = this.#at;
    const end = this.#text.indexOf('"', begin + 1);
    if (end < 0) throw problem(begin, 1, 'Close this quotation mark with another.');
    this.#at = end + 1;
    return this.#text.slice(begin + 1, end);
  }

  /** Up to a space, `stop`, or the end of the group; brackets that the word opens itself are its own. */
  #word(stop = ''): string {
    const begin = this.#at;
    let own = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const next = this.#text[this.#at] ?? '';
      if (/\s/.test(next) || next === stop) break;
      if (next === '(') own += 1;
      if (next === ')' && (own -= 1) < 0 && this.#depth > 0) break;
    }
    return this.#text.slice(begin, this.#at);
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #or(): number {
    return /^(?:OR(?=[\s()]|$)|or:(?=\s|$)|\|(?=\s|$))/.exec(this.#text.slice(this.#at, this.#at + 4))?.[0].length ?? 0;
  }

  #isOr(): boolean {
    return this.#or() > 0;
  }

  #takeOr(): boolean {
    const length = this.#or();
    this.#at += length;
    return length > 0;
  }

  /** A time limit is one of the whole search: the index is cut by it. */
  #refuseLimits(begin: number): void {
    const limit = this.#limits.find(({ at }) => at >= begin);
    if (limit !== undefined)
      throw problem(
        limit.at,
        limit.length,
        'Write time limits once for the whole search, not below OR, NOT or a minus.',
      );
  }
}
