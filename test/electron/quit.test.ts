import { describe, expect, test } from 'vitest';
import { arrangeQuit, type SetUpClient } from '../../electron/quit.ts';
import { app, fake } from '../support/fake-electron.ts';
import { freshElectron, turns } from './shell.ts';

freshElectron({ ready: true });

const claude = { client: 'claude', title: 'Claude Code' };
const git = { client: 'git', title: 'Git' };

function quitting(
  found: readonly SetUpClient[] | undefined | Error,
  problems: readonly string[] | Error = [],
  asksAlways = false,
) {
  const undone: (readonly SetUpClient[])[] = [];
  let ends = 0;
  const quit = arrangeQuit({
    asksAlways,
    clients: {
      list: () => (found instanceof Error ? Promise.reject(found) : Promise.resolve(found)),
      undo(clients) {
        undone.push(clients);
        return problems instanceof Error ? Promise.reject(problems) : Promise.resolve(problems);
      },
    },
    end: () => {
      ends++;
      return Promise.resolve();
    },
  });
  return { quit, undone, ends: () => ends };
}

async function quits(answer = 0): Promise<void> {
  fake.dialogAnswer = answer;
  app.quit();
  await turns();
}

test('nothing is set up: it ends in order, and asks nothing', async () => {
  const { ends } = quitting([]);
  await quits();
  expect([fake.dialogs, ends(), fake.exitCode]).toEqual([[], 1, 0]);
});

test('nothing is set up, and any process could have pressed Quit: it asks, and does nothing by default', async () => {
  const { ends } = quitting([], [], true);
  await quits(1);
  expect(fake.dialogs[0]?.options).toMatchObject({ message: 'Quit Scrim?', defaultId: 1, cancelId: 1 });
  expect(ends()).toBe(0);
  await quits(0);
  expect(ends()).toBe(1);
});

describe('clients are set up', () => {
  test('the dialog names them, says what becomes of them, and does nothing by default', async () => {
    quitting([claude, git]);
    await quits(2);
    expect(fake.dialogs[0]?.options).toMatchObject({
      message: 'Quit Scrim?',
      detail: 'These go through Scrim, and get no answer without it: Claude Code, Git.',
      buttons: ['Undo set-up and quit', 'Keep set-up and quit', 'Cancel'],
      defaultId: 2,
      cancelId: 2,
    });
  });

  test('undo and quit', async () => {
    const { undone, ends } = quitting([claude, git]);
    await quits(0);
    expect([undone, ends(), fake.exitCode]).toEqual([[[claude, git]], 1, 0]);
  });

  test('keep and quit', async () => {
    const { undone, ends } = quitting([claude]);
    await quits(1);
    expect([undone, ends(), fake.exitCode]).toEqual([[], 1, 0]);
  });

  test('cancel: it goes on, and can be asked again', async () => {
    const { ends } = quitting([claude]);
    await quits(2);
    expect([ends(), fake.exitCode]).toEqual([0, undefined]);
    await quits(1);
    expect([ends(), fake.exitCode]).toEqual([1, 0]);
  });

  test('what could not be undone is said before it is too late', async () => {
    const { ends } = quitting([claude], ['Claude Code: its settings file is not writable.']);
    fake.dialogAnswer = 0;
    app.quit();
    await turns();
    expect(fake.dialogs[1]?.options).toMatchObject({
      message: 'Not everything was undone',
      detail: 'Claude Code: its settings file is not writable.',
      cancelId: 1,
    });
    expect(ends()).toBe(1);
  });

  test('a core that dies while it undoes', async () => {
    const { undone } = quitting([claude], new Error('gone'));
    await quits(0);
    expect(undone).toHaveLength(1);
    expect(fake.dialogs[1]?.options.detail).toContain('before it had undone everything');
  });
});

test.each([undefined, new Error('gone')])('the core does not run (%s): it warns, with the way out', async (found) => {
  const { ends } = quitting(found);
  await quits(1);
  expect(fake.dialogs[0]?.options.detail).toContain('scrim setup --undo');
  expect(ends()).toBe(0);
  await quits(0);
  expect([ends(), fake.exitCode]).toEqual([1, 0]);
});

test('asked twice at once, it asks once', async () => {
  quitting([claude]);
  fake.dialogAnswer = 2;
  app.quit();
  app.quit();
  await turns();
  expect(fake.dialogs).toHaveLength(1);
});

test('the machine ends, or a signal comes: nobody is asked, set-up stays, everything ends once', async () => {
  const { quit, undone, ends } = quitting([claude]);
  quit.withoutAsking();
  quit.withoutAsking();
  await turns();
  expect([fake.dialogs, undone, ends(), fake.exitCode]).toEqual([[], [], 1, 0]);
});

test('a signal while the dialog stands does not wait for it', async () => {
  const { quit, ends } = quitting([claude]);
  fake.dialogAnswer = 2;
  app.quit();
  quit.withoutAsking();
  await turns();
  expect([ends(), fake.exitCode]).toEqual([1, 0]);
});
