// One channel of text, masked while it streams. Everything it says is a function of the characters alone, never of how
// they were cut into chunks: decisions are taken at character positions, and only read out at the end of a push.
import { committedElements, specialMove, unheldElements, unknownMove, type State } from './automaton.ts';
import type { Edit } from './finding.ts';
import type { RuleBook } from './rule-book.ts';

/** What is decided about a stretch of text: turns candidates into edits. */
export interface Verdicts {
  /** Edits for the region; `open` is where a match begins that runs on past the hold cap, or -1. */
  decide(
    book: RuleBook,
    region: Region,
  ): { readonly edits: readonly Edit[]; readonly open: number; readonly openRules: readonly number[] };
}

/** Text in which something was live, with the state before its first character. */
export interface Region {
  readonly text: string;
  /** Absolute position of text[0]. */
  readonly at: number;
  readonly before: State;
  readonly rules: readonly number[];
  readonly ended: boolean;
  /** The hold cap was reached: decide now about what is still running. */
  readonly cut: boolean;
}

/** Nothing is ever held back further than this. */
export const holdCap = 4096;

const noEdits: readonly Edit[] = [];

export interface TextMasker {
  /** Feed the next raw characters: text[from, to). */
  push(text: string, from?: number, to?: number): void;
  /** No more input: everything becomes final. */
  end(): void;
  /** Raw characters taken so far. */
  readonly taken: number;
  /** Raw positions below this are final. */
  readonly settled: number;
  /** New final edits since the last call, ordered and disjoint; a shared empty array when there are none. */
  takeEdits(): readonly Edit[];
}

export class StreamMasker implements TextMasker {
  taken = 0;
  readonly #book: RuleBook;
  readonly #verdicts: Verdicts;
  #state: State;
  #edits: Edit[] = [];
  // While live: where the region began, its text up to the current chunk, the state before it, what matched in it.
  #regionStart = 0;
  #held = '';
  #before: State;
  #matched: number[] = [];
  // While swallowing: up to where edits were given, and the end of what must be swallowed.
  #swallowedTo = 0;
  #swallowEnd = 0;
  /** The ordinary state meanwhile: what begins inside the swallowed text may end after it. */
  #beside: State;

  constructor(book: RuleBook, verdicts: Verdicts) {
    this.#book = book;
    this.#verdicts = verdicts;
    this.#state = book.automaton.initial;
    this.#before = this.#state;
    this.#beside = this.#state;
  }

  get settled(): number {
    if (this.#state.swallowing) return this.#swallowedTo;
    return this.#state.live ? this.#regionStart : this.taken;
  }

  takeEdits(): readonly Edit[] {
    if (this.#edits.length === 0) return noEdits;
    const edits = this.#edits;
    this.#edits = [];
    return edits;
  }

  /** Ready for another text, as if new. */
  reset(): void {
    this.taken = 0;
    this.#state = this.#book.automaton.initial;
    this.#held = '';
    this.#matched = [];
    this.#edits = [];
  }

  push(text: string, from = 0, to = text.length): void {
    const { automaton } = this.#book;
    const { classOf } = automaton.union;
    this.#state = automaton.current(this.#state);
    let at = from;
    // Absolute position of text[0].
    const base = this.taken - from;
    while (at < to) {
      if (this.#state.swallowing) {
        at = this.#swallow(text, at, to, base);
        continue;
      }
      if (this.#state.live) {
        at = this.#hold(text, at, to, base);
        continue;
      }
      // The hot loop: nothing is live, only a number is kept.
      let offset = this.#state.offset;
      const table = automaton.table;
      let move = 0;
      for (; at < to; at++) {
        move = table[offset + (classOf[text.charCodeAt(at)] as number)] as number;
        if (move < 0) break;
        offset = move;
      }
      const before = automaton.stateAt(offset);
      this.#state = before;
      if (at === to) break;
      const state =
        move === unknownMove
          ? automaton.step(before, classOf[text.charCodeAt(at)] as number)
          : automaton.stateAt(specialMove(move));
      this.#state = state;
      if (state.live) this.#openRegion(base + at, before);
      at++;
    }
    this.taken = base + to;
    if (this.#state.live && !this.#state.swallowing) {
      this.#held += text.slice(Math.max(from, this.#regionStart - base), to);
    }
  }

  end(): void {
    const state = this.#state;
    if (state.swallowing) {
      this.#continueTo(this.#swallowEnd);
    } else if (state.live) {
      for (const rule of this.#book.automaton.acceptsAtEnd(state)) this.#match(rule);
      this.#decide(this.#held, true, false);
    }
    this.#held = '';
    this.#state = this.#book.automaton.idle(state.context);
  }

  /** Follows live matches until none is left or the hold cap is reached. Returns the next index. */
  #hold(text: string, start: number, to: number, base: number): number {
    const { automaton } = this.#book;
    const { classOf } = automaton.union;
    const limit = Math.min(to, this.#regionStart + holdCap - base);
    let state = this.#state;
    let at = start;
    while (at < limit) {
      const characterClass = classOf[text.charCodeAt(at)] as number;
      at++;
      state = automaton.next(state, characterClass);
      for (const rule of state.accepts) this.#match(rule);
      if (!state.live) {
        this.#state = state;
        const regionFrom = Math.max(0, this.#regionStart - base);
        this.#decide(this.#held + text.slice(Math.max(regionFrom, this.#chunkFrom(base)), at), false, false);
        return at;
      }
    }
    this.#state = state;
    if (at === this.#regionStart + holdCap - base) this.#cut(text, at, base);
    return at;
  }

  /** Index in the current chunk at which text that is not yet in `held` begins. */
  #chunkFrom(base: number): number {
    return this.taken - base;
  }

  #match(rule: number): void {
    if (!this.#matched.includes(rule)) this.#matched.push(rule);
  }

  #decide(text: string, ended: boolean, cut: boolean): { open: number; openRules: readonly number[] } {
    this.#held = '';
    if (this.#matched.length === 0) return { open: -1, openRules: [] };
    const region: Region = { text, at: this.#regionStart, before: this.#before, rules: this.#matched, ended, cut };
    this.#matched = [];
    const { edits, open, openRules } = this.#verdicts.decide(this.#book, region);
    for (const edit of edits) this.#edits.push(edit);
    return { open, openRules };
  }

  /** The hold cap: what is certain enough is masked from here on, the rest is let go. */
  #cut(text: string, at: number, base: number): void {
    const { automaton } = this.#book;
    const { union } = automaton;
    const state = this.#state;
    const committed = committedElements(union, state);
    for (const element of committed) this.#match(union.ruleOf[element] as number);
    const from = Math.max(this.#regionStart - base, this.#chunkFrom(base));
    const { open, openRules } = this.#decide(this.#held + text.slice(from, at), false, true);
    if (open === -1) {
      this.#state = automaton.withElements(state, unheldElements(union, state), false);
      return;
    }
    const running = committed.filter((element) => openRules.includes(union.ruleOf[element] as number));
    this.#beside = state;
    this.#state = automaton.withElements(state, running, true);
    this.#swallowedTo = base + at;
    this.#swallowEnd = base + at;
  }

  #swallow(text: string, start: number, to: number, base: number): number {
    const { automaton } = this.#book;
    const { classOf } = automaton.union;
    let state = this.#state;
    let beside = automaton.current(this.#beside);
    for (let at = start; at < to; at++) {
      const characterClass = classOf[text.charCodeAt(at)] as number;
      state = automaton.next(automaton.current(state), characterClass);
      if (!state.live || base + at - this.#swallowEnd >= holdCap) {
        this.#continueTo(this.#swallowEnd);
        // The character that ended the match is read again, by whatever began beside it.
        this.#state = automaton.current(beside);
        if (beside.live) this.#openRegion(base + at, beside);
        return at;
      }
      beside = automaton.next(automaton.current(beside), characterClass);
      if (state.inGroup) this.#swallowEnd = base + at + 1;
      // In blocks of fixed size, so that the edits do not depend on the chunks.
      if (this.#swallowEnd - this.#swallowedTo >= holdCap) this.#continueTo(this.#swallowEnd);
    }
    this.#state = automaton.current(state);
    this.#beside = beside;
    return to;
  }

  #openRegion(start: number, before: State): void {
    this.#regionStart = start;
    this.#held = '';
    this.#before = before;
    this.#matched = [];
  }

  #continueTo(end: number): void {
    if (end > this.#swallowedTo) this.#edits.push({ start: this.#swallowedTo, end, text: '' });
    this.#swallowedTo = end;
  }
}
