// The list of exchanges: what came, what of it is shown, and what waits while the list stands still.
/* eslint-disable svelte/prefer-svelte-reactivity -- what is shown is replaced as a whole; finer reactions would cost more. */

import type { LiveEvent, LiveExchange, LiveMessage } from '../../../src/contract/procedures/live.ts';

export const stateFilters = ['running', 'held', 'masked', 'failed'] as const;
export type StateFilter = (typeof stateFilters)[number];

/** With more new rows than this at once nobody reads along: the list then changes less often, and scrolls smoothly. */
const busyRows = 5;
const busyPause = 300;

/** More rows than anybody scrolls through; what runs is never dropped. */
const maxRows = 1_000;

export class LiveList {
  /** What came, newest first, as far as it is shown. */
  rows = $state.raw<readonly LiveExchange[]>([]);
  messages = $state.raw<readonly LiveMessage[]>([]);
  isLoaded = $state(false);
  /** Exchanges that began while the list stood still. */
  missed = $state(0);

  text = $state('');
  states = $state.raw<ReadonlySet<StateFilter>>(new Set());
  client = $state('');
  model = $state('');

  #isPaused = $state(false);
  #isAway = false;
  readonly #known = new Map<string, LiveExchange>();
  /** Ids, newest first. */
  #shown: string[] = [];
  #waiting: string[] = [];
  #later: ReturnType<typeof setTimeout> | undefined;

  readonly visible = $derived(this.#filter(this.rows));
  readonly counts = $derived(countStates(this.rows));
  readonly clients = $derived(distinct(this.rows.map(({ client }) => client)));
  readonly models = $derived(distinct(this.rows.map(({ model }) => model)));
  readonly isFiltered = $derived(this.text !== '' || this.states.size > 0 || this.client !== '' || this.model !== '');

  /** Everything stands still. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  set isPaused(paused: boolean) {
    this.#isPaused = paused;
    if (!paused) this.#show();
  }

  /** The person has scrolled away from the top: rows change, and none come in between. */
  set isAway(away: boolean) {
    if (away === this.#isAway) return;
    this.#isAway = away;
    if (!away && !this.#isPaused) this.#show();
  }

  take({ kind, exchanges, messages }: LiveEvent): void {
    if (kind === 'all') this.#begin(exchanges, messages);
    else {
      const news = exchanges.filter(({ id }) => !this.#known.has(id)).map(({ id }) => id);
      for (const exchange of exchanges) this.#known.set(exchange.id, exchange);
      this.#waiting.unshift(...news.reverse());
      if (messages.length > 0) this.messages = newest([...this.messages, ...messages]);
    }
    if (this.#isPaused) this.missed = this.#waiting.length;
    else if (kind === 'changed' && this.#waiting.length > busyRows)
      this.#later ??= setTimeout(() => !this.#isPaused && this.#show(), busyPause);
    else if (this.#later === undefined) this.#show();
  }

  toggle(state: StateFilter): void {
    const states = new Set(this.states);
    if (!states.delete(state)) states.add(state);
    this.states = states;
  }

  clearFilters(): void {
    this.text = this.client = this.model = '';
    this.states = new Set();
  }

  find(id: string): LiveExchange | undefined {
    return this.rows.find((row) => row.id === id);
  }

  #begin(exchanges: readonly LiveExchange[], messages: readonly LiveMessage[]): void {
    this.isLoaded = true;
    this.messages = newest(messages);
    this.#known.clear();
    for (const exchange of exchanges) this.#known.set(exchange.id, exchange);
    const before = new Set(this.#isPaused ? this.#shown : []);
    const ids = exchanges.map(({ id }) => id).reverse();
    this.#shown = ids.filter((id) => !this.#isPaused || before.has(id));
    this.#waiting = ids.filter((id) => this.#isPaused && !before.has(id));
  }

  #show(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    if (!this.#isAway) {
      this.#shown.unshift(...this.#waiting);
      this.#waiting = [];
    }
    this.missed = this.#waiting.length;
    this.#trim();
    this.rows = this.#shown.flatMap((id) => this.#known.get(id) ?? []);
  }

  #trim(): void {
    const keep = (id: string, place: number): boolean => place < maxRows || this.#known.get(id)?.endedAt === null;
    for (const list of [this.#shown, this.#waiting]) {
      if (list.length <= maxRows) continue;
      const kept = list.filter(keep);
      const left = new Set(kept);
      for (const id of list) if (!left.has(id)) this.#known.delete(id);
      if (list === this.#shown) this.#shown = kept;
      else this.#waiting = kept;
    }
  }

  #filter(rows: readonly LiveExchange[]): readonly LiveExchange[] {
    const { text, states, client, model } = this;
    if (!this.isFiltered) return rows;
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    return rows.filter(
      (row) =>
        (client === '' || row.client === client) &&
        (model === '' || row.model === model) &&
        (states.size === 0 || stateFilters.some((state) => states.has(state) && isIn(row, state))) &&
        (words.length === 0 || hasWords(row, words)),
    );
  }
}

function isIn(row: LiveExchange, state: StateFilter): boolean {
  switch (state) {
    case 'running':
      return row.endedAt === null;
    case 'held':
      return row.question !== null || row.allowed + row.denied + row.would > 0;
    case 'masked':
      return row.inResponse > 0;
    case 'failed':
      return row.state === 'failed' || row.state === 'cut';
  }
}

function hasWords(row: LiveExchange, words: readonly string[]): boolean {
  const { client, program, folder, branch, model, host, path, failure, reason, id } = row;
  const all = [client, program, folder, branch, model, host, path, failure, reason, id].join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}

function countStates(rows: readonly LiveExchange[]): Readonly<Record<StateFilter, number>> {
  const counts = { running: 0, held: 0, masked: 0, failed: 0 };
  for (const row of rows) for (const state of stateFilters) if (isIn(row, state)) counts[state]++;
  return counts;
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}

/** Newest first; of one that was said again, the last. */
function newest(messages: readonly LiveMessage[]): LiveMessage[] {
  return [...new Map(messages.map((each) => [each.n, each])).values()]
    .sort((a, b) => b.at - a.at || b.n - a.n)
    .slice(0, 200);
}
