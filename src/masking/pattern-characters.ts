// From syntax nodes to character sets and one-character conditions.
import type { AST } from '@eslint-community/regexpp';
import {
  anyCharacter,
  complementOf,
  digits,
  foldCase,
  lineEnds,
  normalizeSet,
  spaces,
  unionOf,
  wordCharacters,
  type CharacterSet,
} from './character-set.ts';
import { PatternProblem } from './masking-error.ts';
import { eitherOf, type Condition, type Neighbour } from './pattern-conditions.ts';

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly unicode: boolean;
}

type CharacterNode = AST.Character | AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass;

/** The sets a node consumes, one per code unit: an emoji is two. */
export function charactersOf(node: CharacterNode, flags: Flags): CharacterSet[] {
  if (node.type === 'Character' && node.value > 0xffff) {
    const text = String.fromCodePoint(node.value);
    return [0, 1].map((unit) => [text.charCodeAt(unit), text.charCodeAt(unit)]);
  }
  // Patterns repeat few classes very often; shared sets are also recognised by identity when rules are united.
  const key = (flags.ignoreCase ? 'i' : '') + (flags.dotAll ? 's' : '') + (flags.unicode ? 'u' : '') + node.raw;
  let set = known.get(key);
  if (set === undefined) {
    set = setOf(node, flags);
    if (known.size < 4096) known.set(key, set);
  }
  return [set];
}

const known = new Map<string, CharacterSet>();

function setOf(node: AST.ClassRangesCharacterClassElement | CharacterNode, flags: Flags): CharacterSet {
  switch (node.type) {
    case 'Character':
      refuseAstral(node.value, node);
      return fold([node.value, node.value], flags);
    case 'CharacterClassRange':
      refuseAstral(node.max.value, node);
      return fold([node.min.value, node.max.value], flags);
    case 'CharacterSet':
      return classOf(node, flags);
    case 'CharacterClass': {
      const ranges: number[] = [];
      for (const element of node.elements)
        ranges.push(...setOf(element as AST.ClassRangesCharacterClassElement, flags));
      const set = normalizeSet(ranges);
      return node.negate ? complementOf(set) : set;
    }
    case 'ExpressionCharacterClass':
      throw new PatternProblem(
        'unsupported',
        node.start,
        'set operations in a class are not supported',
        'list the characters',
      );
  }
}

function classOf(node: AST.CharacterSet, flags: Flags): CharacterSet {
  switch (node.kind) {
    case 'any':
      return flags.dotAll ? anyCharacter : complementOf(lineEnds);
    case 'digit':
      return node.negate ? complementOf(digits) : digits;
    case 'space':
      return node.negate ? complementOf(spaces) : spaces;
    case 'word':
      return node.negate ? complementOf(wordCharacters) : wordCharacters;
    case 'property': {
      const test = new RegExp(node.raw, 'u');
      const ranges: number[] = [];
      for (let unit = 0; unit <= 0xffff; unit++) {
        if (test.test(String.fromCharCode(unit))) ranges.push(unit, unit);
      }
      return normalizeSet(ranges);
    }
  }
}

/** The ways an assertion can hold, each as a condition on the characters around it. */
export function conditionsOf(node: AST.Assertion, flags: Flags): Condition[] {
  switch (node.kind) {
    case 'start':
      return [{ behind: { set: flags.multiline ? lineEnds : [], edge: true }, ahead: null }];
    case 'end':
      return [{ behind: null, ahead: { set: flags.multiline ? lineEnds : [], edge: true } }];
    case 'word': {
      const inside: Neighbour = { set: wordCharacters, edge: false };
      const outside: Neighbour = { set: complementOf(wordCharacters), edge: true };
      return node.negate
        ? [
            { behind: inside, ahead: inside },
            { behind: outside, ahead: outside },
          ]
        : [
            { behind: inside, ahead: outside },
            { behind: outside, ahead: inside },
          ];
    }
    case 'lookahead': {
      const neighbour = neighbourOf(node, flags);
      return [{ behind: null, ahead: node.negate ? inverse(neighbour) : neighbour }];
    }
    case 'lookbehind': {
      const neighbour = neighbourOf(node, flags);
      return [{ behind: node.negate ? inverse(neighbour) : neighbour, ahead: null }];
    }
  }
}

function inverse(neighbour: Neighbour): Neighbour {
  return { set: complementOf(neighbour.set), edge: !neighbour.edge };
}

function neighbourOf(node: AST.LookaroundAssertion, flags: Flags): Neighbour {
  let result: Neighbour = { set: [], edge: false };
  for (const alternative of node.alternatives) {
    const element = alternative.elements[0];
    if (alternative.elements.length !== 1 || element === undefined) throw tooLong(node);
    if (element.type === 'Assertion' && (element.kind === 'start' || element.kind === 'end')) {
      result = eitherOf(result, { set: flags.multiline ? lineEnds : [], edge: true });
    } else if (element.type === 'Character' || element.type === 'CharacterClass' || element.type === 'CharacterSet') {
      result = eitherOf(result, { set: setOf(element, flags), edge: false });
    } else {
      throw tooLong(node);
    }
  }
  return { set: unionOf(result.set, []), edge: result.edge };
}

function tooLong(node: AST.LookaroundAssertion): PatternProblem {
  return new PatternProblem(
    'unsupported',
    node.start,
    'look-around can test one neighbour character only',
    'write the context into the pattern and name the secret part (?<secret>…)',
  );
}

function fold(set: CharacterSet, flags: Flags): CharacterSet {
  return flags.ignoreCase ? foldCase(set) : set;
}

function refuseAstral(value: number, node: AST.Node): void {
  if (value <= 0xffff) return;
  throw new PatternProblem(
    'unsupported',
    node.start,
    'a class cannot hold characters beyond U+FFFF',
    'write them as alternatives',
  );
}
