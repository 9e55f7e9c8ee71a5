// Running, stopped, half dead, and not ours.

import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../src/core/version.ts';
import { startScrim } from '../support/scrim.ts';
import { newPatient, type Patient } from './doctor-patient.ts';

function writeInstance(patient: Patient, instance: object): void {
  mkdirSync(patient.dataDir, { recursive: true, mode: 0o700 });
  const file = { controlToken: 'a token of a test, long enough', startedAt: Date.now(), ui: null, ...instance };
  writeFileSync(join(patient.dataDir, 'instance.json'), JSON.stringify(file), { mode: 0o600 });
}

test('a running Scrim: proxy, control interface and a certificate of ours through it', async () => {
  await using scrim = await startScrim();
  using patient = newPatient(scrim);
  const { of } = await patient.examine();
  expect(of('proxy')).toMatchObject({ status: 'ok', fix: null });
  expect(of('proxy')?.why).toContain(scrim.proxy);
  expect(of('control interface')).toMatchObject({ status: 'ok', why: `Version ${version} answers at ${scrim.ui}.` });
  expect(of('interception')).toMatchObject({ status: 'ok' });
  expect(of('questions')).toMatchObject({ status: 'ok' });
  expect(of('instance file')).toMatchObject({ status: 'ok' });
  expect(of('authority')).toMatchObject({ status: 'ok' });
  expect(of('clock')).toMatchObject({ status: 'ok' });
  expect(of('log')).toMatchObject({ status: 'ok' });
  // Looking leaves no trace: no exchange was made.
  expect(await scrim.log()).toEqual([]);
});

test('a policy that opens no host by name leaves nothing to try', async () => {
  await using scrim = await startScrim({ policy: "version: 1\nintercept: ['*.models.example']\n" });
  using patient = newPatient(scrim);
  expect((await patient.examine()).of('interception')).toMatchObject({ status: 'not-checked' });
});

test('a file that a crash left behind is named, and the fix removes it', async () => {
  using patient = newPatient();
  writeInstance(patient, { pid: 4_000_000, proxy: 'http://127.0.0.1:9', gateway: 'http://127.0.0.1:9' });
  const { of } = await patient.examine();
  expect(of('proxy')).toMatchObject({ status: 'problem' });
  expect(of('instance file')).toMatchObject({
    status: 'problem',
    why: expect.stringContaining('process 4000000') as string,
    fix: `rm -f ${join(patient.dataDir, 'instance.json')}`,
  });
});

test('another version, waiting questions, and a proxy that is none', async () => {
  using patient = newPatient();
  const status = {
    ...{ version: '0.0.1', pid: process.pid, mode: 'enforce', policyFile: patient.policyFile, policyProblems: [] },
    ...{ startedAt: Date.now(), exchanges: 0, open: 0, findings: 0, questions: 2, keys: [], proxy: '', gateway: '' },
    ...{ ui: '', ca: join(patient.dataDir, 'certificates', 'ca.pem') },
  };
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ json: status })),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await patient.scrim(['ca', 'path']);
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeInstance(patient, { pid: process.pid, proxy: address, gateway: address, ui: address });
    const { of } = await patient.examine();
    expect(of('control interface')).toMatchObject({
      status: 'problem',
      fix: expect.stringMatching(/^scrim stop /) as string,
    });
    expect(of('control interface')?.why).toContain('0.0.1');
    expect(of('questions')).toMatchObject({
      status: 'problem',
      why: '2 questions wait for your answer.',
      fix: expect.stringMatching(/^scrim approvals watch /) as string,
    });
    expect(of('interception')).toMatchObject({ status: 'problem' });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('a control interface that never answers is a problem, and holds nobody up', async () => {
  using patient = newPatient();
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeInstance(patient, { pid: process.pid, proxy: address, gateway: address, ui: address });
    const { of } = await patient.examine();
    expect(of('control interface')).toMatchObject({ status: 'problem', fix: `kill ${process.pid}` });
    expect(of('proxy')).toMatchObject({ status: 'ok' });
    expect(of('data folder')).toMatchObject({ status: 'ok' });
    expect(of('questions')).toMatchObject({ status: 'not-checked' });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
