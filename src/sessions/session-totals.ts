// What a batch adds to the list of sessions, gathered so that a session costs one write a batch and not one an exchange.

import type { StatementSync } from 'node:sqlite';
import type { Draft } from './draft.ts';
import { toColumn } from './text-column.ts';

interface Total {
  readonly client: string;
  startedAt: number;
  lastAt: number;
  exchanges: number;
  findings: number;
}

/** Hosts and models of sessions that are on disk already: saves a write for nearly every exchange. */
export class KnownValues {
  #values = new Set<string>();

  has(key: string): boolean {
    return this.#values.has(key);
  }

  add(keys: Iterable<string>): void {
    // Forgetting is harmless (INSERT OR IGNORE), so the bound may be crude.
    if (this.#values.size > 10_000) this.#values.clear();
    for (const key of keys) this.#values.add(key);
  }
}

export class SessionTotals {
  readonly #known: KnownValues;
  readonly #totals = new Map<string, Total>();
  readonly #values = new Map<string, readonly [session: string, field: string, value: string]>();

  constructor(known: KnownValues) {
    this.#known = known;
  }

  add(draft: Draft): void {
    const { opened, request, closed } = draft;
    const lastAt = closed?.endedAt ?? opened.startedAt;
    const isNew = draft.seq === 0 ? 1 : 0;
    const total = this.#totals.get(opened.session);
    if (total === undefined) {
      this.#totals.set(opened.session, {
        client: opened.client,
        startedAt: opened.startedAt,
        lastAt,
        exchanges: isNew,
        findings: draft.findings.length,
      });
    } else {
      total.startedAt = Math.min(total.startedAt, opened.startedAt);
      total.lastAt = Math.max(total.lastAt, lastAt);
      total.exchanges += isNew;
      total.findings += draft.findings.length;
    }
    if (isNew === 1) this.#addValue(opened.session, 'host', opened.host);
    const model = request?.model ?? null;
    if (model !== null && !draft.requestIsWritten) this.#addValue(opened.session, 'model', model);
  }

  #addValue(session: string, field: 'host' | 'model', value: string): void {
    const key = `${field}\n${session}\n${value}`;
    if (!this.#known.has(key)) this.#values.set(key, [session, field, value]);
  }

  write(addToSession: StatementSync, addValue: StatementSync): void {
    for (const [session, total] of this.#totals) {
      const { client, startedAt, lastAt, exchanges, findings } = total;
      addToSession.run(toColumn(session), toColumn(client), startedAt, lastAt, exchanges, findings);
    }
    for (const [session, field, value] of this.#values.values())
      addValue.run(toColumn(session), field, toColumn(value));
  }

  /** To be called when the batch is committed, not before: a value of a rolled-back batch is not on disk. */
  remember(): void {
    this.#known.add(this.#values.keys());
  }
}
