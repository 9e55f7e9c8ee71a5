import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { createPolicyFile, initPolicy, type PolicyFile, type PolicyReading } from '../../src/settings/policy-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scrim-policy-'));
  path = join(folder, 'policy.yaml');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A followed file whose readings can be awaited one by one. */
async function followed(
  file = path,
): Promise<{ policyFile: PolicyFile; next: () => Promise<PolicyReading>; seen: () => number } & Disposable> {
  const readings: PolicyReading[] = [];
  const waiting: ((reading: PolicyReading) => void)[] = [];
  let seen = 0;
  const policyFile = await createPolicyFile({
    path: file,
    onChange(reading) {
      seen += 1;
      const first = waiting.shift();
      if (first === undefined) readings.push(reading);
      else first(reading);
    },
  });
  return {
    policyFile,
    seen: () => seen,
    next: () =>
      new Promise((resolve) => {
        const reading = readings.shift();
        if (reading === undefined) waiting.push(resolve);
        else resolve(reading);
      }),
    [Symbol.dispose]: () => policyFile[Symbol.dispose](),
  };
}

describe('the first reading', () => {
  test('a file that does not exist is the built-in policy', async () => {
    using file = await followed();
    expect(file.policyFile.policy).toEqual(parsePolicy('').policy);
    expect(file.policyFile.problems).toEqual([]);
  });

  test('a valid file counts, without a call', async () => {
    await writeFile(path, 'mode: observe');
    using file = await followed();
    expect(file.policyFile.policy.mode).toBe('observe');
    expect(file.seen()).toBe(0);
  });

  test('an invalid file leaves the built-in policy, and says why', async () => {
    await writeFile(path, 'mode: observe\nmodus: x\n');
    using file = await followed();
    expect(file.policyFile.policy.mode).toBe('enforce');
    expect(file.policyFile.problems).toMatchObject([{ line: 2, column: 1 }]);
  });

  test('a file that cannot be read is a problem', async () => {
    await mkdir(path);
    using file = await followed();
    expect(file.policyFile.problems).toMatchObject([
      { line: 1, message: expect.stringContaining('that you may read') as string },
    ]);
  });
});

describe('a change is seen', () => {
  test('when the file is written in place', async () => {
    await writeFile(path, 'mode: enforce');
    using file = await followed();
    await writeFile(path, 'mode: observe');
    expect((await file.next()).policy?.mode).toBe('observe');
    expect(file.policyFile.policy.mode).toBe('observe');
  });

  test('when another file is renamed over it, as editors do', async () => {
    await writeFile(path, 'mode: enforce');
    using file = await followed();
    await writeFile(`${path}.new`, 'requests: mask');
    await rename(`${path}.new`, path);
    expect((await file.next()).policy?.requests).toBe('mask');
  });

  test('when the file appears, in a folder that did not exist, and when it goes', async () => {
    const late = join(folder, 'a', 'b', 'policy.yaml');
    using file = await followed(late);
    await writeFile(late, 'mode: observe');
    expect((await file.next()).policy?.mode).toBe('observe');
    await rm(late);
    expect((await file.next()).policy?.mode).toBe('enforce');
  });

  test.skipIf(process.platform === 'win32')('when the file is a link and its target changes', async () => {
    await mkdir(join(folder, 'dotfiles'));
    const target = join(folder, 'dotfiles', 'scrim.yaml');
    await writeFile(target, 'mode: enforce');
    await symlink(target, path);
    using file = await followed();
    await writeFile(target, 'mode: observe');
    expect((await file.next()).policy?.mode).toBe('observe');
  });

  test('an invalid text keeps the old policy; the next valid one counts', async () => {
    await writeFile(path, 'mode: observe');
    using file = await followed();
    await writeFile(path, 'mode: [');
    const reading = await file.next();
    expect(reading.policy).toBeUndefined();
    expect(reading.problems?.[0]?.line).toBe(1);
    expect(file.policyFile.policy.mode).toBe('observe');
    expect(file.policyFile.problems).toEqual(reading.problems);
    await writeFile(path, 'requests: block');
    expect((await file.next()).policy).toMatchObject({ mode: 'enforce', requests: 'block' });
    expect(file.policyFile.problems).toEqual([]);
  });

  test('once for many writes in a row, and not for the same text', async () => {
    await writeFile(path, 'mode: enforce');
    using file = await followed();
    for (const mode of ['observe', 'enforce', 'observe']) await writeFile(path, `mode: ${mode}`);
    expect((await file.next()).policy?.mode).toBe('observe');
    expect(await file.policyFile.reload()).toBe(false);
    expect(file.seen()).toBe(1);
  });
});

test('after disposal nothing is called any more', async () => {
  const file = await followed();
  file[Symbol.dispose]();
  await writeFile(path, 'mode: observe');
  expect(await file.policyFile.reload()).toBe(false);
  expect(file.seen()).toBe(0);
});

test('without watching, the policy changes with reload only', async () => {
  let calls = 0;
  using file = await createPolicyFile({ path, watch: false, onChange: () => (calls += 1) });
  await writeFile(path, 'mode: observe');
  expect(await file.reload()).toBe(true);
  expect(file.policy.mode).toBe('observe');
  expect(calls).toBe(1);
});

test('the masking engine’s word on a rule reaches the problems', async () => {
  await writeFile(path, 'masking: { rules: [{ id: a, regex: "x" }] }');
  using file = await createPolicyFile({
    path,
    watch: false,
    onChange: () => undefined,
    checkRule: () => ({ message: 'No.' }),
  });
  expect(file.problems).toMatchObject([{ message: 'No.' }]);
});

describe('initPolicy', () => {
  test('writes the commented default, in a folder it makes', async () => {
    const fresh = join(folder, 'new', 'policy.yaml');
    await initPolicy(fresh);
    expect(await readFile(fresh, 'utf8')).toMatch(/^# Scrim policy/);
    if (process.platform !== 'win32') expect((await stat(fresh)).mode & 0o777).toBe(0o600);
  });

  test('never overwrites', async () => {
    await writeFile(path, 'mine');
    await expect(initPolicy(path)).rejects.toMatchObject({ name: 'SettingsError', code: 'exists' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  test('a folder that cannot be made is a sentence', async () => {
    await writeFile(path, '');
    await expect(initPolicy(join(path, 'below', 'policy.yaml'))).rejects.toMatchObject({ code: 'unwritable' });
  });
});
