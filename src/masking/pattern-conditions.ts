// What a zero-width assertion asks of one neighbour character. `null` asks nothing.
import { intersectionOf, unionOf, type CharacterSet } from './character-set.ts';

/** The neighbour must be in `set`; `edge` says whether the edge of the text (no neighbour) is accepted too. */
export interface Neighbour {
  readonly set: CharacterSet;
  readonly edge: boolean;
}

export interface Condition {
  readonly behind: Neighbour | null;
  readonly ahead: Neighbour | null;
}

export const always: Condition = { behind: null, ahead: null };

export function both(a: Condition, b: Condition): Condition {
  if (a === always) return b;
  if (b === always) return a;
  return { behind: bothOf(a.behind, b.behind), ahead: bothOf(a.ahead, b.ahead) };
}

function bothOf(a: Neighbour | null, b: Neighbour | null): Neighbour | null {
  if (a === null) return b;
  if (b === null) return a;
  return { set: intersectionOf(a.set, b.set), edge: a.edge && b.edge };
}

export function eitherOf(a: Neighbour, b: Neighbour): Neighbour {
  return { set: unionOf(a.set, b.set), edge: a.edge || b.edge };
}
