// The guide's place in the data folder: kept, resumed within a day, and never in the way again once it is done.

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGuideProgress } from '../../src/core/guide-state.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const day = 24 * 3_600_000;
let folder: ReturnType<typeof temporaryFolder>;
let now = 0;
const guide = (isUntouched = true) =>
  openGuideProgress(folder.path, { now: () => now }, () => Promise.resolve(isUntouched));

beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(folder.path, { recursive: true });
  now = 1_000;
});
afterEach(() => folder.remove());

test('it opens where nothing was done yet, and nowhere else', async () => {
  expect(await guide().state()).toEqual({ opens: true, step: 'certificate', isDone: false });
  expect((await guide(false).state()).opens).toBe(false);
});

test('a step is kept, for this user alone, and opened again within a day', async () => {
  await guide().goTo('key');
  expect(await guide(false).state()).toEqual({ opens: true, step: 'key', isDone: false });
  if (process.platform !== 'win32') expect(statSync(join(folder.path, 'guide.json')).mode & 0o777).toBe(0o600);
  now += day;
  expect((await guide().state()).opens).toBe(false);
});

test('done is done, also after another look at a step', async () => {
  await guide().done();
  expect((await guide().goTo('clients')).opens).toBe(false);
  expect((await guide().state()).opens).toBe(false);
});

test('steps that come at once end with the last one', async () => {
  const one = guide();
  await Promise.all([one.goTo('clients'), one.goTo('key'), one.goTo('demonstration'), one.goTo('clients')]);
  expect(JSON.parse(readFileSync(join(folder.path, 'guide.json'), 'utf8'))).toMatchObject({ step: 'clients' });
});

test.each(['', '{', '{"version":2}', 'null'])('a file that says %o is as none', async (text) => {
  writeFileSync(join(folder.path, 'guide.json'), text);
  expect((await guide().state()).step).toBe('certificate');
});
