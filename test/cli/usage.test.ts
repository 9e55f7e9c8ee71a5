// The contract of the command line: exit codes, where what is written, and the shapes of --json.

import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import { ask } from '../support/http-client.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { collect, jsonLines, runScrim, startScrim, startScrimCommand, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const secret = makeSecret('aws-access-key-id', 'cli');
const folder = temporaryFolder();
const places = () => ['--data-dir', join(folder.path, 'data'), '--policy', join(folder.path, 'policy.yaml')];

afterAll(() => folder.remove());

/** One sentence for a person, and no stack. */
const sentence = /^(scrim: |error: |Scrim: )?[^\n]+[.)']\n(Run scrim --help[^\n]*\n)?$/;

describe.concurrent('exit codes', () => {
  test.each([
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['--help'], /Commands:[^]*serve[^]*run[^]*mask[^]*sessions/],
    [['serve', '--help'], /--listen[^]*--ui[^]*--upstream-ca[^]*--upstream-proxy[^]*--resolve/],
  ])('%j: 0', async (words, out) => {
    const result = await runScrim(words);
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(result.out).toMatch(out);
  });

  test.each([
    [['nothing-like-it']],
    [['serve', '--no-such-option']],
    [['serve', '--listen', 'somewhere']],
    [['serve', '--listen', '127.0.0.1:99999']],
    [['serve', '--resolve', 'a:b']],
    [['serve', '--upstream-proxy', 'ftp://x']],
    [['mask', '--format', 'xml']],
    [['run']],
    [['sessions', 'show']],
    [['policy', 'unheard-of']],
  ])('%j: 2', async (words) => {
    const result = await runScrim([...places(), ...words]);
    expect(result).toMatchObject({ code: 2, out: '' });
    expect(result.err).not.toBe('');
    expect(result.err).not.toMatch(/^\s+at /m);
  });

  test.each([
    [['status']],
    [['stop']],
    [['sessions', 'show', 'nothing']],
    [['mask', '/no/such/file']],
    [['policy', 'check', '/no/such/file']],
    [['serve', '--upstream-ca', '/no/such/file', '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0']],
  ])('%j: 1, with the reason in one sentence', async (words) => {
    const result = await runScrim([...places(), ...words]);
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.err).toMatch(sentence);
  });
});

describe('files', () => {
  test('ca path: the certificate exists, and only the user may read the key', async () => {
    const { code, out } = await runScrim([...places(), 'ca', 'path']);
    expect(code).toBe(0);
    const path = out.trim();
    expect(await readFile(path, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(await runScrim([...places(), 'ca', 'path', '--json'])).toMatchObject({
      out: `${JSON.stringify({ path })}\n`,
    });
    expect((await stat(join(folder.path, 'data'))).mode & 0o77).toBe(0);
    const [status] = jsonLines((await runScrim([...places(), 'ca', 'status', '--json'])).out);
    expect(status).toMatchObject({ fingerprint256: expect.stringMatching(/^[0-9A-F:]{95}$/) as string });
  });

  test('policy init writes once, and what it writes is valid', async () => {
    const file = join(folder.path, 'policy.yaml');
    expect(await runScrim([...places(), 'policy', 'path'])).toMatchObject({ code: 0, out: `${file}\n` });
    expect(await runScrim([...places(), 'policy', 'init', '--json'])).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ path: file })}\n`,
    });
    expect(await runScrim([...places(), 'policy', 'check'])).toMatchObject({ code: 0 });
    const before = await readFile(file, 'utf8');
    expect(await runScrim([...places(), 'policy', 'init'])).toMatchObject({ code: 1, out: '' });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('policy check names line and column', async () => {
    const file = join(folder.path, 'wrong.yaml');
    await writeFile(file, 'version: 1\nmasking:\n  packs: [secrets]\n\n\nmode: watch\n');
    const { code, err, out } = await runScrim([...places(), 'policy', 'check', file]);
    expect(code).toBe(1);
    expect(out + err).toContain(`${file}:6:7: `);
    const json = await runScrim([...places(), 'policy', 'check', file, '--json']);
    expect(json.code).toBe(1);
    expect(jsonLines(json.out)).toMatchObject([
      { file, problems: expect.arrayContaining([expect.objectContaining({ line: 6, column: 7 })]) as unknown },
    ]);
  });

  test('policy check names the rule that can never work', async () => {
    const file = join(folder.path, 'rule.yaml');
    await writeFile(file, 'version: 1\nmasking:\n  rules:\n    - { id: bad, regex: "(a+)\\\\1" }\n');
    const { code, err } = await runScrim([...places(), 'policy', 'check', file]);
    expect(code).toBe(1);
    expect(err).toMatch(/rule\.yaml:4:\d+: .+/);
  });

  test('a wrong policy file stops serve, run and mask before they do anything', async () => {
    const file = join(folder.path, 'wrong.yaml');
    const flags = ['--data-dir', join(folder.path, 'other'), '--policy', file];
    for (const words of [
      ['serve', '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0'],
      ['run', '--', 'true'],
      ['mask'],
    ]) {
      const result = await runScrim([...flags, ...words], { input: secret });
      expect(result).toMatchObject({ code: 1, out: '' });
      expect(result.err).toMatch(/wrong\.yaml:\d+:\d+: /);
    }
  });
});

describe('a running instance', () => {
  let server: Playback;
  let scrim: ScrimProcess;

  beforeAll(async () => {
    server = await startPlayback({ secret });
    scrim = await startScrim({ policy: `version: 1\nproviders: { local: "${server.origin}" }\n` });
    await ask(`${scrim.gateway}/local/v1/chat/completions`, { headers: { 'user-agent': 'first/1' } });
    await ask(`${scrim.gateway}/local/v1/messages`, { headers: { 'user-agent': 'second/2' } });
  });

  afterAll(async () => {
    await scrim.stop();
    await server.close();
  });

  test('ready comes first, events follow, people are told nothing on stdout', async () => {
    expect(scrim.events[0]).toEqual({
      event: 'ready',
      proxy: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      gateway: scrim.proxy,
      ui: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      ca: expect.stringMatching(/\.pem$/) as string,
      pid: scrim.process.pid,
    });
    expect(await scrim.nextEvent('finding')).toMatchObject({
      rule: 'aws-access-key-id',
      kind: 'aws',
      side: 'response',
      channel: 'text 0',
    });
    expect(await scrim.nextEvent('exchange')).toMatchObject({
      status: 200,
      state: 'done',
      dialect: 'openai-chat',
      findings: 1,
      failure: null,
    });
    expect(JSON.stringify(scrim.events)).not.toContain(secret.slice(4));
  });

  test('status', async () => {
    const { code, out } = await scrim.command('status', '--json');
    expect(code).toBe(0);
    const { proxy, gateway, ui, ca, pid } = scrim;
    expect(jsonLines(out)).toMatchObject([
      { proxy, gateway, ui, ca, pid, mode: 'enforce', exchanges: 2, open: 0, findings: 2, policyProblems: [] },
    ]);
    expect(out).not.toMatch(/token/i);
    expect(await scrim.command('status')).toMatchObject({ code: 0, out: expect.stringContaining(proxy) as string });
  });

  test('sessions list and show', async () => {
    const listed = await scrim.command('sessions', 'list', '--json');
    const sessions = jsonLines<{ id: string; client: string }>(listed.out);
    expect(sessions).toMatchObject([
      { client: 'second/2', exchanges: 1, findings: 1, hosts: ['127.0.0.1'] },
      { client: 'first/1', exchanges: 1, findings: 1 },
    ]);
    expect(jsonLines((await scrim.command('sessions', 'list', '--json', '--limit', '1')).out)).toHaveLength(1);
    const shown = await scrim.command('sessions', 'show', sessions[1]!.id, '--json');
    const [record] = jsonLines<ExchangeRecord>(shown.out);
    expect(record).toMatchObject({
      method: 'POST',
      via: 'gateway',
      dialect: 'openai-chat',
      request: { body: '{"stream":true}' },
      closed: { usage: { input: 11, output: 20 } },
    });
    expect(await scrim.command('sessions', 'show', record!.id)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/AKIAMASKED_AWS_[0-9a-f]{8} and that is all/) as string,
    });
    expect(await scrim.command('sessions', 'list')).toMatchObject({
      code: 0,
      out: expect.stringContaining('first/1') as string,
    });
  });

  test('a second instance on the same port says so', async () => {
    const { host } = new URL(scrim.proxy);
    const result = await scrim.command('serve', '--listen', host, '--ui', '127.0.0.1:0');
    expect(result).toMatchObject({ code: 1, out: '' });
    expect(result.err).toMatch(/--listen.*EADDRINUSE/);
    // And leaves the first one's traces alone.
    expect((await scrim.command('status')).code).toBe(0);
  });

  test('stop', async () => {
    expect(await scrim.command('stop', '--json')).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ stopped: true, pid: scrim.pid })}\n`,
    });
    if (scrim.process.exitCode === null) await once(scrim.process, 'exit');
    expect(scrim.process.exitCode).toBe(0);
    expect((await scrim.command('status')).code).toBe(1);
  });
});

test('start without a desktop shell is serve, and says why', async () => {
  const words = [...places(), 'start', '--json', '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0'];
  const child = startScrimCommand(words);
  const result = collect(child);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGINT');
  const { code, out, err } = await result;
  expect(code).toBe(0);
  expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ event: 'ready', pid: child.pid });
  expect(err).toMatch(/serve/);
});
