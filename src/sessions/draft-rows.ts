// Writes what is new of an exchange into its rows.

import type { DatabaseSync } from 'node:sqlite';
import type { ExchangeClosed, RecordedFinding, RecordedHeader, RecordedPiece } from '../contract/records.ts';
import { packContent, toTimeline, unpackContent } from './content.ts';
import type { Draft } from './draft.ts';
import { SessionsError } from './errors.ts';
import { isRecordedHeader } from './header-list.ts';
import { toFacts, toHeld } from './rows.ts';
import { foldPieces } from './split-texts.ts';
import { toColumn } from './text-column.ts';

const NEW_EXCHANGE = `
  INSERT INTO exchange (id, session, writer, state, started_at, ended_at, via, method, scheme, host, port, path,
    http_version, dialect, client, policy, process, model, request_bytes, request_truncated, status, head_after,
    first_byte_after, response_bytes, input_tokens, output_tokens, failure, reason)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export interface DraftRows {
  /** @returns the exchange's row number */
  write(draft: Draft): number;
}

/** `supersede`: an exchange that somebody marked as cut, and that goes on; its record in the chain holds no longer. */
export function draftRows(database: DatabaseSync, writer: number, supersede: (seq: number) => void): DraftRows {
  const addExchange = database.prepare(NEW_EXCHANGE);
  const addContent = database.prepare('INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const setRequest = database.prepare(
    'UPDATE exchange SET model = ?, request_bytes = ?, request_truncated = ? WHERE seq = ?',
  );
  const setBody = database.prepare('UPDATE content SET request_body = ? WHERE exchange = ?');
  const setProcess = database.prepare('UPDATE exchange SET process = ? WHERE seq = ?');
  const setClosed = database.prepare(
    `UPDATE exchange SET state = ?, writer = 0, ended_at = ?, status = ?, head_after = ?, first_byte_after = ?, response_bytes = ?,
       input_tokens = ?, output_tokens = ?, failure = ?, reason = ? WHERE seq = ?`,
  );
  const setEnd = database.prepare('UPDATE content SET response_headers = ?, calls = ? WHERE exchange = ?');
  const setResponse = database.prepare('UPDATE content SET channels = ?, response = ?, timing = ? WHERE exchange = ?');
  const addPieces = database.prepare('INSERT INTO piece (exchange, pieces) VALUES (?, ?)');
  const addFinding = database.prepare('INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const addVerdict = database.prepare('INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?)');
  const findProcess = database.prepare('SELECT id FROM process WHERE facts = ?');
  const addProcess = database.prepare('INSERT INTO process (facts) VALUES (?)');
  const stateOf = database.prepare('SELECT state FROM exchange WHERE seq = ?');
  const setOpen = database.prepare("UPDATE exchange SET state = 'open', writer = ? WHERE seq = ?");
  const readResponse = database.prepare('SELECT channels, response, timing FROM content WHERE exchange = ?');
  const fold = foldPieces(database);

  const processOf = (draft: Draft): number | null => {
    if (draft.identity === null) return null;
    const facts = toFacts(draft.identity);
    return Number(findProcess.get(facts)?.['id'] ?? addProcess.run(facts).lastInsertRowid);
  };

  const insert = (draft: Draft): number => {
    const { opened, request, closed } = draft;
    const added = addExchange.run(
      toColumn(opened.id),
      toColumn(opened.session),
      closed === null ? writer : 0,
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
      opened.policy ?? null,
      processOf(draft),
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
    );
    const seq = Number(added.lastInsertRowid);
    const packed = closed === null || draft.pieces.length === 0 ? undefined : packContent(draft.pieces);
    addContent.run(
      seq,
      headersColumn(opened.headers),
      column(request?.body),
      headersColumn(closed?.headers),
      callsColumn(closed),
      packed?.channels ?? null,
      packed?.response ?? null,
      packed?.timing ?? null,
    );
    if (packed === undefined && draft.pieces.length > 0) addPieces.run(seq, piecesAsJson(draft.pieces));
    return seq;
  };

  /** Back to what it was before somebody took its writer for dead. */
  const reopen = (seq: number): void => {
    supersede(seq);
    setOpen.run(writer, seq);
    const row = readResponse.get(seq) as { channels: string | null; response: string; timing: Uint8Array } | undefined;
    if (row === undefined || row.channels === null) return;
    addPieces.run(seq, piecesAsJson(toTimeline(unpackContent(row.channels, row.response, row.timing))));
    setResponse.run(null, null, null, seq);
  };

  const update = (draft: Draft, seq: number): void => {
    const { request, closed } = draft;
    const state = stateOf.get(seq)?.['state'];
    if (state === undefined)
      throw new SessionsError('cannot-record', 'The exchange was purged before it ended: send the request again.');
    if (state !== 'open') reopen(seq);
    if (draft.identity !== null) setProcess.run(processOf(draft), seq);
    if (request !== null && !draft.requestIsWritten) {
      setRequest.run(column(request.model), request.bytes, Number(request.truncated), seq);
      setBody.run(column(request.body), seq);
    }
    if (draft.pieces.length > 0) addPieces.run(seq, piecesAsJson(draft.pieces));
    if (closed !== null) close(closed, seq);
  };

  const close = (closed: ExchangeClosed, seq: number): void => {
    setClosed.run(
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
    const headers = headersColumn(closed.headers);
    const calls = callsColumn(closed);
    if (headers !== null || calls !== null) setEnd.run(headers, calls, seq);
    fold(seq);
  };

  const writeFinding = (seq: number, n: number, finding: RecordedFinding): void => {
    const { rule, kind, severity, certainty, side, channel, start, end, fingerprint } = finding;
    addFinding.run(seq, n, rule, kind, severity, certainty, side, toColumn(channel), start, end, fingerprint);
  };

  return {
    write(draft) {
      let { seq } = draft;
      if (seq === 0) seq = insert(draft);
      else update(draft, seq);
      let n = draft.findingsWritten;
      for (const finding of draft.findings) writeFinding(seq, n++, finding);
      let v = draft.verdictsWritten;
      for (const verdict of draft.verdicts)
        addVerdict.run(seq, v++, verdict.verdict, verdict.by, toColumn(verdict.tool), toHeld(verdict));
      return seq;
    },
  };
}

function column(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : toColumn(text);
}

/** JSON escapes lone surrogates itself, so the column needs no mark. Times are kept to the microsecond. */
function piecesAsJson(pieces: readonly RecordedPiece[]): string {
  return JSON.stringify(pieces.map(({ at, channel, text }) => [Math.round(at * 1000) / 1000, channel, text]));
}

/** SECURITY: the list is enforced here too; a header that is not on it never reaches the disk. */
function headersColumn(headers: readonly RecordedHeader[] | undefined): string | null {
  const kept = (headers ?? []).filter(({ name }) => isRecordedHeader(name));
  return kept.length === 0 ? null : JSON.stringify(kept.map(({ name, value }) => [name, value]));
}

function callsColumn(closed: ExchangeClosed | null): string | null {
  const calls = closed?.calls ?? [];
  return calls.length === 0 ? null : JSON.stringify(calls.map(({ id, name }) => [id, name]));
}
