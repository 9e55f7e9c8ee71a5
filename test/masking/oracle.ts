// A second opinion on matching: a slow walk over the syntax tree that keeps every possible match. It shares nothing with
// the automaton but the parser of the syntax and the definition: for each rule and each beginning of the captured group,
// the longest captured span.
import { RegExpParser, type AST } from '@eslint-community/regexpp';
import type { Candidate } from '../../src/masking/resolver.ts';
import type { Rule } from '../../src/masking/rule.ts';

interface Way {
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

const parser = new RegExpParser({ ecmaVersion: 2024 });

class Walk {
  readonly #text: string;
  readonly #flags: string;
  readonly #named: boolean;
  /** Whether the rule has a public part. */
  readonly #grouped: boolean;
  /** Where the captured group was entered, while inside it. */
  #entered: number | null = null;

  constructor(text: string, flags: string, named: boolean, grouped: boolean) {
    this.#text = text;
    this.#flags = flags;
    this.#named = named;
    this.#grouped = grouped;
  }

  alternatives(list: readonly AST.Alternative[], ways: readonly Way[]): Way[] {
    return unique(
      list.flatMap((alternative) => {
        let current = [...ways];
        for (const element of alternative.elements) current = this.element(element, current);
        return current;
      }),
    );
  }

  element(node: AST.Element, ways: readonly Way[]): Way[] {
    if (ways.length === 0) return [];
    switch (node.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
        return ways
          .filter((way) => this.#holds(node, way.at) && !this.#blocked(way))
          .map((way) => ({ ...way, at: way.at + 1 }));
      case 'Group':
        return this.alternatives(node.alternatives, ways);
      case 'CapturingGroup': {
        const captures = this.#named ? node.name === 'secret' : node.name === null;
        if (!captures) return this.alternatives(node.alternatives, ways);
        return unique(
          ways.flatMap((way) => {
            this.#entered = way.at;
            const inside = this.alternatives(node.alternatives, [way]);
            this.#entered = null;
            return inside.map((after) =>
              after.at === way.at ? after : { at: after.at, start: way.start < 0 ? way.at : way.start, end: after.at },
            );
          }),
        );
      }
      case 'Quantifier': {
        let current = [...ways];
        for (let count = 0; count < node.min; count++) current = this.element(node.element, current);
        const result = [...current];
        for (let count = node.min; count < node.max && current.length > 0; count++) {
          const known = new Set(result.map(key));
          current = this.element(node.element, current).filter((way) => !known.has(key(way)));
          result.push(...current);
        }
        return unique(result);
      }
      case 'Assertion':
        return ways.filter((way) => this.#asserts(node, way.at));
      default:
        throw new Error(`the oracle does not know ${node.type}`);
    }
  }

  /** The public part of a rule neither begins inside a placeholder nor reaches across one. */
  #blocked(way: Way): boolean {
    if (!this.#grouped || way.start >= 0 || (this.#entered !== null && way.at > this.#entered)) return false;
    return inPlaceholder(this.#text, way.at);
  }

  #holds(node: AST.Character | AST.CharacterClass | AST.CharacterSet, at: number): boolean {
    const unit = this.#text[at];
    return unit !== undefined && expression(node.raw, this.#flags).test(unit);
  }

  #asserts(node: AST.Assertion, at: number): boolean {
    const [before, after] = [this.#text[at - 1], this.#text[at]];
    const multiline = this.#flags.includes('m');
    const lineEnd = (unit: string | undefined): boolean =>
      unit === undefined || (multiline && /[\n\r\u2028\u2029]/u.test(unit));
    switch (node.kind) {
      case 'start':
        return lineEnd(before);
      case 'end':
        return lineEnd(after);
      case 'word':
        return node.negate === (/\w/u.test(before ?? ' ') === /\w/u.test(after ?? ' '));
      case 'lookahead':
        return node.negate !== new RegExp(`^(?:${inner(node)})`, this.#flags).test(after ?? '');
      case 'lookbehind': {
        const test = (unit: string): boolean =>
          node.negate !== new RegExp(`^(?:${inner(node)})$`, this.#flags).test(unit);
        const escape = /\\[bfnrtv]$/u.test(this.#text.slice(0, at))
          ? '\n'
          : /(?:\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2})$/u.test(this.#text.slice(0, at))
            ? ' '
            : null;
        return test(before ?? '') || (escape !== null && test(escape));
      }
    }
  }
}

const expressions = new Map<string, RegExp>();

function expression(raw: string, flags: string): RegExp {
  const name = `${flags}/${raw}`;
  let known = expressions.get(name);
  if (known === undefined) expressions.set(name, (known = new RegExp(`^${raw}$`, flags)));
  return known;
}

function inPlaceholder(text: string, at: number): boolean {
  return /MASKED_[A-Z0-9_a-f]*$/u.test(text.slice(0, at)) && /[A-Z0-9_a-f]/u.test(text[at] ?? '');
}

function inner(node: AST.LookaroundAssertion): string {
  return node.alternatives.map((alternative) => alternative.raw).join('|');
}

function key(way: Way): string {
  return `${way.at},${way.start},${way.end}`;
}

function unique(ways: readonly Way[]): Way[] {
  return [...new Map(ways.map((way) => [key(way), way])).values()];
}

/** All candidates of the rules in a whole text. */
export function bruteForce(rules: readonly Rule[], text: string): Candidate[] {
  const found = new Map<string, Candidate>();
  rules.forEach((rule, index) => {
    const tree = parser.parsePattern(rule.pattern, 0, rule.pattern.length, { unicode: false });
    const named = rule.pack === 'custom' || rule.pack === 'known';
    const grouped = named
      ? rule.pattern.includes('(?<secret>')
      : /\((?!\?)/u.test(rule.pattern.replace(/\\.|\[(?:\\.|[^\]])*\]/gu, 'x'));
    const walk = new Walk(text, rule.flags ?? '', named, grouped);
    for (let start = 0; start < text.length; start++) {
      // No match begins inside a placeholder.
      if (inPlaceholder(text, start)) continue;
      for (const way of walk.alternatives(tree.alternatives, [{ at: start, start: -1, end: -1 }])) {
        const span = grouped ? way : { at: way.at, start, end: way.at };
        if (span.start < 0 || span.end <= span.start) continue;
        const name = `${index},${span.start}`;
        const known = found.get(name);
        if (known === undefined) {
          found.set(name, { rule: index, matchStart: start, lead: '', start: span.start, end: span.end, open: false });
        } else {
          known.end = Math.max(known.end, span.end);
        }
      }
    }
  });
  return [...found.values()];
}
