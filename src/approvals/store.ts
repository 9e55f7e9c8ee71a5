// Questions with their outcomes, and grants, on disk. One transaction a change, prepared statements only.
// Everything here throws what SQLite throws; then nothing of the change is on disk.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { join } from 'node:path';
import type { Answer, AnsweredQuestion, Grant, Question } from '../contract/questions.ts';
import { asApprovalsError } from './approvals-error.ts';
import { claim, isHeld, removeDeadClaims, type Claim } from './claim.ts';
import { openDatabase } from './database.ts';
import { readAnswer, readGrant, readQuestion } from './stored.ts';

export interface QuestionRow {
  readonly question: Question;
  readonly actionKey: string;
  readonly requestKey: string | null;
  /** Null: it is open. */
  readonly answer: Answer | null;
  /** Until then a repeat of the request gets the same verdict. */
  readonly repeatUntil: number | null;
  readonly grant: Grant | null;
}

/** A decision that a person made before, for the same action. */
export type Remembered = Pick<Answer, 'verdict' | 'scope' | 'note'> & { readonly by: 'grant' | 'repeat' };

export interface Store {
  /** Adds a question, or its outcome. An outcome that is there stays; to allow is then refused. */
  put(row: QuestionRow): void;
  /** Some question or grant has this id. */
  isTaken(id: string): boolean;
  remembered(keys: { actionKey: string; requestKey: string | null; session: string }, now: number): Remembered | null;
  question(id: string): { readonly question: Question; readonly answer: Answer | null } | undefined;
  /** The newest first; `before`: those that come after this question there, none where it is not known. */
  history(limit: number, before?: string): readonly AnsweredQuestion[];
  grants(now: number): readonly Grant[];
  /** Forgets the verdicts that a repeat would get, too: they came from the same answer. */
  revoke(id: string): boolean;
  close(): void;
}

/** History: how many questions, and how many UTF-16 units of them. */
const MAX_QUESTIONS = 10_000;
const MAX_HISTORY_SIZE = 64 * 1024 * 1024;
const MAX_GRANTS = 10_000;
/** Outcomes between two looks whether the history is too long. */
const PURGE_EVERY = 128;

/**
 * Opens the store; questions that a process left open when it ended are closed as lost.
 * @throws ApprovalsError `cannot-open`, `damaged` (never recreated silently) or `newer-version`
 */
export function openStore(folder: string, now: number): Store {
  const file = join(folder, 'approvals.db');
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(folder, file);
    const opened = database;
    const own = transaction(opened, () => {
      closeAsLost(opened, folder, now);
      removeDeadClaims(folder);
      return claim(folder);
    });
    transaction(opened, () => purge(opened));
    return createStore(opened, own);
  } catch (error) {
    database?.close();
    throw asApprovalsError(error, file, 'cannot-open', 'Opening the store of questions and grants');
  }
}

function closeAsLost(database: DatabaseSync, folder: string, now: number): void {
  const lost: Answer = { verdict: 'deny', by: 'lost', scope: { kind: 'once' }, note: null, at: now };
  const end = database.prepare(
    'UPDATE question SET answered_at = ?, answer = ? WHERE writer = ? AND answered_at IS NULL',
  );
  const writers = database.prepare('SELECT DISTINCT writer FROM question WHERE answered_at IS NULL').all();
  for (const writer of writers.map((row) => String(row['writer']))) {
    if (!isHeld(folder, writer)) end.run(now, JSON.stringify(lost), writer);
  }
}

function createStore(database: DatabaseSync, own: Claim): Store {
  const statements = prepare(database);
  let outcomes = 0;

  return {
    put({ question, actionKey, requestKey, answer, repeatUntil, grant }) {
      transaction(database, () => {
        const [asJson, answerAsJson] = [JSON.stringify(question), answer === null ? null : JSON.stringify(answer)];
        const size = asJson.length + (answerAsJson?.length ?? 0);
        const { id } = question;
        const at = answer?.at ?? null;
        const put = statements.put.run(
          id,
          own.name,
          actionKey,
          requestKey,
          at,
          repeatUntil,
          size,
          asJson,
          answerAsJson,
        );
        // Another process took us for dead and closed it as lost.
        if (put.changes === 0 && answer?.verdict === 'allow') throw new Error('the question has ended');
        if (grant !== null) {
          const { scope, session, createdAt, expiresAt } = grant;
          statements.expire.run(createdAt);
          // The newest answer for an action is the one that holds; it also becomes the newest row.
          statements.replace.run(actionKey, scope.kind, session ?? '');
          statements.remember.run(grant.id, actionKey, scope.kind, session ?? '', expiresAt, JSON.stringify(grant));
          statements.boundGrants.run(MAX_GRANTS);
        }
        if (answer !== null && ++outcomes % PURGE_EVERY === 0) purge(database);
      });
    },
    isTaken: (id) => statements.isTaken.get(id, id) !== undefined,
    remembered({ actionKey, requestKey, session }, now) {
      const granted = statements.granted.get(actionKey, session, now);
      const repeated = requestKey === null ? undefined : statements.repeated.get(actionKey, requestKey, now);
      const grant = granted === undefined ? null : readGrant(String(granted['grant']));
      const answer = repeated === undefined ? null : readAnswer(String(repeated['answer']));
      // What a person said last holds.
      if (grant !== null && grant.createdAt >= (answer?.at ?? 0)) {
        const { verdict, scope, note } = grant;
        return { by: 'grant', verdict, scope, note };
      }
      if (answer === null) return null;
      const { verdict, scope, note } = answer;
      return { by: 'repeat', verdict, scope, note };
    },
    question(id) {
      const row = statements.question.get(id);
      if (row === undefined) return undefined;
      const { question, answer } = row;
      return {
        question: readQuestion(String(question)),
        answer: answer === null ? null : readAnswer(String(answer)),
      };
    },
    history(limit, before) {
      const most = Math.max(0, Math.min(MAX_QUESTIONS, Math.floor(limit)));
      const rows = before === undefined ? statements.history.all(most) : statements.historyBefore.all(before, most);
      return rows.map((row) => ({
        question: readQuestion(String(row['question'])),
        answer: readAnswer(String(row['answer'])),
      }));
    },
    grants(now) {
      return statements.grants.all(now).map((row) => readGrant(String(row['grant'])));
    },
    revoke(id) {
      return transaction(database, () => {
        statements.forgetRepeats.run(id);
        return statements.revoke.run(id).changes > 0;
      });
    },
    close() {
      database.close();
      own.release();
    },
  };
}

function prepare(database: DatabaseSync) {
  return {
    put: database.prepare(
      `INSERT INTO question (id, writer, action_key, request_key, answered_at, repeat_until, size, question, answer)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET answered_at = excluded.answered_at,
         repeat_until = excluded.repeat_until, size = excluded.size, question = excluded.question,
         answer = excluded.answer WHERE answered_at IS NULL`,
    ),
    isTaken: database.prepare('SELECT 1 FROM question WHERE id = ? UNION ALL SELECT 1 FROM remembered WHERE id = ?'),
    expire: database.prepare('DELETE FROM remembered WHERE expires_at <= ?'),
    replace: database.prepare('DELETE FROM remembered WHERE action_key = ? AND kind = ? AND session = ?'),
    remember: database.prepare(
      'INSERT INTO remembered (id, action_key, kind, session, expires_at, "grant") VALUES (?, ?, ?, ?, ?, ?)',
    ),
    boundGrants: database.prepare(
      'DELETE FROM remembered WHERE seq IN (SELECT seq FROM remembered ORDER BY seq DESC LIMIT -1 OFFSET ?)',
    ),
    granted: database.prepare(
      `SELECT "grant" FROM remembered WHERE action_key = ? AND session IN ('', ?)
         AND (expires_at IS NULL OR expires_at > ?) ORDER BY seq DESC LIMIT 1`,
    ),
    repeated: database.prepare(
      `SELECT answer FROM question WHERE action_key = ? AND request_key = ? AND repeat_until > ?
         ORDER BY answered_at DESC, seq DESC LIMIT 1`,
    ),
    question: database.prepare('SELECT question, answer FROM question WHERE id = ?'),
    history: database.prepare(
      'SELECT question, answer FROM question WHERE answered_at IS NOT NULL ORDER BY answered_at DESC, seq DESC LIMIT ?',
    ),
    historyBefore: database.prepare(
      `SELECT question, answer FROM question WHERE answered_at IS NOT NULL
         AND (answered_at, seq) < (SELECT answered_at, seq FROM question WHERE id = ?)
         ORDER BY answered_at DESC, seq DESC LIMIT ?`,
    ),
    grants: database.prepare(
      'SELECT "grant" FROM remembered WHERE expires_at IS NULL OR expires_at > ? ORDER BY seq DESC',
    ),
    forgetRepeats: database.prepare(
      `UPDATE question SET repeat_until = NULL WHERE repeat_until IS NOT NULL
         AND action_key = (SELECT action_key FROM remembered WHERE id = ?)`,
    ),
    revoke: database.prepare('DELETE FROM remembered WHERE id = ?'),
  } satisfies Record<string, StatementSync>;
}

/** Window functions would say it in one statement, and take 10 ms for a full history; this takes less than one. */
function purge(database: DatabaseSync): void {
  const total = database
    .prepare('SELECT count(*) AS questions, total(size) AS size FROM question WHERE answered_at IS NOT NULL')
    .get();
  let [questions, size] = [Number(total?.['questions']), Number(total?.['size'])];
  const surplus: number[] = [];
  const oldest = database.prepare(
    'SELECT seq, size FROM question WHERE answered_at IS NOT NULL ORDER BY answered_at, seq',
  );
  for (const row of oldest.iterate()) {
    if (questions <= MAX_QUESTIONS && size <= MAX_HISTORY_SIZE) break;
    surplus.push(Number(row['seq']));
    questions -= 1;
    size -= Number(row['size']);
  }
  const remove = database.prepare('DELETE FROM question WHERE seq = ?');
  for (const seq of surplus) remove.run(seq);
}

function transaction<T>(database: DatabaseSync, change: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = change();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
