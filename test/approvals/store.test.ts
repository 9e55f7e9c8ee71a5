// The store when the disk or the file says no: a real file that a second connection breaks and mends.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openApprovals } from '../../src/approvals/approvals.ts';
import { asMasked } from '../../src/base/text.ts';
import { delivered, given, manualClock, newFolder, openedApprovals } from './questions.ts';

function breaker(folder: string): { break(): void; mend(): void; execute(sql: string): void } {
  const database = new DatabaseSync(join(folder, 'approvals.db'));
  onTestFinished(() => database.close());
  return {
    // Every write fails, every look still works: what a full disk does.
    break: () =>
      database.exec(
        `CREATE TRIGGER full_i BEFORE INSERT ON question BEGIN SELECT RAISE(ABORT, 'disk full'); END;
         CREATE TRIGGER full_u BEFORE UPDATE ON question BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
      ),
    mend: () => database.exec('DROP TRIGGER full_i; DROP TRIGGER full_u'),
    execute: (sql) => database.exec(sql),
  };
}

test('what cannot be recorded is denied at once, with one failure event, and recorded when the store is back', async () => {
  const { approvals, ask, folder, failures, clock } = openedApprovals();
  const disk = breaker(folder);
  disk.break();
  const denied = [ask(), ask(), ask()];
  await delivered();
  for (const { answers } of denied) expect(answers).toMatchObject([{ verdict: 'deny', by: 'refused' }]);
  expect(approvals.open()).toEqual([]);
  expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('free space')]);
  expect(approvals.question(denied[0]!.id)).toMatchObject({ answer: { by: 'refused' } });
  expect(approvals.history(2)).toHaveLength(2);

  disk.mend();
  clock.advance(1);
  const next = ask();
  expect(approvals.open()).toHaveLength(1);
  next.withdraw();
  const { approvals: reader } = openedApprovals({ folder });
  expect(reader.history(10).map(({ answer }) => answer.by)).toEqual(['lost', 'refused', 'refused', 'refused']);

  disk.break();
  ask();
  expect(failures).toHaveLength(2);
});

test('an allow that cannot be recorded is a deny, and the person is told that it did not count', async () => {
  const { approvals, ask, folder } = openedApprovals();
  const { id, answers } = ask();
  breaker(folder).break();
  expect(approvals.answer(id, given({ scope: { kind: 'always' } }))).toBe('too-late');
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'refused' }]);
  expect(approvals.grants()).toEqual([]);
  expect(approvals.question(id)).toMatchObject({ answer: { by: 'refused' } });
});

test('a deny that cannot be recorded is a deny; so is the deadline that would allow', async () => {
  const { approvals, ask, folder, clock } = openedApprovals();
  const [person, deadline] = [ask(), ask({ onTimeout: 'allow' })];
  breaker(folder).break();
  expect(approvals.answer(person.id, given({ verdict: 'deny' }))).toBe('taken');
  clock.advance(60_000);
  await delivered();
  expect(person.answers).toMatchObject([{ verdict: 'deny', by: 'terminal' }]);
  expect(deadline.answers).toMatchObject([{ verdict: 'deny', by: 'refused' }]);
});

test('a grant that cannot be written down as used allows nothing', async () => {
  const { approvals, ask, folder } = openedApprovals();
  approvals.answer(ask().id, given({ scope: { kind: 'always' } }));
  breaker(folder).break();
  const { answers } = ask();
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'refused' }]);
});

test('a question that another process has closed as lost cannot be allowed any more', async () => {
  const { approvals, ask, folder } = openedApprovals();
  const { id, answers } = ask();
  breaker(folder).execute(
    `UPDATE question SET answered_at = 1,
       answer = '{"verdict":"deny","by":"lost","scope":{"kind":"once"},"note":null,"at":1}'`,
  );
  expect(approvals.answer(id, given())).toBe('too-late');
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'refused' }]);
  expect(approvals.question(id)).toMatchObject({ answer: { verdict: 'deny', by: 'lost' } });
});

test('grants that have expired are removed from the file, and so is the oldest of more than 10,000', () => {
  const { approvals, ask, folder, clock } = openedApprovals();
  const database = new DatabaseSync(join(folder, 'approvals.db'));
  onTestFinished(() => database.close());
  const inFile = () => database.prepare('SELECT count(*) AS n FROM remembered').get()!['n'];
  approvals.answer(ask({ actionKey: 'a' }).id, given({ scope: { kind: 'minutes', minutes: 1 } }));
  clock.advance(60_000);
  approvals.answer(ask({ actionKey: 'b' }).id, given({ scope: { kind: 'always' } }));
  expect(inFile()).toBe(1);
  database.exec(
    `INSERT INTO remembered (id, action_key, kind, session, "grant")
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       SELECT 'g' || i, 'other ' || i, kind, session, "grant" FROM n, remembered`,
  );
  approvals.answer(ask({ actionKey: 'c' }).id, given({ scope: { kind: 'always' } }));
  expect(inFile()).toBe(10_000);
  ask({ actionKey: 'b' });
  expect(approvals.open()).toHaveLength(1);
});

/** Copies the one question of the store, each copy a millisecond older than the one before it. */
const copies = (count: number, size: string) =>
  `INSERT INTO question (id, writer, action_key, answered_at, size, question, answer)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
     SELECT 'copy ' || i, writer, action_key, answered_at - i, ${size}, question, answer FROM n, question`;

test('history holds the newest 10,000 questions, looked at when the store is opened', () => {
  const { approvals, ask, folder } = openedApprovals();
  const newest = ask();
  newest.withdraw();
  breaker(folder).execute(copies(10_050, 'size'));
  expect(approvals.history(20_000)).toHaveLength(10_000);
  expect(approvals.question('copy 10050')).toBeDefined();
  const again = openedApprovals({ folder }).approvals;
  expect(again.history(20_000)).toHaveLength(10_000);
  expect(again.history(1)[0]?.question.id).toBe(newest.id);
  expect(again.question('copy 9999')).toBeDefined();
  expect(again.question('copy 10000')).toBeUndefined();
});

test('history holds 64 Mi characters, looked at with every 128th outcome', () => {
  const { approvals, ask, folder, clock } = openedApprovals();
  ask().withdraw();
  breaker(folder).execute(copies(20, '4 * 1024 * 1024'));
  for (let i = 1; i < 127; i++) ask().withdraw();
  expect(approvals.history(1_000)).toHaveLength(127 + 20);
  clock.advance(1);
  ask().withdraw();
  expect(approvals.history(1_000)).toHaveLength(128 + 15);
  expect(approvals.question('copy 15')).toBeDefined();
  expect(approvals.question('copy 16')).toBeUndefined();
});

test('a store that cannot be read denies; lists and revoking say so', async () => {
  const { approvals, ask, folder, failures } = openedApprovals();
  breaker(folder).execute('DROP TABLE remembered; DROP TABLE question');
  const { id, answers } = ask();
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'refused' }]);
  expect(approvals.question(id)).toMatchObject({ answer: { by: 'refused' } });
  expect(failures).toHaveLength(1);
  const failed = expect.objectContaining({ code: 'store-failed' }) as Error;
  expect(() => approvals.grants()).toThrow(failed);
  expect(() => approvals.revoke('g-222222')).toThrow(failed);
  expect(() => approvals.history(1)).toThrow(failed);
});

test.each([
  ['damaged', 'not a database, and longer than the header of one. '.repeat(10)],
  ['damaged', otherDatabase()],
  ['newer-version', newerStore()],
])('a file that is %s is refused and left as it is', (code, content) => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'approvals.db');
  writeFileSync(file, content);
  const before = readFileSync(file);
  const open = () => openApprovals({ folder, clock: manualClock(), maskNote: asMasked, onFailure: () => undefined });
  expect(open).toThrow(expect.objectContaining({ code }) as Error);
  expect(readFileSync(file)).toEqual(before);
});

function otherDatabase(): Buffer {
  return databaseFile('CREATE TABLE other (a)');
}

function newerStore(): Buffer {
  // "Scrq", as written by our own schema.
  return databaseFile('CREATE TABLE question (a); PRAGMA application_id = 0x53637271; PRAGMA user_version = 99');
}

function databaseFile(sql: string): Buffer {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec(sql);
    return Buffer.from(database.serialize());
  } finally {
    database.close();
  }
}
