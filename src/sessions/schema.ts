// The tables, as a list of steps: step N takes a log from user_version N to N + 1. Never edit a step that was released.
// docs/log.md describes the tables for people.
// Longer than most files: every version stays.

import type { DatabaseSync } from 'node:sqlite';
import { SessionsError } from './errors.ts';
import { splitTexts } from './split-texts.ts';

/** "Scrm": tells our file from any other SQLite database (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x5363726d;

type Step = string | ((database: DatabaseSync) => void);

export const steps: readonly Step[] = [
  `
  CREATE TABLE writer (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    -- What tells this process from a later one with the same pid; empty where the system does not say.
    started TEXT NOT NULL,
    opened_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    ended_at REAL
  ) STRICT;

  CREATE TABLE session (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    started_at REAL NOT NULL,
    last_at REAL NOT NULL,
    exchanges INTEGER NOT NULL,
    findings INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_by_time ON session (last_at);

  CREATE TABLE session_value (
    session TEXT NOT NULL,
    field TEXT NOT NULL CHECK (field IN ('host', 'model')),
    value TEXT NOT NULL,
    PRIMARY KEY (session, field, value)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE exchange (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
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
    reason TEXT,
    -- The long columns stand last: a scan over the others then never reads their overflow pages.
    pieces TEXT,
    request_body TEXT
  ) STRICT;
  CREATE INDEX exchange_by_session ON exchange (session);
  CREATE INDEX exchange_open ON exchange (writer) WHERE state = 'open';

  CREATE TABLE piece (
    seq INTEGER PRIMARY KEY,
    exchange INTEGER NOT NULL,
    -- JSON: [[milliseconds, channel, text], ...]
    pieces TEXT NOT NULL
  ) STRICT;
  CREATE INDEX piece_by_exchange ON piece (exchange);

  CREATE TABLE finding (
    exchange INTEGER NOT NULL,
    n INTEGER NOT NULL,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    certainty TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('request', 'response')),
    channel TEXT NOT NULL,
    "start" INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (exchange, n)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE verdict (
    exchange INTEGER NOT NULL,
    n INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    tool TEXT NOT NULL,
    -- JSON: the rest of the record (kind, action, reasons, effects, note).
    held TEXT NOT NULL,
    PRIMARY KEY (exchange, n)
  ) STRICT, WITHOUT ROWID;
  `,
  splitTexts,
  `
  -- Exchanges that changed, or went, after they had ended: what the index (search.db) says of them does not hold. The indexer
  -- takes them off again. "changes" tells it of one more change while it was at work.
  CREATE TABLE search_stale (exchange INTEGER PRIMARY KEY, changes INTEGER NOT NULL) STRICT;
  CREATE TRIGGER search_changed AFTER UPDATE OF state, process ON exchange WHEN old.state <> 'open' BEGIN
    INSERT INTO search_stale VALUES (old.seq, 1) ON CONFLICT (exchange) DO UPDATE SET changes = changes + 1;
  END;
  CREATE TRIGGER search_gone AFTER DELETE ON exchange BEGIN
    INSERT INTO search_stale VALUES (old.seq, 1) ON CONFLICT (exchange) DO UPDATE SET changes = changes + 1;
  END;
  CREATE TRIGGER search_emptied AFTER DELETE ON content BEGIN
    INSERT INTO search_stale VALUES (old.exchange, 1) ON CONFLICT (exchange) DO UPDATE SET changes = changes + 1;
  END;
  `,
];

export const schemaVersion = steps.length;

/**
 * Throws when the file is not a session log, or is one that a newer Scrim wrote.
 * @returns the version the file has
 */
export function checkVersion(database: DatabaseSync, file: string): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const isEmpty = version === 0 && application === 0 && pragma(database, 'schema_version') === 0;
  if (!isEmpty && application !== APPLICATION_ID) {
    throw new SessionsError('damaged', `${file} is not a Scrim session log: move it away to start a new one.`);
  }
  if (version > schemaVersion) {
    throw new SessionsError(
      'newer-version',
      `The session log ${file} was written by a newer Scrim (version ${version}, this one knows ${schemaVersion}): update Scrim.`,
    );
  }
  return version;
}

/** Brings the file to the newest version, all steps in one transaction: after a crash it is at the old one. */
export function migrate(database: DatabaseSync, file: string): void {
  if (checkVersion(database, file) === schemaVersion) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have migrated between the look above and our lock.
    for (const step of steps.slice(checkVersion(database, file))) {
      if (typeof step === 'string') database.exec(step);
      else step(database);
    }
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function pragma(database: DatabaseSync, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get();
  return Number(row?.[name] ?? 0);
}
