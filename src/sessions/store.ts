// Writes drafts as rows: one transaction for a whole batch, prepared statements only. No queue and no time in here.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ExchangeClosed, RecordedFinding, RecordedPiece } from '../contract/records.ts';
import type { Draft } from './draft.ts';
import { KnownValues, SessionTotals } from './session-totals.ts';
import { toColumn } from './text-column.ts';

const NEW_EXCHANGE = `
  INSERT INTO exchange (id, session, writer, state, started_at, ended_at, via, method, scheme, host, port, path,
    http_version, dialect, client, model, request_bytes, request_truncated, status, head_after, first_byte_after,
    response_bytes, input_tokens, output_tokens, failure, reason, pieces, request_body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export class Store {
  readonly #database: DatabaseSync;
  readonly #writer: number;
  readonly #known = new KnownValues();
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #addExchange: StatementSync;
  readonly #setRequest: StatementSync;
  readonly #setClosed: StatementSync;
  readonly #addPieces: StatementSync;
  readonly #addFinding: StatementSync;
  readonly #addVerdict: StatementSync;
  readonly #addToSession: StatementSync;
  readonly #addValue: StatementSync;

  constructor(database: DatabaseSync, writer: number) {
    this.#database = database;
    this.#writer = writer;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#addExchange = database.prepare(NEW_EXCHANGE);
    this.#setRequest = database.prepare(
      'UPDATE exchange SET model = ?, request_bytes = ?, request_truncated = ?, request_body = ? WHERE seq = ?',
    );
    this.#setClosed = database.prepare(
      `UPDATE exchange SET state = ?, ended_at = ?, status = ?, head_after = ?, first_byte_after = ?, response_bytes = ?,
         input_tokens = ?, output_tokens = ?, failure = ?, reason = ? WHERE seq = ?`,
    );
    this.#addPieces = database.prepare('INSERT INTO piece (exchange, pieces) VALUES (?, ?)');
    this.#addFinding = database.prepare('INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#addVerdict = database.prepare('INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?)');
    this.#addToSession = database.prepare(
      `INSERT INTO session VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         started_at = min(started_at, excluded.started_at), last_at = max(last_at, excluded.last_at),
         exchanges = exchanges + excluded.exchanges, findings = findings + excluded.findings`,
    );
    this.#addValue = database.prepare('INSERT OR IGNORE INTO session_value VALUES (?, ?, ?)');
  }

  /** Writes what the drafts have new and commits. Throws what SQLite throws; then nothing of the batch is on disk and no draft is changed. */
  write(drafts: readonly Draft[]): void {
    const totals = new SessionTotals(this.#known);
    const rows: number[] = [];
    this.#begin.run();
    try {
      for (const draft of drafts) {
        rows.push(this.#writeDraft(draft));
        totals.add(draft);
      }
      totals.write(this.#addToSession, this.#addValue);
      this.#commit.run();
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
    totals.remember();
    for (const [i, draft] of drafts.entries()) settle(draft, rows[i] ?? 0);
  }

  #writeDraft(draft: Draft): number {
    let seq = draft.seq;
    if (seq === 0) {
      seq = this.#insert(draft);
    } else {
      this.#update(draft, seq);
      if (draft.pieces.length > 0) this.#addPieces.run(seq, piecesAsJson(draft.pieces));
    }
    let n = draft.findingsWritten;
    for (const finding of draft.findings) this.#insertFinding(seq, n++, finding);
    let v = draft.verdictsWritten;
    for (const { verdict, by, tool, ...held } of draft.verdicts)
      this.#addVerdict.run(seq, v++, verdict, by, toColumn(tool), JSON.stringify(held));
    return seq;
  }

  #insert(draft: Draft): number {
    const { opened, request, closed, pieces } = draft;
    const added = this.#addExchange.run(
      toColumn(opened.id),
      toColumn(opened.session),
      this.#writer,
      closed?.state ?? 'open',
      opened.startedAt,
      closed?.endedAt ?? null,
      opened.via,
      toColumn(opened.method),
      opened.scheme,
      toColumn(opened.host),
      opened.port,
      toColumn(opened.path),
      toColumn(opened.httpVersion),
      toColumn(opened.dialect),
      toColumn(opened.client),
      column(request?.model),
      request?.bytes ?? null,
      request === null ? null : Number(request.truncated),
      closed?.status ?? null,
      closed?.headAfter ?? null,
      closed?.firstByteAfter ?? null,
      closed?.responseBytes ?? null,
      closed?.usage?.input ?? null,
      closed?.usage?.output ?? null,
      closed?.failure ?? null,
      column(closed?.reason),
      pieces.length === 0 ? null : piecesAsJson(pieces),
      column(request?.body),
    );
    return Number(added.lastInsertRowid);
  }

  #update(draft: Draft, seq: number): void {
    const { request, closed } = draft;
    if (request !== null && !draft.requestIsWritten) {
      this.#setRequest.run(column(request.model), request.bytes, Number(request.truncated), column(request.body), seq);
    }
    if (closed !== null) this.#close(closed, seq);
  }

  #close(closed: ExchangeClosed, seq: number): void {
    this.#setClosed.run(
      closed.state,
      closed.endedAt,
      closed.status,
      closed.headAfter,
      closed.firstByteAfter,
      closed.responseBytes,
      closed.usage?.input ?? null,
      closed.usage?.output ?? null,
      closed.failure,
      column(closed.reason),
      seq,
    );
  }

  #insertFinding(seq: number, n: number, finding: RecordedFinding): void {
    const { rule, kind, severity, certainty, side, channel, start, end, fingerprint } = finding;
    this.#addFinding.run(seq, n, rule, kind, severity, certainty, side, toColumn(channel), start, end, fingerprint);
  }
}

/** After the commit: what was written is no longer new. */
function settle(draft: Draft, seq: number): void {
  draft.seq = seq;
  draft.requestIsWritten = draft.request !== null;
  draft.findingsWritten += draft.findings.length;
  draft.findings = [];
  draft.verdictsWritten += draft.verdicts.length;
  draft.verdicts = [];
  draft.pieces = [];
}

function column(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : toColumn(text);
}

/** JSON escapes lone surrogates itself, so the column needs no mark. Times are kept to the microsecond. */
function piecesAsJson(pieces: readonly RecordedPiece[]): string {
  return JSON.stringify(pieces.map(({ at, channel, text }) => [Math.round(at * 1000) / 1000, channel, text]));
}
