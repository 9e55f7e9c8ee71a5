// The list of sessions as the window holds it: how many there are on each day, and those pages of them that were looked at.
/* eslint svelte/prefer-svelte-reactivity: off -- only what is shown is followed: the count, and the pages. */

import { SvelteMap } from 'svelte/reactivity';
import type { SessionDay, SessionRow } from '../../../src/contract/sessions.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';

export type ListItem =
  | { readonly is: 'day'; readonly day: SessionDay }
  /** Undefined: on its way. */
  | { readonly is: 'session'; readonly session: SessionRow | undefined };

interface Page {
  readonly day: number;
  readonly offset: number;
}

const pageSize = 100;
/** Pages that are kept, of a hundred rows each. */
const keptPages = 60;
const mostAtOnce = 2;

export class SessionPages {
  /** Rows of the list: a heading for each day, and the sessions. Undefined until it is known. */
  count = $state<number>();
  total = $state(0);
  error = $state<string>();
  /** Sessions that went on since the list was taken. */
  news = $state(0);
  #days = $state.raw<readonly SessionDay[]>([]);
  /** Place of each day's heading. */
  #starts: number[] = [];
  readonly #pages = new SvelteMap<string, readonly SessionRow[]>();
  #until = 0;
  #asked = new Set<string>();
  #wanted: Page[] = [];
  #running = 0;
  #turn = 0;
  readonly #changed = new Set<string>();

  /** The list as it is now. What was looked at stays until the new is there. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const { days, total, until } = await core.client.sessions.days();
      const [first] = days;
      const rows =
        first === undefined
          ? []
          : await core.client.sessions.list({ day: first.start, until, offset: 0, limit: pageSize });
      if (turn !== this.#turn) return;
      let at = 0;
      this.#starts = days.map(({ count }) => {
        const start = at;
        at += count + 1;
        return start;
      });
      this.#until = until;
      this.#asked = new Set();
      this.#wanted = [];
      this.#pages.clear();
      if (first !== undefined) this.#keep({ day: first.start, offset: 0 }, rows);
      this.#days = days;
      this.total = total;
      this.count = at;
      this.error = undefined;
      this.news = 0;
      this.#changed.clear();
    } catch (error) {
      if (turn === this.#turn) this.error = messageOf(error);
    }
  }

  changed(session: string): void {
    this.#changed.add(session);
    this.news = this.#changed.size;
  }

  at(index: number): ListItem | undefined {
    const place = this.#dayAt(index);
    const day = this.#days[place];
    if (day === undefined) return undefined;
    const row = index - (this.#starts[place] ?? 0) - 1;
    if (row < 0) return { is: 'day', day };
    const page = this.#pages.get(keyOf({ day: day.start, offset: row - (row % pageSize) }));
    return { is: 'session', session: page?.[row % pageSize] };
  }

  /** Fetches what is missing of these rows; what is no longer in sight is not fetched. */
  need(from: number, to: number): void {
    const pages = new Map<string, Page>();
    for (let index = from; index < to;) {
      const place = this.#dayAt(index);
      const day = this.#days[place];
      if (day === undefined) break;
      const row = Math.max(0, index - (this.#starts[place] ?? 0) - 1);
      const offset = row - (row % pageSize);
      const page = { day: day.start, offset };
      if (!this.#pages.has(keyOf(page)) && !this.#asked.has(keyOf(page))) pages.set(keyOf(page), page);
      index = (this.#starts[place] ?? 0) + 1 + Math.min(day.count, offset + pageSize);
    }
    this.#wanted = [...pages.values()];
    this.#fetch();
  }

  #fetch(): void {
    while (this.#running < mostAtOnce) {
      const page = this.#wanted.shift();
      if (page === undefined) return;
      const turn = this.#turn;
      this.#asked.add(keyOf(page));
      this.#running += 1;
      core.client.sessions
        .list({ ...page, until: this.#until, limit: pageSize })
        .then(
          (rows) => {
            if (turn === this.#turn) this.#keep(page, rows);
          },
          (error: unknown) => {
            this.#asked.delete(keyOf(page));
            this.error = messageOf(error);
          },
        )
        .finally(() => {
          this.#running -= 1;
          this.#fetch();
        });
    }
  }

  #keep(page: Page, rows: readonly SessionRow[]): void {
    this.#pages.set(keyOf(page), rows);
    this.#asked.add(keyOf(page));
    if (this.#pages.size <= keptPages) return;
    const [oldest] = this.#pages.keys();
    if (oldest === undefined) return;
    this.#pages.delete(oldest);
    this.#asked.delete(oldest);
  }

  #dayAt(index: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? Infinity) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function keyOf({ day, offset }: Page): string {
  return `${day} ${offset}`;
}
