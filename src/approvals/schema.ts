// The tables, as a list of steps: step N takes a store from user_version N to N + 1. Never edit a step that was released.
// Questions, answers and grants are kept whole as JSON; the columns beside it are what is looked for.

import type { DatabaseSync } from 'node:sqlite';
import { ApprovalsError } from './approvals-error.ts';

/** "Scrq": tells our file from any other SQLite database (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x53637271;

const steps: readonly string[] = [
  `
  CREATE TABLE question (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- The process that asks: the name of its claim.
    writer TEXT NOT NULL,
    action_key TEXT NOT NULL,
    request_key TEXT,
    -- Null: it is open.
    answered_at REAL,
    -- Until then a repeat of the request gets the same verdict. Null: it does not.
    repeat_until REAL,
    size INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT
  ) STRICT;
  CREATE INDEX question_open ON question (writer) WHERE answered_at IS NULL;
  -- With the size, so that a look at how long the history is reads no question.
  CREATE INDEX question_by_end ON question (answered_at, seq, size) WHERE answered_at IS NOT NULL;
  CREATE INDEX question_repeatable ON question (action_key, request_key) WHERE repeat_until IS NOT NULL;

  CREATE TABLE remembered (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    action_key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('session', 'minutes', 'always')),
    -- Empty where it holds in every session.
    session TEXT NOT NULL,
    -- Null: until revoked.
    expires_at REAL,
    "grant" TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX remembered_by_action ON remembered (action_key, kind, session);
  CREATE INDEX remembered_by_expiry ON remembered (expires_at) WHERE expires_at IS NOT NULL;
  `,
];

const schemaVersion = steps.length;

/** Brings the file to the newest version, in one transaction. Throws when it is not ours, or a newer Scrim wrote it. */
export function migrate(database: DatabaseSync, file: string): void {
  if (versionOf(database, file) === schemaVersion) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have migrated between the look above and our lock.
    for (const step of steps.slice(versionOf(database, file))) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

export function versionOf(database: DatabaseSync, file: string): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const isEmpty = version === 0 && application === 0 && pragma(database, 'schema_version') === 0;
  if (!isEmpty && application !== APPLICATION_ID) {
    throw new ApprovalsError('damaged', `${file} holds no questions of Scrim: move it away to start a new one.`);
  }
  if (version > schemaVersion) {
    throw new ApprovalsError('newer-version', `${file} was written by a newer Scrim: update Scrim.`);
  }
  return version;
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
