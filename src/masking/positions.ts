// A pattern as positions: one for every character it can consume, and which position may follow which (Glushkov's
// automaton). No epsilon moves, so the set of live positions is the whole state of a match.
import type { CharacterSet } from './character-set.ts';
import type { Condition } from './pattern-conditions.ts';

/** Position flag: inside the captured group, masked when the rule matches. */
export const inGroup = 1;
/** Position flag: a captured character has been consumed, so the text may not be released while it lives. */
export const holds = 2;
/** Position flag: from here on the match is certain enough to be masked when the hold cap is reached. */
export const commits = 4;

/** A position at an end of the pattern, with what must be true of the neighbour character outside the match. */
export interface Edge {
  readonly at: number;
  readonly when: Condition;
}

/** Parallel arrays instead of objects: the built-in rules have some ten thousand positions. */
export interface Pattern {
  readonly sets: readonly CharacterSet[];
  readonly flags: readonly number[];
  /** 1 where the next position may follow: the usual case. */
  readonly chain: readonly number[];
  /** All other moves as pairs: from, to, from, to, … */
  readonly moves: readonly number[];
  readonly first: readonly Edge[];
  readonly last: readonly Edge[];
  /** Length of the shortest match. */
  readonly shortest: number;
}

/**
 * Follows all moves from the start. Whatever can follow a captured character is held too, as the match is not decided yet.
 * Returns whether the end can be reached.
 */
export function spreadFlags(pattern: Pattern, flags: number[]): boolean {
  const follow = new Map<number, number[]>();
  for (let index = 0; index < pattern.moves.length; index += 2) {
    const from = pattern.moves[index] as number;
    const list = follow.get(from);
    if (list === undefined) follow.set(from, [pattern.moves[index + 1] as number]);
    else list.push(pattern.moves[index + 1] as number);
  }
  const seen = new Uint8Array(flags.length);
  const open = pattern.first.map((edge) => edge.at);
  for (const at of open) seen[at] = 1;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const spread = (flags[at] as number) & (holds | commits);
    const visit = (next: number): void => {
      const before = flags[next] as number;
      if (seen[next] === 1 && (before | spread) === before) return;
      seen[next] = 1;
      flags[next] = before | spread;
      open.push(next);
    };
    if (pattern.chain[at] === 1) visit(at + 1);
    follow.get(at)?.forEach(visit);
  }
  return pattern.last.some((edge) => seen[edge.at] === 1);
}
