import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locations } from '../../src/settings/locations.ts';

let folder: string;
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scrim-locations-'));
  // env-paths reads the process's environment; nothing of the real home may be touched here.
  process.env['XDG_DATA_HOME'] = join(folder, 'share');
  process.env['XDG_CONFIG_HOME'] = join(folder, 'config');
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

const onLinux = process.platform === 'linux';

test.skipIf(!onLinux)('by default in the system’s places, which are made 0700', () => {
  const places = locations({ env: {} });
  expect(places.dataFolder).toBe(join(folder, 'share', 'scrim'));
  expect(places.policyFile).toBe(join(folder, 'config', 'scrim', 'policy.yaml'));
  for (const made of [places.dataFolder, join(folder, 'config', 'scrim')]) {
    expect(statSync(made).mode & 0o777).toBe(0o700);
  }
});

test('the option wins over SCRIM_DATA_DIR, which wins over the default; the policy stays where it is', () => {
  const env = { SCRIM_DATA_DIR: join(folder, 'from-env') };
  expect(locations({ env }).dataFolder).toBe(join(folder, 'from-env'));
  const places = locations({ env, dataDir: join(folder, 'given') });
  expect(places.dataFolder).toBe(join(folder, 'given'));
  expect(places.instanceFile).toBe(join(folder, 'given', 'instance.json'));
  expect(places.certificatesFolder.startsWith(places.dataFolder)).toBe(true);
  expect(places.secretsFolder.startsWith(places.dataFolder)).toBe(true);
  expect(places.policyFile).toBe(locations({ env: { SCRIM_DATA_DIR: '' } }).policyFile);
});

test('a named policy file is made absolute, and its folder is not made', () => {
  const places = locations({ env: {}, dataDir: folder, policyFile: join(folder, 'nowhere', 'p.yaml') });
  expect(places.policyFile).toBe(join(folder, 'nowhere', 'p.yaml'));
  expect(() => statSync(join(folder, 'nowhere'))).toThrow();
});

test('a data folder that cannot be made is a sentence', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => locations({ env: {}, dataDir: join(folder, 'file') })).toThrow(
    expect.objectContaining({ name: 'SettingsError', code: 'unwritable' }),
  );
});
