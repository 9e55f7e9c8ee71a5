// Patterns that were read when the rules were written, so that no start of the program has to read them again. The file
// of data is made by `node test/bench/masking-prebuild.ts`; a test compares it with the patterns. A rule that is not in
// it, or whose pattern has changed since, is read as usual.
import type { CharacterSet } from './character-set.ts';
import type { Edge, Pattern } from './positions.ts';
import { always, type Condition, type Neighbour } from './pattern-conditions.ts';
import { setOfUnit } from './sketch.ts';

/** Everything by index into shared lists, as JSON. */
export interface PrebuiltData {
  readonly sets: readonly CharacterSet[];
  /** Set and whether the edge of the text will do. */
  readonly neighbours: readonly (readonly [set: number, edge: 0 | 1])[];
  /** Behind and ahead, -1 for nothing asked. */
  readonly conditions: readonly (readonly [behind: number, ahead: number])[];
  readonly patterns: Readonly<Record<string, PrebuiltPattern>>;
}

interface PrebuiltPattern {
  readonly source: string;
  readonly sets: readonly number[];
  readonly flags: readonly number[];
  readonly chain: readonly number[];
  readonly moves: readonly number[];
  /** Pairs: position, condition. */
  readonly first: readonly number[];
  readonly last: readonly number[];
  readonly shortest: number;
}

/** Reads the data into patterns that share their sets, keyed by rule. */
export class PrebuiltPatterns {
  readonly #data: PrebuiltData;
  readonly #sets: readonly CharacterSet[];
  readonly #conditions: readonly Condition[];

  constructor(data: PrebuiltData) {
    this.#data = data;
    const sets = data.sets.map((set) => (set.length === 2 && set[0] === set[1] ? setOfUnit(set[0] as number) : set));
    const neighbours = data.neighbours.map(([set, edge]): Neighbour => ({
      set: sets[set] as CharacterSet,
      edge: edge === 1,
    }));
    this.#sets = sets;
    this.#conditions = data.conditions.map(([behind, ahead]) =>
      behind === -1 && ahead === -1 ? always : { behind: neighbours[behind] ?? null, ahead: neighbours[ahead] ?? null },
    );
  }

  /** The pattern of a rule, or null when the data does not hold it as it is now. */
  get(id: string, source: string): Pattern | null {
    const found = this.#data.patterns[id];
    if (found?.source !== source) return null;
    const { flags, chain, moves, shortest } = found;
    const sets = found.sets.map((set) => this.#sets[set] as CharacterSet);
    return { sets, flags, chain, moves, first: this.#edges(found.first), last: this.#edges(found.last), shortest };
  }

  #edges(pairs: readonly number[]): Edge[] {
    const edges: Edge[] = [];
    for (let index = 0; index < pairs.length; index += 2) {
      edges.push({ at: pairs[index] as number, when: this.#conditions[pairs[index + 1] as number] as Condition });
    }
    return edges;
  }
}

/** The data for some patterns; run when rules are changed, never at start. */
export function prebuild(patterns: readonly (readonly [id: string, source: string, pattern: Pattern])[]): PrebuiltData {
  const sets: CharacterSet[] = [];
  const neighbours: [number, 0 | 1][] = [];
  const conditions: [number, number][] = [];
  const indexOf = <T>(list: T[], item: T): number => {
    const key = JSON.stringify(item);
    const known = list.findIndex((each) => JSON.stringify(each) === key);
    return known === -1 ? list.push(item) - 1 : known;
  };
  const neighbourOf = (neighbour: Neighbour | null): number =>
    neighbour === null ? -1 : indexOf(neighbours, [indexOf(sets, neighbour.set), neighbour.edge ? 1 : 0]);
  const pairs = (edges: readonly Edge[]): number[] =>
    edges.flatMap(({ at, when }) => [at, indexOf(conditions, [neighbourOf(when.behind), neighbourOf(when.ahead)])]);
  const result: Record<string, PrebuiltPattern> = {};
  for (const [id, source, pattern] of patterns) {
    result[id] = {
      source,
      sets: pattern.sets.map((set) => indexOf(sets, set)),
      flags: pattern.flags,
      chain: pattern.chain,
      moves: pattern.moves,
      first: pairs(pattern.first),
      last: pairs(pattern.last),
      shortest: pattern.shortest,
    };
  }
  return { sets, neighbours, conditions, patterns: result };
}
