// Version 2 to 3: long texts move to a table of their own, so that looking through exchanges reads none of them; each
// channel's text stands once, with its timing beside it; identity and the chain of proof get their tables.

import type { DatabaseSync } from 'node:sqlite';
import { packContent } from './content.ts';
import { toPieces } from './rows.ts';

const TABLES = `
  ALTER TABLE exchange RENAME TO old_exchange;
  DROP INDEX exchange_by_session;
  DROP INDEX exchange_open;

  CREATE TABLE exchange (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    -- Who has it open; 0 when it has ended.
    writer INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed', 'cut')),
    started_at REAL NOT NULL,
    ended_at REAL,
    via TEXT NOT NULL,
    method TEXT NOT NULL,
    scheme TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    path TEXT NOT NULL,
    http_version TEXT NOT NULL,
    dialect TEXT NOT NULL,
    client TEXT NOT NULL,
    -- SHA-256 of the policy's text.
    policy TEXT,
    process INTEGER,
    model TEXT,
    request_bytes INTEGER,
    request_truncated INTEGER,
    status INTEGER,
    head_after REAL,
    first_byte_after REAL,
    response_bytes INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    failure TEXT,
    reason TEXT
  ) STRICT;
  CREATE INDEX exchange_by_session ON exchange (session);
  CREATE INDEX exchange_open ON exchange (writer) WHERE state = 'open';
  CREATE INDEX exchange_by_time ON exchange (started_at);
  CREATE INDEX exchange_by_process ON exchange (process) WHERE process IS NOT NULL;

  -- The texts of an exchange. While it is open, what came of the response stands in "piece".
  CREATE TABLE content (
    exchange INTEGER PRIMARY KEY,
    request_headers TEXT,
    request_body TEXT,
    response_headers TEXT,
    -- JSON: [[id, name], ...]
    calls TEXT,
    -- JSON: [[channel, length of its text in UTF-16 units], ...]; "response" holds these texts one after the other.
    channels TEXT,
    response TEXT,
    timing BLOB
  ) STRICT;

  CREATE TABLE process (
    id INTEGER PRIMARY KEY,
    -- JSON: RecordedIdentity
    facts TEXT NOT NULL UNIQUE,
    program TEXT AS (facts ->> 'program'),
    folder TEXT AS (facts ->> 'folder')
  ) STRICT;

  CREATE TABLE chain (
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Row of the exchange; null when it was purged, and for other kinds.
    exchange INTEGER,
    -- Canonical JSON of a record that has no table of its own.
    record TEXT,
    digest BLOB NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX chain_by_exchange ON chain (exchange) WHERE exchange IS NOT NULL;
  CREATE INDEX chain_of_others ON chain (kind, n) WHERE kind <> 'exchange';
`;

const COPY = `
  INSERT INTO exchange SELECT seq, id, session, iif(state = 'open', writer, 0), state, started_at, ended_at, via, method, scheme, host, port,
    path, http_version, dialect, client, NULL, NULL, model, request_bytes, request_truncated, status, head_after,
    first_byte_after, response_bytes, input_tokens, output_tokens, failure, reason FROM old_exchange;
  INSERT INTO content (exchange, request_body) SELECT seq, request_body FROM old_exchange;
  -- The pieces of the first commit stood in the row; before those that came later.
  INSERT INTO piece (seq, exchange, pieces) SELECT -seq, seq, pieces FROM old_exchange WHERE pieces IS NOT NULL;
  DROP TABLE old_exchange;
`;

export function splitTexts(database: DatabaseSync): void {
  database.exec(TABLES);
  database.exec(COPY);
  const ended = database.prepare("SELECT seq FROM exchange WHERE state <> 'open' AND seq > ? ORDER BY seq LIMIT 100");
  const fold = foldPieces(database);
  for (let seq = 0; ;) {
    const rows = ended.all(seq) as unknown as { seq: number }[];
    if (rows.length === 0) return;
    for (const row of rows) fold((seq = row.seq));
  }
}

/** Moves the pieces of an exchange that has ended to its content, where each channel's text stands once. */
export function foldPieces(database: DatabaseSync): (seq: number) => void {
  const read = database.prepare('SELECT pieces FROM piece WHERE exchange = ? ORDER BY seq');
  const write = database.prepare('UPDATE content SET channels = ?, response = ?, timing = ? WHERE exchange = ?');
  const clear = database.prepare('DELETE FROM piece WHERE exchange = ?');
  return (seq) => {
    const parts = read.all(seq) as unknown as { pieces: string }[];
    if (parts.length === 0) return;
    const { channels, response, timing } = packContent(parts.flatMap(({ pieces }) => toPieces(pieces)));
    write.run(channels, response, timing, seq);
    clear.run(seq);
  };
}
