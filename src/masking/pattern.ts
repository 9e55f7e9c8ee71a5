// Reads a regular expression into positions, or says why it cannot. Longer than other files: one builder with one case
// for each kind of syntax node, which would not be clearer in pieces.
import { RegExpParser, type AST } from '@eslint-community/regexpp';
import { intersectionOf, isEmptySet, isSubset, type CharacterSet } from './character-set.ts';
import { PatternProblem } from './masking-error.ts';
import { charactersOf, conditionsOf, type Flags } from './pattern-characters.ts';
import { containsGroup, groupsOf } from './pattern-groups.ts';
import { always, both, type Condition } from './pattern-conditions.ts';
import { commits, holds, inGroup, spreadFlags, type Edge, type Pattern } from './positions.ts';

interface Fragment {
  first: Edge[];
  last: Edge[];
  /** Conditions under which the fragment matches nothing at all; empty when it must consume. */
  empty: Condition[];
  shortest: number;
}

const largestPattern = 4096;
const mostMoves = 40_000;
const parser = new RegExpParser({ ecmaVersion: 2024 });

/** Which groups hold the secret: every unnamed one (built-in rules), or the group named `secret`, else everything. */
export type CaptureMode = 'groups' | 'named-group';

/** Reads a pattern, or throws `PatternProblem` with the position of what the automaton cannot express. */
export function readPattern(source: string, flags: string, mode: CaptureMode): Pattern {
  const unicode = flags.includes('u') || flags.includes('v');
  let tree: AST.Pattern;
  try {
    tree = parser.parsePattern(source, 0, source.length, { unicode, unicodeSets: false });
  } catch (error) {
    const index = (error as { index?: number }).index ?? 0;
    const message = (error as Error).message.replace(/^Invalid regular expression: .*: /u, '');
    const inline = /^\(\?[a-z]+\)/u.test(source);
    const suggestion = inline ? 'give the flags in `flags`, not in the pattern' : 'correct the pattern';
    throw new PatternProblem('syntax', index, `not a regular expression: ${message}`, suggestion);
  }
  const syntax: Flags = {
    ignoreCase: flags.includes('i'),
    multiline: flags.includes('m'),
    dotAll: flags.includes('s'),
    unicode,
  };
  return new PatternBuilder(tree, syntax, mode).build();
}

class PatternBuilder {
  readonly #tree: AST.Pattern;
  readonly #syntax: Flags;
  readonly #sets: CharacterSet[] = [];
  readonly #flags: number[] = [];
  readonly #chain: number[] = [];
  readonly #moves: number[] = [];
  readonly #capturing: ReadonlySet<AST.CapturingGroup>;
  readonly #commit: AST.CapturingGroup | null;
  readonly #commitsAll: boolean;
  #inCapture = false;
  #inCommit = false;

  constructor(tree: AST.Pattern, syntax: Flags, mode: CaptureMode) {
    this.#tree = tree;
    this.#syntax = syntax;
    const groups = groupsOf(tree);
    this.#commit = groups.find((group) => group.name === 'commit') ?? null;
    // A policy's rule is masked at the cap wherever it stands; a built-in one once it could end, or where it says so.
    this.#commitsAll = mode === 'named-group';
    const wanted = mode === 'groups' ? null : 'secret';
    this.#capturing = new Set(groups.filter((group) => group.name === wanted));
  }

  build(): Pattern {
    this.#inCapture = this.#capturing.size === 0;
    const whole = this.#alternatives(this.#tree.alternatives);
    if (whole.empty.length > 0) {
      throw new PatternProblem(
        'matches-empty',
        0,
        'the pattern matches the empty text',
        'require at least one character',
      );
    }
    const pattern: Pattern = {
      sets: this.#sets,
      flags: this.#flags,
      chain: this.#chain,
      moves: this.#moves,
      first: whole.first.flatMap((edge) => this.#outer(edge, 'ahead')),
      last: whole.last.flatMap((edge) => this.#outer(edge, 'behind')),
      shortest: whole.shortest,
    };
    if (this.#commit === null) {
      for (const edge of pattern.last) this.#flags[edge.at] = (this.#flags[edge.at] as number) | commits;
    }
    if (!spreadFlags(pattern, this.#flags)) {
      throw new PatternProblem('matches-nothing', 0, 'the pattern can never match', 'check its boundaries and classes');
    }
    return pattern;
  }

  #alternatives(alternatives: readonly AST.Alternative[]): Fragment {
    return this.#choice(alternatives.map((alternative) => alternative.elements));
  }

  /** Alternatives that begin alike share that beginning: `private|public` needs one `p`. Order does not matter here. */
  #choice(branches: readonly (readonly AST.Element[])[]): Fragment {
    const result: Fragment = { first: [], last: [], empty: [], shortest: Infinity };
    const groups = new Map<string, (readonly AST.Element[])[]>();
    for (const [index, branch] of branches.entries()) {
      const head = branch[0];
      const key = head?.type === 'Character' || head?.type === 'CharacterClass' ? head.raw : `#${index}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [branch]);
      else group.push(branch);
    }
    for (const group of groups.values()) {
      const one = this.#branch(group);
      result.first.push(...one.first);
      result.last.push(...one.last);
      result.empty.push(...one.empty);
      result.shortest = Math.min(result.shortest, one.shortest);
    }
    return result;
  }

  #branch(group: readonly (readonly AST.Element[])[]): Fragment {
    const [branch = []] = group;
    if (group.length > 1) {
      const head = this.#element(branch[0] as AST.Element);
      return this.#concat(head, this.#choice(group.map((each) => each.slice(1))));
    }
    let sequence = emptyFragment();
    for (const element of branch) sequence = this.#concat(sequence, this.#element(element));
    return sequence;
  }

  #element(node: AST.Element): Fragment {
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return charactersOf(node, this.#syntax)
          .map((set) => this.#position(set, node))
          .reduce((a, b) => this.#concat(a, b));
      case 'Group':
        return this.#alternatives(node.alternatives);
      case 'CapturingGroup': {
        const before = [this.#inCapture, this.#inCommit] as const;
        if (this.#capturing.has(node)) this.#inCapture = true;
        if (node === this.#commit) this.#inCommit = true;
        const inner = this.#alternatives(node.alternatives);
        [this.#inCapture, this.#inCommit] = before;
        return inner;
      }
      case 'Quantifier':
        return this.#repeat(node);
      case 'Assertion':
        return { ...emptyFragment(), empty: conditionsOf(node, this.#syntax) };
      case 'Backreference':
        throw new PatternProblem(
          'unsupported',
          node.start,
          'a back-reference needs memory that an automaton does not have',
          'write the alternatives out',
        );
    }
  }

  #position(set: CharacterSet, node: AST.Node): Fragment {
    if (isEmptySet(set)) return { first: [], last: [], empty: [], shortest: 1 };
    const edge = { at: this.#newPosition(set, node), when: always };
    return { first: [edge], last: [edge], empty: [], shortest: 1 };
  }

  #newPosition(set: CharacterSet, node: AST.Node): number {
    if (this.#sets.length >= largestPattern) throw tooLarge(node);
    const committed = this.#commit === null ? this.#commitsAll && this.#inCapture : this.#inCommit;
    this.#sets.push(set);
    this.#flags.push((this.#inCapture ? inGroup | holds : 0) | (committed ? commits : 0));
    this.#chain.push(0);
    return this.#sets.length - 1;
  }

  #repeat(node: AST.Quantifier): Fragment {
    if (node.max > 1 && [...this.#capturing].some((group) => containsGroup(node, group))) {
      throw new PatternProblem(
        'unsupported',
        node.start,
        'the captured group is repeated',
        'put the repetition inside the group',
      );
    }
    const single = singleSet(node.element, this.#syntax);
    if (single !== null && !isEmptySet(single) && node.min > 0) return this.#run(single, node);
    const copy = (): Fragment => (single === null ? this.#element(node.element) : this.#position(single, node));
    let result = emptyFragment();
    for (let count = 0; count < node.min; count++) {
      const one = copy();
      if (count === node.min - 1 && node.max === Infinity) this.#loop(one);
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

  /** Many copies of one character: most of every token format, so it is built without intermediate fragments. */
  #run(set: CharacterSet, node: AST.Quantifier): Fragment {
    const count = node.max === Infinity ? node.min : node.max;
    const head = this.#newPosition(set, node);
    const last: Edge[] = [];
    for (let copies = 1; copies <= count; copies++) {
      const at = copies === 1 ? head : this.#newPosition(set, node);
      if (copies > 1) this.#chain[at - 1] = 1;
      if (copies >= node.min) last.push({ at, when: always });
    }
    if (node.max === Infinity) this.#moves.push(head + count - 1, head + count - 1);
    return { first: [{ at: head, when: always }], last, empty: [], shortest: node.min };
  }

  /** At the ends of a pattern one neighbour is the position itself: that half of the condition is settled here. */
  #outer(edge: Edge, inner: 'ahead' | 'behind'): Edge[] {
    const asked = edge.when[inner];
    const own = this.#sets[edge.at] as CharacterSet;
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
    for (const from of fragment.last) for (const to of fragment.first) this.#connect(from, to);
  }

  #concat(a: Fragment, b: Fragment): Fragment {
    for (const from of a.last) for (const to of b.first) this.#connect(from, to);
    if (isNothing(a)) return b;
    const first = [...a.first];
    for (const when of a.empty) for (const edge of b.first) first.push({ at: edge.at, when: both(when, edge.when) });
    const last = [...b.last];
    for (const when of b.empty) for (const edge of a.last) last.push({ at: edge.at, when: both(edge.when, when) });
    const empty: Condition[] = [];
    for (const x of a.empty) for (const y of b.empty) empty.push(both(x, y));
    return { first, last, empty, shortest: a.shortest + b.shortest };
  }

  /** Inside a pattern both neighbours are known sets, so a condition is either always or never true, or refused. */
  #connect(from: Edge, to: Edge): void {
    if ((from.when === always && to.when === always) || this.#mayMeet(from, to)) {
      if (to.at === from.at + 1) this.#chain[from.at] = 1;
      else this.#moves.push(from.at, to.at);
      if (this.#moves.length > mostMoves) throw tooLarge(this.#tree);
    }
  }

  #mayMeet(from: Edge, to: Edge): boolean {
    const when = both(from.when, to.when);
    for (const [set, allowed] of [
      [this.#sets[from.at] as CharacterSet, when.behind],
      [this.#sets[to.at] as CharacterSet, when.ahead],
    ] as const) {
      if (allowed === null || isSubset(set, allowed.set)) continue;
      if (isEmptySet(intersectionOf(set, allowed.set))) return false;
      throw new PatternProblem(
        'unsupported',
        0,
        'an assertion in the middle of the pattern is true for some characters of its neighbour only',
        'put it at the start or the end, or narrow the neighbour class',
      );
    }
    return true;
  }
}

function isNothing(fragment: Fragment): boolean {
  return fragment.first.length === 0 && fragment.empty.length === 1 && fragment.empty[0] === always;
}

function tooLarge(node: AST.Node): PatternProblem {
  return new PatternProblem(
    'too-large',
    node.start,
    'the pattern is too large when written out',
    'use smaller counts, or `{min,}`',
  );
}

function singleSet(node: AST.QuantifiableElement, flags: Flags): CharacterSet | null {
  if (node.type !== 'Character' && node.type !== 'CharacterClass' && node.type !== 'CharacterSet') return null;
  const sets = charactersOf(node, flags);
  return sets.length === 1 ? (sets[0] as CharacterSet) : null;
}

function emptyFragment(): Fragment {
  return { first: [], last: [], empty: [always], shortest: 0 };
}
