// A regular expression as a position automaton (Glushkov): one position per character it can consume, and which
// position may follow which. No epsilon moves, so the set of live positions is the whole state of a match.
import { RegExpParser, type AST } from '@eslint-community/regexpp';
import { intersectionOf, isEmptySet, isSubset } from './character-set.ts';
import { PatternProblem } from './masking-error.ts';
import { charactersOf, conditionsOf, type Flags } from './pattern-characters.ts';
import { always, both, type Condition } from './pattern-conditions.ts';

export interface Position {
  readonly set: readonly number[];
  /** Inside the captured group: this character is masked when the rule matches. */
  readonly captured: boolean;
  /** From here on the match is certain enough to be masked when the hold cap is reached. */
  readonly committed: boolean;
}

/** A position at an end of the pattern, with what must be true of the neighbour character outside the match. */
export interface Edge {
  readonly at: number;
  readonly when: Condition;
}

export interface Pattern {
  readonly positions: readonly Position[];
  readonly first: readonly Edge[];
  readonly last: readonly Edge[];
  readonly follow: readonly (readonly number[])[];
  /** Length of the shortest match. */
  readonly shortest: number;
}

interface Fragment {
  first: Edge[];
  last: Edge[];
  /** Conditions under which the fragment matches nothing at all; empty when it must consume. */
  empty: Condition[];
  shortest: number;
}

const largestPattern = 4096;
const parser = new RegExpParser({ ecmaVersion: 2024 });

/** Which group holds the secret: the first one (built-in rules), or a group named `secret`, else everything. */
export type CaptureMode = 'first-group' | 'named-group';

/** Reads a pattern, or throws `PatternProblem` with the position of what the automaton cannot express. */
export function readPattern(source: string, flags: string, mode: CaptureMode): Pattern {
  const unicode = flags.includes('u') || flags.includes('v');
  let tree: AST.Pattern;
  try {
    tree = parser.parsePattern(source, 0, source.length, { unicode, unicodeSets: false });
  } catch (error) {
    const index = (error as { index?: number }).index ?? 0;
    const message = (error as Error).message.replace(/^Invalid regular expression: .*: /u, '');
    throw new PatternProblem('syntax', index, `not a regular expression: ${message}`, 'correct the pattern');
  }
  return new PatternBuilder(
    tree,
    { ignoreCase: flags.includes('i'), multiline: flags.includes('m'), dotAll: flags.includes('s'), unicode },
    mode,
  ).build();
}

class PatternBuilder {
  readonly #tree: AST.Pattern;
  readonly #flags: Flags;
  readonly #positions: { set: readonly number[]; captured: boolean; committed: boolean }[] = [];
  readonly #follow: number[][] = [];
  #capturing: AST.CapturingGroup | null = null;
  #commit: AST.CapturingGroup | null = null;
  #inCapture = false;
  #inCommit = false;

  constructor(tree: AST.Pattern, flags: Flags, mode: CaptureMode) {
    this.#tree = tree;
    this.#flags = flags;
    const groups = groupsOf(tree);
    this.#commit = groups.find((group) => group.name === 'commit') ?? null;
    this.#capturing =
      groups.find((group) => group.name === 'secret') ??
      (mode === 'first-group' ? (groups.find((group) => group.name === null) ?? null) : null);
  }

  build(): Pattern {
    this.#inCapture = this.#capturing === null;
    const whole = this.#alternatives(this.#tree.alternatives);
    if (whole.empty.length > 0) {
      throw new PatternProblem(
        'matches-empty',
        0,
        'the pattern matches the empty text',
        'require at least one character',
      );
    }
    if (whole.first.length === 0 || !reachesEnd(whole, this.#follow)) {
      throw new PatternProblem('matches-nothing', 0, 'the pattern can never match', 'check its boundaries and classes');
    }
    return {
      positions: this.#positions,
      first: whole.first.flatMap((edge) => this.#outer(edge, 'ahead')),
      last: whole.last.flatMap((edge) => this.#outer(edge, 'behind')),
      follow: this.#follow.map((list) => [...new Set(list)].sort((a, b) => a - b)),
      shortest: whole.shortest,
    };
  }

  #alternatives(alternatives: readonly AST.Alternative[]): Fragment {
    const result: Fragment = { first: [], last: [], empty: [], shortest: Infinity };
    for (const alternative of alternatives) {
      let sequence: Fragment = emptyFragment();
      for (const element of alternative.elements) sequence = this.#concat(sequence, this.#element(element));
      result.first.push(...sequence.first);
      result.last.push(...sequence.last);
      result.empty.push(...sequence.empty);
      result.shortest = Math.min(result.shortest, sequence.shortest);
    }
    return result;
  }

  #element(node: AST.Element): Fragment {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return charactersOf(node, this.#flags)
          .map((set) => this.#position(set, node))
          .reduce((a, b) => this.#concat(a, b));
      case 'Group':
        return this.#alternatives(node.alternatives);
      case 'CapturingGroup': {
        const before = [this.#inCapture, this.#inCommit] as const;
        if (node === this.#capturing) this.#inCapture = true;
        if (node === this.#commit) this.#inCommit = true;
        const inner = this.#alternatives(node.alternatives);
        [this.#inCapture, this.#inCommit] = before;
        return inner;
      }
      case 'Quantifier':
        return this.#repeat(node);
      case 'Assertion':
        return { ...emptyFragment(), empty: conditionsOf(node, this.#flags) };
      case 'Backreference':
        throw new PatternProblem(
          'unsupported',
          node.start,
          'a back-reference needs memory that an automaton does not have',
          'write the alternatives out',
        );
    }
  }

  #position(set: readonly number[], node: AST.Node): Fragment {
    if (isEmptySet(set)) return { first: [], last: [], empty: [], shortest: 1 };
    if (this.#positions.length >= largestPattern) {
      throw new PatternProblem(
        'too-large',
        node.start,
        'the pattern is too large when written out',
        'use smaller counts, or `{min,}`',
      );
    }
    const at = this.#positions.length;
    this.#positions.push({
      set,
      captured: this.#inCapture,
      committed: this.#commit === null ? this.#inCapture : this.#inCommit,
    });
    this.#follow.push([]);
    return { first: [{ at, when: always }], last: [{ at, when: always }], empty: [], shortest: 1 };
  }

  #repeat(node: AST.Quantifier): Fragment {
    if (this.#capturing !== null && node.max > 1 && containsGroup(node, this.#capturing)) {
      throw new PatternProblem(
        'unsupported',
        node.start,
        'the captured group is repeated',
        'put the repetition inside the group',
      );
    }
    const copy = (): Fragment => this.#element(node.element);
    let result = emptyFragment();
    for (let count = 0; count < node.min; count++) {
      const last = count === node.min - 1 && node.max === Infinity;
      const one = copy();
      if (last) this.#loop(one);
      result = this.#concat(result, one);
    }
    if (node.max === Infinity) {
      if (node.min > 0) return result;
      const one = copy();
      this.#loop(one);
      return { ...one, empty: [always], shortest: 0 };
    }
    // x{0,3} as (x(x(x)?)?)?: a chain, so that the number of moves stays linear.
    const optional: Fragment[] = [];
    for (let count = node.min; count < node.max; count++) optional.push(copy());
    let tail = emptyFragment();
    for (const one of optional.reverse()) tail = { ...this.#concat(one, tail), empty: [always], shortest: 0 };
    return this.#concat(result, tail);
  }

  /** At the ends of a pattern one neighbour is the position itself: that half of the condition is settled here. */
  #outer(edge: Edge, inner: 'ahead' | 'behind'): Edge[] {
    const asked = edge.when[inner];
    const own = (this.#positions[edge.at] as Position).set;
    if (asked === null || isSubset(own, asked.set)) return [edge];
    if (isEmptySet(intersectionOf(own, asked.set))) return [];
    if (inner === 'ahead') return [edge];
    throw new PatternProblem(
      'unsupported',
      0,
      'the assertion at the end depends on the last character',
      'narrow the last class',
    );
  }

  #loop(fragment: Fragment): void {
    for (const from of fragment.last) for (const to of fragment.first) this.#connect(from, to, always);
  }

  #concat(a: Fragment, b: Fragment): Fragment {
    for (const from of a.last) for (const to of b.first) this.#connect(from, to, always);
    const first = [...a.first];
    for (const when of a.empty) for (const edge of b.first) pushEdge(first, edge.at, both(when, edge.when));
    const last = [...b.last];
    for (const when of b.empty) for (const edge of a.last) pushEdge(last, edge.at, both(edge.when, when));
    const empty: Condition[] = [];
    for (const x of a.empty) for (const y of b.empty) empty.push(both(x, y));
    return { first, last, empty, shortest: a.shortest + b.shortest };
  }

  /** Inside a pattern both neighbours are known sets, so a condition is either always or never true, or refused. */
  #connect(from: Edge, to: Edge, extra: Condition): void {
    const when = both(both(from.when, to.when), extra);
    const before = this.#positions[from.at] as Position;
    const after = this.#positions[to.at] as Position;
    for (const [set, allowed] of [
      [before.set, when.behind],
      [after.set, when.ahead],
    ] as const) {
      if (allowed === null || isSubset(set, allowed.set)) continue;
      if (isEmptySet(intersectionOf(set, allowed.set))) return;
      throw new PatternProblem(
        'unsupported',
        0,
        'an assertion in the middle of the pattern is true for some characters of its neighbour only',
        'put it at the start or the end, or narrow the neighbour class',
      );
    }
    (this.#follow[from.at] as number[]).push(to.at);
  }
}

function emptyFragment(): Fragment {
  return { first: [], last: [], empty: [always], shortest: 0 };
}

function pushEdge(edges: Edge[], at: number, when: Condition): void {
  edges.push({ at, when });
}

function reachesEnd(whole: Fragment, follow: readonly (readonly number[])[]): boolean {
  const ends = new Set(whole.last.map((edge) => edge.at));
  const seen = new Set(whole.first.map((edge) => edge.at));
  for (const at of seen) {
    if (ends.has(at)) return true;
    for (const next of follow[at] ?? []) seen.add(next);
  }
  return false;
}

function groupsOf(tree: AST.Pattern): AST.CapturingGroup[] {
  const found: AST.CapturingGroup[] = [];
  const visit = (node: AST.Alternative | AST.Element): void => {
    if (node.type === 'CapturingGroup') found.push(node);
    if (node.type === 'Quantifier') visit(node.element);
    else if (node.type === 'Alternative') node.elements.forEach(visit);
    else if (node.type === 'Group' || node.type === 'CapturingGroup') node.alternatives.forEach(visit);
  };
  tree.alternatives.forEach(visit);
  return found;
}

function containsGroup(node: AST.Quantifier, group: AST.CapturingGroup): boolean {
  return group.start >= node.start && group.end <= node.end;
}
