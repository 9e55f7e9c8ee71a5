// Each check by itself: late, thrown, and never with somebody else's words.

import { expect, test } from 'vitest';
import { fixBy, ok, runCheck } from '../../src/core/doctor/check.ts';
import { SettingsError } from '../../src/settings/settings-error.ts';
import { makeSecret } from '../support/secrets.ts';

const failing = (error: unknown) => ({
  name: 'it',
  run: async (): Promise<never> => {
    await Promise.resolve();
    throw error;
  },
});

test('what a check answers is passed on', async () => {
  const answers = [ok('one', 'Fine.'), ok('two', 'Fine too.')];
  expect(await runCheck({ name: 'it', run: () => Promise.resolve(answers) }, undefined)).toEqual(answers);
});

test('a check that never ends is not checked', async () => {
  const [result] = await runCheck({ name: 'it', limit: 20, run: () => new Promise(() => undefined) }, undefined);
  expect(result).toEqual({ check: 'it', status: 'not-checked', why: 'There was no answer within 0.02 seconds.' });
});

test('a sentence of ours is the reason; anything else is not repeated', async () => {
  const secret = makeSecret('openai-project');
  const [ours] = await runCheck(failing(new SettingsError('unreadable', 'Make it readable.')), undefined);
  expect(ours).toEqual({ check: 'it', status: 'not-checked', why: 'Make it readable.' });
  for (const error of [new SyntaxError(`Unexpected token ${secret}`), secret, undefined]) {
    const [result] = await runCheck(failing(error), undefined);
    expect(result?.status).toBe('not-checked');
    expect(result?.why).not.toContain(secret);
  }
  const system = Object.assign(new Error(`EACCES: '${secret}'`), { code: 'EACCES' });
  const [refused] = await runCheck(failing(system), undefined);
  expect(refused?.why).toBe('The system refused this look (EACCES).');
});

test('one that throws at once is no different', async () => {
  const check = {
    name: 'it',
    run: (): never => {
      throw new TypeError('x');
    },
  };
  expect(await runCheck(check, undefined)).toMatchObject([{ status: 'not-checked' }]);
});

test('a command is shown as a shell would take it', () => {
  expect(fixBy('run', 'rm', '-f', "/home/o'neil/a file").line).toBe(`rm -f '/home/o'\\''neil/a file'`);
});
