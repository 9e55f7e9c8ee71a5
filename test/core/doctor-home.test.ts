// The folder, the disk, the policy, the log; certificates and the clock; the keychain.

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openAuthority } from '../../src/certificates/authority.ts';
import { createFileStore } from '../../src/keychain/file-store.ts';
import { missingSession, startDesktopSession } from '../keychain/desktop-session.ts';
import { missingProgram } from '../support/programs.ts';
import { cleanEnvironment, cliPath, jsonLines } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { newPatient, type Line, type Patient } from './doctor-patient.ts';

let patient: Patient;
beforeEach(() => (patient = newPatient()));
afterEach(() => patient[Symbol.dispose]());

describe('the data folder', () => {
  test('open to others: the fix closes it', async () => {
    mkdirSync(patient.dataDir);
    chmodSync(patient.dataDir, 0o750);
    const { of } = await patient.examine();
    expect(of('data folder')).toMatchObject({ status: 'problem', fix: `chmod -R go-rwx ${patient.dataDir}` });
    spawnSync('chmod', ['-R', 'go-rwx', patient.dataDir]);
    expect((await patient.examine()).of('data folder')).toMatchObject({ status: 'ok' });
  });

  test('a secret that others may read, below a folder that they may not enter', async () => {
    await patient.scrim(['ca', 'path']);
    const secrets = join(patient.dataDir, 'secrets');
    const [first = ''] = readdirSync(secrets);
    chmodSync(join(secrets, first), 0o644);
    const { of } = await patient.examine();
    expect(of('data folder')).toMatchObject({ status: 'problem', why: expect.stringContaining(first) as string });
    expect(of('authority')?.status).not.toBe('ok');
  });

  test('a file in its place: a sentence, and no check falls over', async () => {
    writeFileSync(patient.dataDir, '');
    const { of, lines } = await patient.examine();
    expect(of('data folder')).toMatchObject({
      status: 'problem',
      why: expect.stringMatching(/^Make .* a folder/) as string,
    });
    expect(of('log')).toMatchObject({ status: 'not-checked' });
    expect(of('shell')).toBeDefined();
    for (const { why } of lines) expect(why).not.toMatch(/\bat \S+:\d+:\d+|Error:/);
  });

  const mounted = (options: string) =>
    `mkdir -p "$DATA" && mount -t tmpfs -o ${options} tmpfs "$DATA" && exec "$NODE" "$CLI" doctor --json --data-dir "$DATA"`;
  const noMount = missingProgram('unshare', '-m', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt');

  test.skipIf(noMount !== undefined).each([
    ['full', 'size=1m,mode=700', 'disk space', /Only \d+ MB are free/],
    ['read-only', 'ro,mode=700', 'data folder', /You may not write/],
  ])('a %s disk', (_title, options, check, why) => {
    const { stdout } = spawnSync('unshare', ['-m', 'sh', '-c', mounted(options)], {
      env: cleanEnvironment({ ...patient.env, DATA: patient.dataDir, NODE: process.execPath, CLI: cliPath }),
      encoding: 'utf8',
    });
    const line = jsonLines<Line>(stdout).find((each) => each.check === check);
    expect(line).toMatchObject({ status: 'problem', why: expect.stringMatching(why) as string });
  });
});

test('a broken policy: line, column, and the editor', async () => {
  writeFileSync(patient.policyFile, 'version: 1\nintercept: 3\n');
  const { of } = await patient.examine({ EDITOR: 'nano -w' });
  expect(of('policy')).toMatchObject({ status: 'problem', fix: `nano -w ${patient.policyFile}` });
  expect(of('policy')?.why).toContain(`${patient.policyFile}:2:12: `);
  rmSync(patient.policyFile);
  expect((await patient.examine()).of('policy')).toMatchObject({ status: 'ok' });
});

test('a damaged log: the fix moves it away', async () => {
  const folder = join(patient.dataDir, 'sessions');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(patient.dataDir, 0o700);
  const file = join(folder, 'log.db');
  writeFileSync(file, 'this is no database, and never was one. '.repeat(200), { mode: 0o600 });
  const { of } = await patient.examine();
  expect(of('log')).toMatchObject({ status: 'problem', fix: `mv ${file} ${file}.damaged` });
});

describe('the authority', () => {
  const day = 86_400_000;
  const made = (now: number) =>
    openAuthority({
      folder: join(patient.dataDir, 'certificates'),
      secrets: createFileStore(join(patient.dataDir, 'secrets')),
      clock: { now: () => now },
      wellKnown: ['openai.com'],
      user: 'ann@laptop',
    });

  test('none yet: the command that makes one', async () => {
    const { of } = await patient.examine();
    expect(of('authority')).toMatchObject({
      status: 'not-checked',
      fix: expect.stringMatching(/^scrim ca path /) as string,
    });
    expect(existsSync(join(patient.dataDir, 'certificates'))).toBe(false);
  });

  test('without its key', async () => {
    await made(Date.now());
    rmSync(join(patient.dataDir, 'secrets'), { recursive: true });
    const { of } = await patient.examine();
    expect(of('authority')).toMatchObject({
      status: 'problem',
      fix: `rm ${join(patient.dataDir, 'certificates', 'known-providers.pem')}`,
    });
  });

  test('ended, and nearly so', async () => {
    await made(Date.now() - 3_651 * day);
    expect((await patient.examine()).of('authority')).toMatchObject({
      status: 'problem',
      why: expect.stringContaining('ended on') as string,
      fix: expect.stringMatching(/^scrim ca rotate --now /) as string,
    });
    rmSync(patient.dataDir, { recursive: true });
    await made(Date.now() - 3_640 * day);
    expect((await patient.examine()).of('authority')).toMatchObject({
      status: 'problem',
      why: expect.stringContaining('ends on') as string,
      fix: expect.stringMatching(/^scrim ca rotate (?!--now)/) as string,
    });
  });

  test('a clock that says it was before', async () => {
    await made(Date.now() + 10 * day);
    expect((await patient.examine()).of('clock')).toMatchObject({ status: 'problem' });
  });

  test('a ca.pem that is not what signs', async () => {
    await made(Date.now());
    writeFileSync(join(patient.dataDir, 'certificates', 'ca.pem'), '');
    const { of } = await patient.examine();
    expect(of('authority')).toMatchObject({ status: 'problem', why: expect.stringContaining('ca.pem') as string });
    await patient.scrim(['ca', 'path']);
    expect((await patient.examine()).of('authority')).toMatchObject({ status: 'ok' });
  });

  const noCertutil = missingProgram('sh', '-c', 'command -v certutil');
  test.skipIf(noCertutil !== undefined)("Chromium's store: not needed, trusted, and an old one", async () => {
    await made(Date.now());
    const folder = join(patient.home, '.pki', 'nssdb');
    mkdirSync(folder, { recursive: true });
    expect((await patient.examine()).of('trust nss')).toMatchObject({ status: 'not-checked' });
    const certificate = join(patient.dataDir, 'certificates', 'known-providers.pem');
    const certutil = (...args: string[]) => spawnSync('certutil', [...args, '-d', `sql:${folder}`]);
    certutil('-N', '--empty-password');
    certutil('-A', '-t', 'C,,', '-n', 'Scrim CA (ann@laptop)', '-i', certificate);
    expect((await patient.examine()).of('trust nss')).toMatchObject({ status: 'ok' });
    rmSync(patient.dataDir, { recursive: true });
    await made(Date.now());
    expect((await patient.examine()).of('trust nss')).toMatchObject({
      status: 'problem',
      fix: expect.stringMatching(/^scrim ca install /) as string,
    });
  });
});

describe('the keychain', () => {
  test.skipIf(process.platform !== 'linux')('none: not wrong, and the other way is named', async () => {
    const { of } = await patient.examine({ SCRIM_KEYS: 'auto' });
    expect(of('keychain')).toMatchObject({
      status: 'not-checked',
      why: expect.stringContaining('no D-Bus session') as string,
      fix: expect.stringMatching(/^scrim keys list --keys file /) as string,
    });
  });

  test.skipIf(process.platform !== 'linux')('none, where the keys once lay in one', async () => {
    const folder = join(patient.dataDir, 'secrets');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, 'in-keychain'), '', { mode: 0o600 });
    expect((await patient.examine({ SCRIM_KEYS: 'auto' })).of('keychain')).toMatchObject({ status: 'problem' });
  });

  test('an encrypted file is not opened unasked', async () => {
    expect((await patient.examine({ SCRIM_KEYS: 'file' })).of('keychain')).toMatchObject({
      status: 'not-checked',
      why: expect.stringContaining('--keys-passphrase-fd') as string,
    });
  });

  test.skipIf(missingSession !== undefined)('unlocked, holding a key; then locked', async () => {
    const session = await startDesktopSession();
    try {
      await session.startKeyring();
      const env = { ...session.env, HOME: patient.home, SCRIM_KEYS: 'auto' };
      const key = makeSecret('anthropic', 'doctor');
      patient.write('.bashrc', `export ANTHROPIC_API_KEY=${key}\n`);
      const before = await patient.examine(env);
      expect(before.of('keychain')).toMatchObject({ status: 'ok' });
      expect(before.of('exposed key anthropic')?.fix).toMatch(/^scrim keys set anthropic --data-dir/);

      await session.lock();
      const { of } = await patient.examine(env);
      expect(of('keychain')).toMatchObject({ status: 'problem', why: expect.stringContaining('locked') as string });
      expect(of('proxy')).toBeDefined();
    } finally {
      await session.end();
    }
  });
});
