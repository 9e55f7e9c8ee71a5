// Finds the exact captured spans in a stretch of text in which the automaton has seen a match. The automaton knows that
// a rule matched and where it ended; this walk over the same positions also carries where the captured group began.
import { holds, inGroup } from './positions.ts';
import type { Union } from './union.ts';

/** The longest captured span of one rule from one beginning of the group. Positions are those of the region. */
export interface Candidate {
  readonly rule: number;
  /** Where the match began; negative when that lies before the region. */
  readonly matchStart: number;
  /** The text of the match before the region, as far as the rule fixes it. */
  readonly lead: string;
  readonly start: number;
  end: number;
  /** Still running when the region was cut at the hold cap. */
  open: boolean;
}

/** Different beginnings remembered per position; beyond it the earliest win, which cover the later ones. */
const beginningsKept = 8;

interface Threads {
  count: number;
  readonly at: number[];
  readonly match: number[];
  readonly start: number[];
  readonly end: number[];
}

export class Resolver {
  readonly #union: Union;
  readonly #seen: Int32Array;
  readonly #seenCount: Uint8Array;
  readonly #heads: Int32Array;
  #stamp = 0;
  #current: Threads = emptyThreads();
  #next: Threads = emptyThreads();
  readonly #chain: number[] = [];

  constructor(union: Union) {
    this.#union = union;
    this.#seen = new Int32Array(union.ruleOf.length);
    this.#seenCount = new Uint8Array(union.ruleOf.length);
    this.#heads = new Int32Array(union.ruleOf.length);
  }

  /**
   * All candidates of `rules` in `text`. `elements` and `context` are those of the state before its first character;
   * `ended` says that the text ends here; `cut` asks for matches that are still running as well.
   */
  resolve(
    text: string,
    elements: Uint16Array,
    context: number,
    rules: readonly number[],
    ended: boolean,
    cut: boolean,
  ): Candidate[] {
    const union = this.#union;
    const { setHasClass, setOf, classOf, followFrom, followList, flags, classes, ruleOf } = union;
    const wanted = new Uint8Array(union.ruleCount);
    for (const rule of rules) wanted[rule] = 1;
    const starts = union.starts.filter((start) => wanted[start.rule] === 1);
    const found = new Map<number, Candidate>();
    this.#current.count = 0;
    this.#begin();
    for (const element of elements) {
      if (wanted[ruleOf[element] as number] !== 1) continue;
      // A match that was running when the text before was swallowed goes on from here.
      const start = ((flags[element] as number) & holds) !== 0 ? 0 : -1;
      this.#add(this.#current, element, -1 - element, start, start);
    }
    let neighbour = context;
    for (let index = 0; index < text.length; index++) {
      const characterClass = classOf[text.charCodeAt(index)] as number;
      const current = this.#current;
      const next = this.#next;
      next.count = 0;
      this.#begin();
      const blocked = union.contexts.blocks(neighbour, characterClass);
      for (let thread = 0; thread < current.count; thread++) {
        const at = current.at[thread] as number;
        this.#confirm(found, current, thread, characterClass);
        if (blocked && ((flags[at] as number) & holds) === 0) continue;
        const until = followFrom[at + 1] as number;
        for (let edge = followFrom[at] as number; edge < until; edge++) {
          const target = followList[edge] as number;
          if (setHasClass[(setOf[target] as number) * classes + characterClass] === 0) continue;
          const inside = ((flags[target] as number) & inGroup) !== 0;
          const start = current.start[thread] as number;
          this.#add(
            next,
            target,
            current.match[thread] as number,
            inside && start < 0 ? index : start,
            inside ? index + 1 : (current.end[thread] as number),
          );
        }
      }
      const mask = union.contexts.maskOf(neighbour);
      const begin = blocked ? [] : starts;
      for (const start of begin) {
        if (start.behind !== -1 && (mask & (1 << start.behind)) === 0) continue;
        if (setHasClass[start.set * classes + characterClass] === 0) continue;
        const inside = ((flags[start.at] as number) & inGroup) !== 0;
        this.#add(next, start.at, index, inside ? index : -1, inside ? index + 1 : -1);
      }
      neighbour = union.contexts.next(neighbour, characterClass);
      this.#current = next;
      this.#next = current;
    }
    if (ended) {
      for (let thread = 0; thread < this.#current.count; thread++) this.#confirm(found, this.#current, thread, -1);
    }
    if (cut) this.#keepOpen(found);
    return [...found.values()];
  }

  #begin(): void {
    this.#stamp++;
  }

  #add(threads: Threads, at: number, match: number, start: number, end: number): void {
    if (this.#seen[at] !== this.#stamp) {
      this.#seen[at] = this.#stamp;
      this.#seenCount[at] = 0;
      this.#heads[at] = -1;
    }
    for (let thread = this.#heads[at] as number; thread !== -1; thread = this.#chain[thread] as number) {
      if (threads.start[thread] !== start) continue;
      if (end > (threads.end[thread] as number)) threads.end[thread] = end;
      if (match < (threads.match[thread] as number)) threads.match[thread] = match;
      return;
    }
    if ((this.#seenCount[at] as number) >= beginningsKept) return;
    this.#seenCount[at] = (this.#seenCount[at] as number) + 1;
    const thread = threads.count++;
    threads.at[thread] = at;
    threads.match[thread] = match;
    threads.start[thread] = start;
    threads.end[thread] = end;
    this.#chain[thread] = this.#heads[at] as number;
    this.#heads[at] = thread;
  }

  /** Records a match that ends here when the next character (-1: the end of the text) allows it. */
  #confirm(found: Map<number, Candidate>, threads: Threads, thread: number, characterClass: number): void {
    const union = this.#union;
    const at = threads.at[thread] as number;
    const conditions = union.ends[at];
    if (conditions === undefined || (threads.end[thread] as number) <= (threads.start[thread] as number)) return;
    const allowed = conditions.some((end) =>
      characterClass === -1
        ? end.edge
        : end.ahead === -1 || union.setHasClass[end.ahead * union.classes + characterClass] === 1,
    );
    if (allowed) this.#record(found, threads, thread, false);
  }

  #keepOpen(found: Map<number, Candidate>): void {
    const { flags } = this.#union;
    const threads = this.#current;
    for (let thread = 0; thread < threads.count; thread++) {
      const flag = flags[threads.at[thread] as number] as number;
      if ((flag & holds) !== 0 && (threads.start[thread] as number) >= 0) this.#record(found, threads, thread, true);
    }
  }

  #record(found: Map<number, Candidate>, threads: Threads, thread: number, open: boolean): void {
    const rule = this.#union.ruleOf[threads.at[thread] as number] as number;
    const start = threads.start[thread] as number;
    const key = start * this.#union.ruleCount + rule;
    const end = threads.end[thread] as number;
    const known = found.get(key);
    if (known === undefined) {
      const match = threads.match[thread] as number;
      found.set(key, {
        rule,
        matchStart: match,
        lead: match < 0 ? this.#union.literalTo(-1 - match) : '',
        start,
        end,
        open,
      });
      return;
    }
    known.end = Math.max(known.end, end);
    known.open ||= open;
  }
}

function emptyThreads(): Threads {
  return { count: 0, at: [], match: [], start: [], end: [] };
}
