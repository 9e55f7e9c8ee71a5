// Clients that run now: found by what they are, told apart by what they were started with.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cleanEnvironment } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { newPatient, startLasting, type Patient } from './doctor-patient.ts';

/** A script of that name, which runs until its standard input ends. */
async function start(patient: Patient, name: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const path = patient.write(`bin/${name}`, '#!/bin/sh\necho ready\nread line\n');
  chmodSync(path, 0o755);
  const child = spawn(path, { env: cleanEnvironment(env), stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'exit');
}

const names = (text: string | undefined, { pid }: ChildProcess) => new RegExp(`\\b${pid}\\b`).test(text ?? '');

describe.skipIf(process.platform !== 'linux')('on Linux', () => {
  test('without our variables: a problem that names the process and no value of its environment', async () => {
    await using scrim = await startLasting();
    using patient = newPatient(scrim);
    const secret = makeSecret('openai-project', 'process');
    const outside = await start(patient, 'claude', { SOME_SECRET: secret, HTTPS_PROXY: 'http://10.11.12.13:3128' });
    const byProxy = await start(patient, 'claude', { HTTPS_PROXY: scrim.proxy });
    const byToken = await start(patient, 'claude', { https_proxy: scrim.proxy.replace('//', '//scrim:some-token@') });
    const byGateway = await start(patient, 'claude', { ANTHROPIC_BASE_URL: `${scrim.gateway}/anthropic` });
    try {
      const { of, all, code } = await patient.examineByCommand();
      const line = of('running claude');
      expect(code).toBe(1);
      expect(line).toMatchObject({ status: 'problem', fix: expect.stringMatching(/^scrim run -- claude/) as string });
      expect(names(line?.why, outside)).toBe(true);
      for (const child of [byProxy, byToken, byGateway]) expect(names(line?.why, child)).toBe(false);
      expect(all).not.toContain(secret.slice(-12));
      expect(all).not.toContain('10.11.12.13');
      expect(all).not.toContain('some-token');
    } finally {
      await Promise.all([outside, byProxy, byToken, byGateway].map(end));
    }
  });

  test('what was set up by its settings needs no variables', async () => {
    await using scrim = await startLasting();
    using patient = newPatient(scrim);
    patient.write('.codex/config.toml', '');
    await patient.scrim(['setup', 'codex']);
    const child = await start(patient, 'codex', {});
    try {
      expect((await patient.examine()).of('running codex')).toMatchObject({ status: 'ok', fix: null });
    } finally {
      await end(child);
    }
  });

  test('a program with a similar name is none', async () => {
    using patient = newPatient();
    const child = await start(patient, 'claude-notes', {});
    try {
      const { lines } = await patient.examine();
      expect(lines.filter(({ check, why }) => check.startsWith('running') && names(why, child))).toEqual([]);
    } finally {
      await end(child);
    }
  });
});
