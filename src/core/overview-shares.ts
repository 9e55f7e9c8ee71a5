// Counts by name: clients, projects, providers.

import type { Share } from '../contract/procedures/overview.ts';

type Field = 'client' | 'repo' | 'host';

interface Counted {
  readonly name: string;
  readonly field: Field;
  exchanges: number;
  findings: number;
  held: number;
}

const maxName = 200;

export class Shares {
  readonly #byName = new Map<string, number>();
  readonly #all: Counted[] = [];

  /** The place of a name, for `add`; -1: it has none. */
  of(name: string | undefined, field: Field): number {
    if (name === undefined) return -1;
    let place = this.#byName.get(name);
    if (place === undefined) {
      place = this.#all.push({ name, field, exchanges: 0, findings: 0, held: 0 }) - 1;
      this.#byName.set(name, place);
    }
    return place;
  }

  add(place: number, what: 'exchanges' | 'findings' | 'held'): void {
    const counted = this.#all[place];
    if (counted !== undefined) counted[what]++;
  }

  top(count: number): Share[] {
    return this.#all
      .toSorted((a, b) => b.exchanges - a.exchanges)
      .slice(0, count)
      .map(({ name, field, exchanges, findings, held }) => ({
        name: name.length > maxName ? `${name.slice(0, maxName - 1)}…` : name,
        query: queryFor(field, name),
        ...{ exchanges, findings, held },
      }));
  }
}

/** As docs/search.md has it. A project is a repository or a folder. */
function queryFor(field: Field, name: string): string | null {
  if (name.length > maxName || /["*\p{Cc}]/u.test(name)) return null;
  const value = /^[\w./~-]+$/.test(name) ? name : `"${name}"`;
  return field === 'repo' ? `(repo:${value} OR folder:${value})` : `${field}:${value}`;
}
