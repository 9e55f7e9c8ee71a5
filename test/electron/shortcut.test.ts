import { expect, test } from 'vitest';
import { newestQuestionKeys, registerShortcut } from '../../electron/shortcut.ts';
import { noUpdates } from '../../electron/update.ts';
import { fake, resetFake } from '../support/fake-electron.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: true });

test('the keys show the newest question', () => {
  let shown = 0;
  expect(registerShortcut(() => shown++)).toBe(true);
  fake.shortcuts.get(newestQuestionKeys)?.();
  expect(shown).toBe(1);
});

test('keys that another program holds are told of, not fought for', () => {
  fake.takenShortcuts.add(newestQuestionKeys);
  expect(registerShortcut(() => undefined)).toBe(false);
});

test('a system that lets nobody have them (Wayland without a portal) is the same', () => {
  resetFake();
  expect(registerShortcut(() => undefined)).toBe(false);
});

test('updates are off: nothing is asked anywhere', async () => {
  expect(await noUpdates.check()).toEqual({ kind: 'off' });
});
