// The command itself: lines, JSON, exit code, and what --fix does with and without a terminal.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newPatient, startLasting, type Patient } from '../core/doctor-patient.ts';
import { missingProgram } from '../support/programs.ts';
import { cleanEnvironment, cliPath } from '../support/scrim.ts';

let patient: Patient;
beforeEach(() => (patient = newPatient()));
afterEach(() => patient[Symbol.dispose]());

/** What other tests on this machine run is none of this patient's. */
const isOwn = ({ check }: { check: string }) => !check.startsWith('running ');

test('one line for each check: status, name, one sentence, and the command', async () => {
  patient.write('.claude/settings.json', '{}');
  const { code, out, err } = await patient.scrim(['doctor']);
  expect(code).toBe(1);
  const lines = out.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^(ok|problem|not checked) {2,}\S.* {2}\S.*\.( {2}Fix: .+)?$/);
  const problems = lines.filter((line) => line.startsWith('problem'));
  for (const line of problems) expect(line).toMatch(/ {2}Fix: \S/);
  const place = `--data-dir ${patient.dataDir} --policy ${patient.policyFile}`;
  expect(out).toContain(`Fix: scrim start ${place}\n`);
  expect(out).toContain(`Claude Code does not go through Scrim.  Fix: scrim setup claude ${place}\n`);
  expect(err).toMatch(/^\w+ things? (is|are) wrong; scrim doctor --fix goes through them\.\n$|^\d+ things are wrong/);
});

test('--json: an object a line, with the four keys', async () => {
  const { lines, code } = await patient.examineByCommand();
  expect(code).toBe(1);
  for (const line of lines) {
    expect(Object.keys(line)).toEqual(['check', 'status', 'why', 'fix']);
    expect(['ok', 'problem', 'not-checked']).toContain(line.status);
  }
  expect(new Set(lines.map(({ check }) => check))).toEqual(
    new Set([
      ...['proxy', 'control interface', 'instance file', 'questions', 'data folder', 'disk space', 'policy', 'log'],
      ...['keychain', 'authority', 'clock', 'trust', 'interception', 'clients', 'shell', 'exposed keys'],
      ...lines.filter((line) => !isOwn(line)).map(({ check }) => check),
    ]),
  );
});

test('a broken policy', async () => {
  writeFileSync(patient.policyFile, 'version: 1\nmode: loud\n');
  const { of, code } = await patient.examineByCommand({ EDITOR: 'nano' });
  expect(code).toBe(1);
  expect(of('policy')).toMatchObject({ status: 'problem', fix: `nano ${patient.policyFile}` });
  expect(of('policy')?.why).toContain(`${patient.policyFile}:2:7: `);
});

test('0 when all is well', async () => {
  await using scrim = await startLasting();
  using healthy = newPatient(scrim);
  healthy.write('.claude/settings.json', '{}\n');
  await healthy.scrim(['setup', 'claude']);
  const { lines, code } = await healthy.examineByCommand();
  expect(lines.filter(isOwn).filter(({ status }) => status === 'problem')).toEqual([]);
  expect(code).toBe(lines.some(({ status }) => status === 'problem') ? 1 : 0);
});

test('--fix without a terminal prints the commands and changes nothing', async () => {
  mkdirSync(patient.dataDir, { mode: 0o700 });
  chmodSync(patient.dataDir, 0o755);
  const { code, err } = await patient.scrim(['doctor', '--fix']);
  expect(code).toBe(1);
  expect(err).toContain(`  chmod -R go-rwx ${patient.dataDir}\n`);
  expect(err).toMatch(/no terminal .* nothing was changed/);
  expect(statSync(patient.dataDir).mode & 0o777).toBe(0o755);
});

const missingScript = process.platform === 'linux' ? missingProgram('script', '--version') : 'script differs elsewhere';

describe.skipIf(missingScript !== undefined)('--fix on a terminal', () => {
  /** Answers each question when it has appeared; returns what the screen showed. */
  async function fix(env: Readonly<Record<string, string>>, answer: (question: string) => string): Promise<string> {
    const words = [cliPath, 'doctor', '--fix', '--data-dir', patient.dataDir, '--policy', patient.policyFile];
    const child = spawn('script', ['-qec', [process.execPath, ...words].join(' '), '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: cleanEnvironment({ ...patient.env, ...env }),
      cwd: patient.home,
    });
    let screen = '';
    let answered = 0;
    for await (const chunk of child.stdout) {
      screen += String(chunk);
      const questions = [...screen.matchAll(/Run "([^"]*)"\? \[y\/N\] /g)];
      const next = questions[answered];
      if (next === undefined) continue;
      answered++;
      child.stdin.write(`${answer(next[1] ?? '')}\n`);
    }
    return screen;
  }

  test('y runs the command, Enter alone does not', async () => {
    mkdirSync(patient.dataDir, { mode: 0o700 });
    chmodSync(patient.dataDir, 0o755);
    writeFileSync(patient.policyFile, 'version: 1\nnonsense: true\n');
    patient.write('.claude/settings.json', '{}');
    const screen = await fix({ EDITOR: 'touch' }, (question) => (/^(chmod|scrim setup)/.test(question) ? 'y' : ''));
    expect(screen).toContain('Done.');
    expect(statSync(patient.dataDir).mode & 0o777).toBe(0o700);
    const { of } = await patient.examine();
    expect(of('data folder')?.status).toBe('ok');
    expect(of('client claude')).toMatchObject({ status: 'not-checked', fix: null });
    expect(of('policy')?.status).toBe('problem');
    expect(of('proxy')?.status).toBe('problem');
    expect(existsSync(join(patient.dataDir, 'instance.json'))).toBe(false);
  });

  test('what only a person can do is said, not asked', async () => {
    const screen = await fix({ NO_PROXY: 'api.openai.com,intranet.example' }, () => 'n');
    expect(screen).toContain('Only you can do this: export NO_PROXY=intranet.example');
    expect(screen).not.toContain('Run "export');
  });
});
