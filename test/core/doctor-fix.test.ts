// What --fix runs: the printed command, and nothing that only a person can do.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyFix } from '../../src/core/doctor/apply-fix.ts';
import { fixBy, fixInShell, type Fix } from '../../src/core/doctor/check.ts';
import { cleanEnvironment, cliPath } from '../support/scrim.ts';
import { newPatient, type Patient } from './doctor-patient.ts';

function apply(patient: Patient, fix: Fix): Promise<boolean> {
  const { dataDir, policyFile, env } = patient;
  const common = { dataDir, policy: policyFile, env: { ...cleanEnvironment(), ...env } };
  return applyFix(fix, { common, self: [process.execPath, cliPath] });
}

function start({ dataDir, policyFile }: Patient): Fix {
  const anyPort = ['--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0'];
  return fixBy('start', 'scrim', 'serve', ...anyPort, '--data-dir', dataDir, '--policy', policyFile);
}

test('a start goes on running after us, and is there when it says so', async () => {
  using patient = newPatient();
  expect(await apply(patient, start(patient))).toBe(true);
  expect((await patient.examine()).of('proxy')).toMatchObject({ status: 'ok' });
  expect((await patient.scrim(['stop'])).code).toBe(0);
});

test('a start that fails is told', async () => {
  using patient = newPatient();
  writeFileSync(patient.policyFile, 'version: 1\nnonsense: true\n');
  expect(await apply(patient, start(patient))).toBe(false);
});

test('a command that fails or is not there', async () => {
  using patient = newPatient();
  expect(await apply(patient, fixBy('run', 'false'))).toBe(false);
  expect(await apply(patient, fixBy('run', 'no-such-program-anywhere'))).toBe(false);
  expect(await apply(patient, fixBy('run', 'true'))).toBe(true);
});

test('what a person has to do is not run', async () => {
  using patient = newPatient();
  const file = join(patient.home, 'touched');
  expect(await apply(patient, fixBy('yourself', 'touch', file))).toBe(false);
  expect(await apply(patient, fixInShell(`touch ${file}`))).toBe(false);
  expect(existsSync(file)).toBe(false);
});
