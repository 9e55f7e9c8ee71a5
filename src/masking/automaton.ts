// The union of all rules as a deterministic automaton whose states are made when text first needs them.
import { commits, holds, inGroup } from './positions.ts';
import type { End, Union } from './union.ts';

/** A state: the live elements, what stands before, and what the last character decided. */
export interface State {
  readonly offset: number;
  readonly generation: number;
  readonly elements: Uint16Array;
  readonly context: number;
  /** Rules whose match was confirmed by the character that led here. */
  readonly accepts: readonly number[];
  readonly live: boolean;
  /** Inside a committed match: no new match starts, everything in the group is swallowed. */
  readonly swallowing: boolean;
  readonly inGroup: boolean;
}

export const unknownMove = -1;
const noRules: readonly number[] = [];
const noElements = new Uint16Array(0);

/** A move to a state that needs attention (live, or with confirmed matches) is stored as this. */
export function specialMove(offset: number): number {
  return -2 - offset;
}

export class Automaton {
  readonly union: Union;
  readonly width: number;
  /** Moves: table[state offset + character class]. Replaced when it grows. */
  table: Int32Array;
  generation = 0;
  readonly initial: State;
  #states: State[] = [];
  #byKey = new Map<string, State>();
  /** By neighbour context: asked for at the end of every text. */
  #idle: (State | undefined)[] = [];
  #startMoves = new Map<number, Uint16Array>();
  readonly #mark: Int32Array;
  #stamp = 0;
  readonly #stateLimit: number;
  readonly #scratch: Uint16Array;

  constructor(union: Union, tableBytes = 6 << 20) {
    this.union = union;
    this.width = union.classes;
    this.#stateLimit = Math.max(64, Math.floor(tableBytes / 4 / this.width));
    this.table = new Int32Array(this.width * 64).fill(unknownMove);
    this.#mark = new Int32Array(union.ruleOf.length);
    this.#scratch = new Uint16Array(union.ruleOf.length);
    this.initial = this.#intern(noElements, union.contexts.initial, noRules, false);
  }

  /** States made so far, for measurements. */
  get stateCount(): number {
    return this.#states.length;
  }

  stateAt(offset: number): State {
    return this.#states[offset / this.width] as State;
  }

  /** The same state in the current table: a table that grew too large has been emptied meanwhile. */
  current(state: State): State {
    if (state.generation === this.generation) return state;
    return this.#intern(state.elements, state.context, state.accepts, state.swallowing);
  }

  /** The state without any element: nothing is live, only the neighbour is remembered. */
  idle(context: number): State {
    return (this.#idle[context] ??= this.#intern(noElements, context, noRules, false));
  }

  /** A state with these elements only; `swallowing` states start no new match. */
  withElements(state: State, elements: Uint16Array, swallowing: boolean): State {
    return this.#intern(elements, state.context, noRules, swallowing);
  }

  /** The state after one more character. The state must be of the current table. */
  next(from: State, characterClass: number): State {
    const move = this.table[from.offset + characterClass] as number;
    if (move === unknownMove) return this.step(from, characterClass);
    return this.stateAt(move >= 0 ? move : specialMove(move));
  }

  /** Computes a missing move and stores it. */
  step(from: State, characterClass: number): State {
    const { union } = this;
    const { setHasClass, setOf, followFrom, followList, ends } = union;
    const width = this.width;
    const mark = this.#mark;
    const stamp = ++this.#stamp;
    let count = 0;
    const next = this.#scratch;
    let accepts: number[] | null = null;
    // A name does not reach across a placeholder either.
    const blocked = union.contexts.blocks(from.context, characterClass);
    for (const element of from.elements) {
      const conditions = ends[element];
      if (conditions !== undefined && this.#mayEnd(conditions, characterClass)) {
        const rule = union.ruleOf[element] as number;
        accepts ??= [];
        if (!accepts.includes(rule)) accepts.push(rule);
      }
      if (blocked && ((union.flags[element] as number) & holds) === 0) continue;
      const until = followFrom[element + 1] as number;
      for (let index = followFrom[element] as number; index < until; index++) {
        const target = followList[index] as number;
        if (mark[target] === stamp || setHasClass[(setOf[target] as number) * width + characterClass] === 0) continue;
        mark[target] = stamp;
        next[count++] = target;
      }
    }
    if (!from.swallowing) {
      for (const target of this.#started(from.context, characterClass)) {
        if (mark[target] === stamp) continue;
        mark[target] = stamp;
        next[count++] = target;
      }
    }
    const elements = next.slice(0, count).sort();
    const context = union.contexts.next(from.context, characterClass);
    const generation = this.generation;
    const to = this.#intern(
      elements,
      context,
      accepts === null ? noRules : accepts.sort((a, b) => a - b),
      from.swallowing,
    );
    if (generation === this.generation) {
      this.table[from.offset + characterClass] = to.live || to.accepts.length > 0 ? specialMove(to.offset) : to.offset;
    }
    return to;
  }

  /** Rules that would be confirmed if the text ended here. */
  acceptsAtEnd(state: State): readonly number[] {
    const rules = new Set<number>();
    for (const element of state.elements) {
      if (this.union.ends[element]?.some((end) => end.edge)) rules.add(this.union.ruleOf[element] as number);
    }
    return [...rules];
  }

  #mayEnd(conditions: readonly End[], characterClass: number): boolean {
    for (const end of conditions) {
      if (end.ahead === -1 || this.union.setHasClass[end.ahead * this.width + characterClass] === 1) return true;
    }
    return false;
  }

  #started(context: number, characterClass: number): Uint16Array {
    const { union } = this;
    if (union.contexts.blocks(context, characterClass)) return noElements;
    const mask = union.contexts.maskOf(context);
    const key = mask * 256 + characterClass;
    const known = this.#startMoves.get(key);
    if (known !== undefined) return known;
    const found: number[] = [];
    for (const start of union.starts) {
      if (start.behind !== -1 && (mask & (1 << start.behind)) === 0) continue;
      if (union.setHasClass[start.set * this.width + characterClass] === 1) found.push(start.at);
    }
    const result = Uint16Array.from(found);
    this.#startMoves.set(key, result);
    return result;
  }

  #intern(elements: Uint16Array, context: number, accepts: readonly number[], swallowing: boolean): State {
    let key = String.fromCharCode(context, swallowing ? 1 : 0, accepts.length);
    for (const rule of accepts) key += String.fromCharCode(rule);
    key += textOf(elements);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= this.#stateLimit) this.#flush();
    const index = this.#states.length;
    const offset = index * this.width;
    if (offset + this.width > this.table.length) this.#grow();
    let live = false;
    let inside = false;
    const { flags } = this.union;
    for (const element of elements) {
      const flag = flags[element] as number;
      if ((flag & holds) !== 0) live = true;
      if ((flag & inGroup) !== 0) inside = true;
    }
    const state: State = {
      offset,
      generation: this.generation,
      elements,
      context,
      accepts,
      live,
      swallowing,
      inGroup: inside,
    };
    this.#states.push(state);
    this.#byKey.set(key, state);
    return state;
  }

  #grow(): void {
    const larger = new Int32Array(this.table.length * 2).fill(unknownMove);
    larger.set(this.table);
    this.table = larger;
  }

  /** Memory is bounded: an over-full table is emptied and refilled by the text that follows. */
  #flush(): void {
    this.generation++;
    this.#states = [];
    this.#byKey = new Map();
    this.#idle = [];
    this.table = new Int32Array(this.width * 64).fill(unknownMove);
  }
}

/** Elements of a state that are past the point where the hold cap masks instead of releasing. */
export function committedElements(union: Union, state: State): Uint16Array {
  return state.elements.filter(
    (element) => ((union.flags[element] as number) & (commits | holds)) === (commits | holds),
  );
}

/** Elements that hold nothing back: matches that are still in their public prefix. */
export function unheldElements(union: Union, state: State): Uint16Array {
  return state.elements.filter((element) => ((union.flags[element] as number) & holds) === 0);
}

/** The elements as a string, for the map of states: two bytes each, and hashed by the engine. */
function textOf(elements: Uint16Array): string {
  let text = '';
  for (let index = 0; index < elements.length; index++) text += String.fromCharCode(elements[index] as number);
  return text;
}
