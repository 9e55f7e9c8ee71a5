// Real processes on one folder, killed while a question is open.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { given, newFolder, openedApprovals } from './questions.ts';

const askingProgram = fileURLToPath(new URL('asking-process.ts', import.meta.url));

async function startAsking(folder: string): Promise<{ child: ChildProcess; id: string }> {
  const child = spawn(process.execPath, [askingProgram, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [printed] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { child, id: printed.trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

test('kill -9 while a question is open: the next start closes it as lost, and the repeat is asked again', async () => {
  const folder = newFolder();
  const { child, id } = await startAsking(folder);
  await kill(child);

  const { approvals, ask, clock } = openedApprovals({ folder });
  const lost = { verdict: 'deny', by: 'lost', scope: { kind: 'once' }, note: null, at: clock.now() };
  expect(approvals.question(id)).toMatchObject({ question: { action: 'theirs', program: 'codex' }, answer: lost });
  expect(approvals.history(10)).toHaveLength(1);
  expect(approvals.open()).toEqual([]);
  expect(approvals.answer(id, given())).toBe('too-late');
  ask({ actionKey: 'theirs', requestKey: 'r' });
  expect(approvals.open()).toHaveLength(1);
  expect(readdirSync(folder).filter((file) => file.endsWith('.claim'))).toHaveLength(1);
});

test('a question of another process that lives stays open; only when that is gone the next start closes it', async () => {
  const folder = newFolder();
  const { child, id } = await startAsking(folder);
  const beside = openedApprovals({ folder });
  expect(beside.approvals.question(id)).toMatchObject({ id, action: 'theirs' });
  expect(beside.approvals.answer(id, given())).toBe('unknown');
  const ours = beside.ask();
  await kill(child);

  const third = openedApprovals({ folder });
  expect(third.approvals.question(id)).toMatchObject({ answer: { by: 'lost' } });
  expect(third.approvals.question(ours.id)).toMatchObject({ id: ours.id });
  expect(beside.approvals.answer(ours.id, given({ scope: { kind: 'always' } }))).toBe('taken');
  // What one process was told holds in the other.
  expect(third.approvals.grants()).toMatchObject([{ action: 'rm -rf build' }]);
});

test('two processes ask about one action: the last answer is the grant', () => {
  const folder = newFolder();
  const [one, other] = [openedApprovals({ folder }), openedApprovals({ folder })];
  const [first, second] = [one.ask(), other.ask()];
  one.approvals.answer(first.id, given({ scope: { kind: 'always' } }));
  other.approvals.answer(second.id, given({ verdict: 'deny', scope: { kind: 'always' } }));
  expect(one.approvals.grants()).toMatchObject([{ verdict: 'deny' }]);
});

test('what a process that was killed between questions left behind is removed', () => {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, 'of-the-dead.claim'), '');
  const { approvals } = openedApprovals({ folder });
  const claims = readdirSync(folder).filter((file) => file.endsWith('.claim'));
  expect(claims).toHaveLength(1);
  expect(claims).not.toContain('of-the-dead.claim');
  expect(approvals.open()).toEqual([]);
});

test('several first starts at once', async () => {
  const folder = newFolder();
  const asking = await Promise.all([1, 2, 3].map(() => startAsking(folder)));
  await Promise.all(asking.map(({ child }) => kill(child)));
  const { approvals } = openedApprovals({ folder });
  expect(
    approvals
      .history(10)
      .map(({ question }) => question.id)
      .sort(),
  ).toEqual(asking.map(({ id }) => id).sort());
});
