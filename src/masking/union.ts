// All rules as one flat automaton: the positions of every pattern side by side, and the classes of characters that no
// rule can tell apart. One line over the usual length: the classes and the positions that use them belong together.
import { intersectionOf, setHas, type CharacterSet } from './character-set.ts';
import { MaskingError } from './masking-error.ts';
import { NeighbourContexts, escapeSets } from './neighbours.ts';
import { commits, type Pattern } from './positions.ts';
import type { Neighbour } from './pattern-conditions.ts';

export interface UnionMember {
  readonly id: string;
  readonly pattern: Pattern;
  /** Masked when the hold cap is reached; otherwise released. */
  readonly masksAtCap: boolean;
}

/** Where a match can begin: position, what the neighbour before must be, and which first characters it takes. */
export interface Start {
  readonly at: number;
  readonly rule: number;
  /** Bit in the context's mask, or -1 when any neighbour will do. */
  readonly behind: number;
  readonly set: number;
}

/** Where a match can end: the set the next character must be in (-1: any), and whether the end of text will do. */
export interface End {
  readonly ahead: number;
  readonly edge: boolean;
}

export class Union {
  readonly classOf = new Uint8Array(0x10000);
  readonly classes: number;
  readonly ruleOf: Uint16Array;
  readonly flags: Uint8Array;
  readonly setOf: Uint16Array;
  /** The positions that may follow `at` are followList[followFrom[at] … followFrom[at + 1]]. */
  readonly followFrom: Int32Array;
  readonly followList: Int32Array;
  readonly ends: readonly (readonly End[] | undefined)[];
  readonly starts: readonly Start[];
  readonly contexts: NeighbourContexts;
  readonly ruleCount: number;
  /** setHasClass[set * classes + class] is 1 when the set holds the class. */
  readonly setHasClass: Uint8Array;
  readonly #sets: readonly CharacterSet[];

  constructor(members: readonly UnionMember[]) {
    const sets = new SetIds();
    const behinds: Neighbour[] = [];
    const behindIds = new Map<string, number>();
    const total = members.reduce((sum, member) => sum + member.pattern.sets.length, 0);
    if (total > 0xffff) throw explosion('the rules together are too large for one automaton');
    this.ruleCount = members.length;
    this.ruleOf = new Uint16Array(total);
    this.flags = new Uint8Array(total);
    this.setOf = new Uint16Array(total);
    this.followFrom = new Int32Array(total + 1);
    const ends: (End[] | undefined)[] = new Array<End[] | undefined>(total);
    const starts: Start[] = [];
    const moves: number[] = [];
    let base = 0;
    for (const [rule, { pattern, masksAtCap }] of members.entries()) {
      const { sets: own, first, last } = pattern;
      for (let index = 0; index < own.length; index++) {
        const at = base + index;
        const flags = pattern.flags[index] as number;
        this.ruleOf[at] = rule;
        this.setOf[at] = sets.idOf(own[index] as CharacterSet);
        this.flags[at] = masksAtCap ? flags : flags & ~commits;
        if (pattern.chain[index] === 1) this.followFrom[at + 1] = 1;
      }
      for (let index = 0; index < pattern.moves.length; index += 2) {
        const from = base + (pattern.moves[index] as number);
        moves.push(from, base + (pattern.moves[index + 1] as number));
        this.followFrom[from + 1] = (this.followFrom[from + 1] as number) + 1;
      }
      for (const edge of first) {
        const { behind, ahead } = edge.when;
        let bit = -1;
        if (behind !== null) {
          const key = `${sets.idOf(behind.set)}${behind.edge ? '$' : ''}`;
          bit = behindIds.get(key) ?? behinds.push(behind) - 1;
          behindIds.set(key, bit);
        }
        const set = own[edge.at] as CharacterSet;
        starts.push({
          at: base + edge.at,
          rule,
          behind: bit,
          set: sets.idOf(ahead === null ? set : intersectionOf(set, ahead.set)),
        });
      }
      for (const edge of last) {
        const ahead = edge.when.ahead;
        const end: End = ahead === null ? anyEnd : { ahead: sets.idOf(ahead.set), edge: ahead.edge };
        (ends[base + edge.at] ??= []).push(end);
      }
      base += own.length;
    }
    this.followList = fillMoves(this.followFrom, moves, members);
    if (behinds.length > 30) throw explosion('the rules use too many different left boundaries');
    this.ends = ends;
    this.starts = starts;
    const all = [...sets.list, ...behinds.map((behind) => behind.set), ...escapeSets];
    this.classes = fillClasses(all, this.classOf);
    const samples = samplesOf(this.classOf, this.classes);
    this.setHasClass = new Uint8Array(sets.list.length * this.classes);
    sets.list.forEach((set, id) => {
      for (let index = 0; index < this.classes; index++) {
        if (setHas(set, samples[index] as number)) this.setHasClass[id * this.classes + index] = 1;
      }
    });
    this.contexts = new NeighbourContexts(behinds, samples);
    this.#sets = sets.list;
  }

  /** The literal text that leads to a position from the start of its rule, or '' where the rule leaves it open. */
  literalTo(position: number): string {
    const first = new Set(this.starts.filter((start) => start.rule === this.ruleOf[position]).map((start) => start.at));
    let text = '';
    for (let at = position; ; at--) {
      const set = this.#sets[this.setOf[at] as number] as CharacterSet;
      if (set.length !== 2 || set[0] !== set[1]) return '';
      text = String.fromCharCode(set[0] as number) + text;
      if (first.has(at)) return text;
      if (!this.#follows(at - 1, at)) return '';
    }
  }

  #follows(from: number, to: number): boolean {
    if (from < 0) return false;
    return this.followList.subarray(this.followFrom[from], this.followFrom[from + 1]).includes(to);
  }
}

const anyEnd: End = { ahead: -1, edge: true };

/** Turns the counts in `from` into offsets and returns the moves in that order. */
function fillMoves(from: Int32Array, moves: readonly number[], members: readonly UnionMember[]): Int32Array {
  for (let at = 1; at < from.length; at++) from[at] = (from[at] as number) + (from[at - 1] as number);
  const list = new Int32Array(from[from.length - 1] as number);
  const free = from.slice();
  let base = 0;
  for (const { pattern } of members) {
    for (let index = 0; index < pattern.chain.length; index++) {
      if (pattern.chain[index] !== 1) continue;
      const at = base + index;
      list[free[at] as number] = at + 1;
      free[at] = (free[at] as number) + 1;
    }
    base += pattern.sets.length;
  }
  for (let index = 0; index < moves.length; index += 2) {
    const at = moves[index] as number;
    list[free[at] as number] = moves[index + 1] as number;
    free[at] = (free[at] as number) + 1;
  }
  return list;
}

class SetIds {
  readonly list: CharacterSet[] = [];
  readonly #byIdentity = new Map<CharacterSet, number>();
  readonly #byContent = new Map<string, number>();

  #last: CharacterSet | null = null;
  #lastId = 0;

  idOf(set: CharacterSet): number {
    // Runs of one class are the rule.
    if (set === this.#last) return this.#lastId;
    const id = this.#lookUp(set);
    this.#last = set;
    this.#lastId = id;
    return id;
  }

  #lookUp(set: CharacterSet): number {
    const known = this.#byIdentity.get(set);
    if (known !== undefined) return known;
    const key = set.join();
    const id = this.#byContent.get(key) ?? this.list.push(set) - 1;
    this.#byContent.set(key, id);
    this.#byIdentity.set(set, id);
    return id;
  }
}

function explosion(message: string): MaskingError {
  return new MaskingError({
    code: 'explodes',
    rule: '*',
    position: 0,
    message,
    suggestion: 'use fewer or simpler rules',
  });
}

/** Splits the code units into the classes that the sets tell apart; returns how many there are. */
function fillClasses(sets: readonly CharacterSet[], classOf: Uint8Array): number {
  const cuts = new Set<number>([0]);
  for (const set of sets) {
    for (let index = 0; index < set.length; index += 2) {
      cuts.add(set[index] as number);
      cuts.add((set[index + 1] as number) + 1);
    }
  }
  cuts.delete(0x10000);
  const points = [...cuts].sort((a, b) => a - b);
  const indexOf = new Map(points.map((point, index) => [point, index]));
  const classes = new Int32Array(points.length);
  const sizes = [points.length];
  // Each set splits the classes that it cuts in two; only the points inside it are looked at.
  for (const set of sets) {
    const inside: number[] = [];
    for (let index = 0; index < set.length; index += 2) {
      const end = (set[index + 1] as number) + 1;
      let at = indexOf.get(set[index] as number) as number;
      for (; at < points.length && (points[at] as number) < end; at++) inside.push(at);
    }
    const counts = new Map<number, number>();
    for (const at of inside) counts.set(classes[at] as number, (counts.get(classes[at] as number) ?? 0) + 1);
    const moved = new Map<number, number>();
    for (const [name, count] of counts) {
      if (count === sizes[name]) continue;
      sizes[name] = (sizes[name] as number) - count;
      moved.set(name, sizes.push(count) - 1);
    }
    if (moved.size === 0) continue;
    for (const at of inside) classes[at] = moved.get(classes[at] as number) ?? (classes[at] as number);
  }
  const count = sizes.length;
  if (count > 255) throw explosion('the rules tell too many characters apart');
  points.forEach((point, index) => {
    classOf.fill(classes[index] as number, point, points[index + 1] ?? 0x10000);
  });
  return count;
}

function samplesOf(classOf: Uint8Array, classes: number): number[] {
  const samples = new Array<number>(classes).fill(-1);
  let missing = classes;
  for (let unit = 0; missing > 0; unit++) {
    const index = classOf[unit] as number;
    if (samples[index] !== -1) continue;
    samples[index] = unit;
    missing--;
  }
  return samples;
}
