// Vendor token formats as one line each: public prefixes, then the secret body as a sketch. They are built into positions
// directly, without a parser between: there are hundreds of them and every start of the program pays for it.
import type { CharacterSet } from '../character-set.ts';
import { complementOf } from '../character-set.ts';
import type { Severity } from '../finding.ts';
import { commits, holds, inGroup, type Edge, type Pattern } from '../positions.ts';
import { always, type Condition } from '../pattern-conditions.ts';
import type { Check, Rule } from '../rule.ts';
import { hasFigure } from '../value-checks.ts';
import { escapePattern, setOfClass, setOfUnit, sketchParts, sketchPattern } from '../sketch.ts';

export interface FormatOptions {
  readonly severity?: Severity;
  readonly check?: Check;
}

/** [id, kind, prefixes separated by spaces (`␣` is a space), bodies separated by spaces, options] */
export type FormatRow = readonly [id: string, kind: string, prefixes: string, bodies: string, options?: FormatOptions];

const letterOrDigit: CharacterSet = [48, 57, 65, 90, 97, 122];
const notAfterWord: Condition = { behind: { set: complementOf(letterOrDigit), edge: true }, ahead: null };

/** What must not follow a token of fixed length: more of its alphabet. */
const rightEnds = {
  word: ['(?![A-Za-z0-9_-])', conditionAhead([45, 45, 48, 57, 65, 90, 95, 95, 97, 122])],
  base64: ['(?![A-Za-z0-9+/])', conditionAhead([43, 43, 47, 57, 65, 90, 97, 122])],
  alphanumeric: ['(?![A-Za-z0-9])', conditionAhead(letterOrDigit)],
  none: ['', always],
} as const;

export function formats(rows: readonly FormatRow[]): Rule[] {
  return rows.map(formatRule);
}

function formatRule([id, kind, prefixWords, bodyWords, options = {}]: FormatRow): Rule {
  const prefixes = prefixWords.split(' ').map((prefix) => prefix.replaceAll('␣', ' '));
  const bodies = bodyWords.split(' ').map((body) => body.replaceAll('␣', ' '));
  const kept = keptLengths(prefixes, bodies);
  const bounded = !prefixes.every(isDistinct);
  // Two or three letters before a word are no sign of a token yet.
  const check =
    options.check ?? (prefixes.every((prefix) => prefix.length <= 4 && !/[0-9]/u.test(prefix)) ? hasFigure : undefined);
  const rule: Rule = {
    id,
    kind,
    severity: options.severity ?? 'high',
    certainty: 'format',
    pack: 'secrets',
    get pattern() {
      return patternText(prefixes, bodies, kept, bounded);
    },
    compiled: () => build(prefixes, bodies, kept, bounded),
    get examples() {
      return prefixes.flatMap((prefix) => bodies.map((body) => prefix + body));
    },
    ...(check === undefined ? {} : { check }),
  };
  return rule;
}

/** The positions of a format: every prefix a chain, all of them followed by every body. */
function build(
  prefixes: readonly string[],
  bodies: readonly string[],
  kept: readonly number[],
  bounded: boolean,
): Pattern {
  const sets: CharacterSet[] = [];
  const flags: number[] = [];
  const chain: number[] = [];
  const moves: number[] = [];
  const first: Edge[] = [];
  const last: Edge[] = [];
  const secret = inGroup | holds | commits;
  const add = (set: CharacterSet, flag: number, chained: boolean): void => {
    if (chained) chain[chain.length - 1] = 1;
    sets.push(set);
    flags.push(flag);
    chain.push(0);
  };
  // Prefixes that begin alike share those positions.
  const shared = new Map<string, number>();
  const prefixEnds = prefixes.map((prefix, index) => {
    let end = -1;
    for (let at = 0; at < prefix.length; at++) {
      const flag = at < (kept[index] as number) ? 0 : secret;
      const key = prefixes.length === 1 ? '' : `${prefix.slice(0, at + 1)}${flag}`;
      const known = key === '' ? undefined : shared.get(key);
      if (known !== undefined) {
        end = known;
        continue;
      }
      const next = sets.length;
      if (at === 0) first.push({ at: next, when: bounded ? notAfterWord : always });
      else if (end !== next - 1) moves.push(end, next);
      add(setOfUnit(prefix.charCodeAt(at)), flag, at > 0 && end === next - 1);
      if (key !== '') shared.set(key, next);
      end = next;
    }
    return end;
  });
  const when = rightEnds[rightEndOf(bodies)][1];
  let shortest = Infinity;
  for (const body of bodies) {
    const begin = sets.length;
    for (const part of sketchParts(body, true)) {
      const length = typeof part === 'string' ? part.length : part.count;
      for (let index = 0; index < length; index++) {
        add(
          typeof part === 'string' ? setOfUnit(part.charCodeAt(index)) : setOfClass(part.letter),
          secret,
          sets.length > begin,
        );
      }
      if (typeof part !== 'string' && part.open) moves.push(sets.length - 1, sets.length - 1);
    }
    for (const end of prefixEnds) {
      if (end + 1 === begin) chain[end] = 1;
      else moves.push(end, begin);
    }
    last.push({ at: sets.length - 1, when });
    shortest = Math.min(shortest, sets.length - begin);
  }
  const shortestPrefix = Math.min(...prefixes.map((prefix) => prefix.length));
  return { sets, flags, chain, moves, first, last, shortest: shortestPrefix + shortest };
}

/** The same as a regular expression, for readers and for the tests that compare both. */
function patternText(
  prefixes: readonly string[],
  bodies: readonly string[],
  kept: readonly number[],
  bounded: boolean,
): string {
  const group = (alternatives: readonly string[]): string =>
    alternatives.length === 1 ? (alternatives[0] as string) : `(?:${alternatives.join('|')})`;
  const body = group(bodies.map(sketchPattern));
  const heads = new Map<string, string[]>();
  prefixes.forEach((prefix, index) => {
    const rest = escapePattern(prefix.slice(kept[index]));
    heads.set(rest, [...(heads.get(rest) ?? []), escapePattern(prefix.slice(0, kept[index]))]);
  });
  const branches = [...heads].map(([rest, head]) => `${group(head)}(${rest}${body})`);
  return `${bounded ? '(?<![A-Za-z0-9])' : ''}${group(branches)}${rightEnds[rightEndOf(bodies)][0]}`;
}

/**
 * How much of a prefix stays readable. A reader recognises the vendor by a few characters; a longer prefix would leave a
 * large part of a short token in view.
 */
function keptLengths(prefixes: readonly string[], bodies: readonly string[]): number[] {
  const shortestBody = Math.min(...bodies.map((body) => sketchLength(body)));
  return prefixes.map((prefix) => keptLength(prefix, shortestBody));
}

function keptLength(prefix: string, bodyLength: number): number {
  // In an address only the scheme stays: the rest of a webhook's address is as good as its token.
  if (prefix.startsWith('//')) return 2;
  if (prefix.includes('/')) return prefix.length;
  if (prefix.length <= 5) return prefix.length;
  const most = Math.min(9, Math.floor((prefix.length + bodyLength) / 4));
  if (prefix.length <= most) return prefix.length;
  for (let length = most; length >= 2; length--) if (/[-_.:/]/u.test(prefix[length - 1] as string)) return length;
  return most;
}

function sketchLength(sketch: string): number {
  return sketchParts(sketch, false).reduce(
    (sum, part) => sum + (typeof part === 'string' ? part.length : part.count),
    0,
  );
}

/** `ghp_` is nothing else wherever it stands; `sk-` ends many words. */
function isDistinct(prefix: string): boolean {
  return (
    prefix.length >= 4 &&
    /[-_]$/u.test(prefix) &&
    !/^(?:key|api|pat|app|tok|act|live|test|prod|perm|secret|access|bt|pa|ak)[-_]/u.test(prefix)
  );
}

function rightEndOf(bodies: readonly string[]): keyof typeof rightEnds {
  if (bodies.every((body) => body.endsWith('+'))) return 'none';
  if (bodies.some((body) => /~[wpBg]\d+\+?$/u.test(body))) return 'word';
  return bodies.every((body) => /~b\d+\+?$/u.test(body)) ? 'base64' : 'alphanumeric';
}

function conditionAhead(not: CharacterSet): Condition {
  return { behind: null, ahead: { set: complementOf(not), edge: true } };
}
