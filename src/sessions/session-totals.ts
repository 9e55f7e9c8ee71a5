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

export class SessionTotals {
  readonly #totals = new Map<string, Total>();
  readonly #values = new Map<string, readonly [session: string, field: string, value: string]>();

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
    this.#values.set(`${field}\n${session}\n${value}`, [session, field, value]);
  }

  write(addToSession: StatementSync, addValue: StatementSync): void {
    for (const [session, total] of this.#totals) {
      const { client, startedAt, lastAt, exchanges, findings } = total;
      addToSession.run(toColumn(session), toColumn(client), startedAt, lastAt, exchanges, findings);
    }
    for (const [session, field, value] of this.#values.values())
      addValue.run(toColumn(session), field, toColumn(value));
  }
}
