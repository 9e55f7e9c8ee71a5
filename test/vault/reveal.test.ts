// What was masked, kept in a real keychain's care: shown to a person at a terminal, to nobody else, and never without a record.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordedReveal } from '../../src/contract/records.ts';
import { openSessionReader } from '../../src/sessions/sessions.ts';
import { missingSession, startDesktopSession, type DesktopSession } from '../keychain/desktop-session.ts';
import { chatCall } from '../support/dangerous.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { missingProgram } from '../support/programs.ts';
import {
  cleanEnvironment,
  cliPath,
  collect,
  startScrim,
  startScrimCommand,
  type ScrimProcess,
} from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const missing = missingSession ?? missingProgram('script', '--version') ?? missingProgram('curl', '--version');
const said = makeSecret('aws-access-key-id', 'said by the model');
const asked = makeSecret('stripe', 'asked by the client');
const key = makeSecret('groq', 'stored key');

let session: DesktopSession;
let playback: Playback;
let scrim: ScrimProcess;
let env: Record<string, string>;

const policyWith = (originals: string): string =>
  `version: 1\nproviders: { openai: "${playback.origin}" }\nsessions: { originals: ${originals} }\n`;

const body = (content: string): string =>
  JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content }] });

/** By a program of its own: whoever sends requests is guarded from then on, the tests' own process would be too. */
async function exchange(at: ScrimProcess, content = `It is ${asked}`): Promise<string> {
  const url = `${at.gateway}/openai/v1/chat/completions`;
  const sent = await collect(
    spawn('curl', ['-sS', '-H', 'content-type: application/json', '-d', '@-', url]),
    body(content),
  );
  expect(sent).toMatchObject({ code: 0, err: '' });
  return (await at.nextEvent('exchange')).id;
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
/** A command line that asks for originals in a terminal of its own. */
const revealing = (id: string): string =>
  `script -qec "${quoted([process.execPath, cliPath, 'sessions', 'reveal', id, '--data-dir', scrim.dataDir])}" /dev/null`;

/** Runs it, and types `line` when asked. */
async function atTerminal(
  line: string,
  typed: string,
  child?: ChildProcess,
): Promise<{ code: number | null; text: string }> {
  const shell = child ?? spawn('sh', ['-c', line], { env: cleanEnvironment(env), stdio: 'pipe' });
  let text = '';
  shell.stdout?.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (part.includes('to go on:')) shell.stdin?.write(`${typed}\n`);
  });
  const [code] = (await once(shell, 'close')) as [number | null];
  return { code, text };
}

const reveals = (): Omit<RecordedReveal, 'at'>[] => {
  const reader = openSessionReader({ folder: join(scrim.dataDir, 'sessions'), clock: { now: () => Date.now() } });
  const found: Omit<RecordedReveal, 'at'>[] = [];
  for (const { record } of reader.records())
    if (record?.kind === 'reveal')
      found.push({ exchange: record.exchange, user: record.user, outcome: record.outcome });
  return found;
};

describe.skipIf(missing !== undefined)('with a keychain', () => {
  beforeAll(async () => {
    session = await startDesktopSession();
    await session.startKeyring();
    env = { ...session.env, SCRIM_KEYS: 'auto' };
    playback = await startPlayback({ secret: said });
    scrim = await startScrim({ env, policy: policyWith('{ keep: 7d }') });
  });
  afterAll(async () => {
    await scrim.stop();
    await playback.close();
    await session.end();
  });

  const refusedWithout = async (id: string, outcome: 'refused' | 'none', run: () => Promise<{ text: string }>) => {
    const before = reveals().length;
    const { text } = await run();
    expect(text).not.toContain(said);
    expect(text).not.toContain(asked);
    expect(
      reveals()
        .slice(before)
        .map((each) => [each.exchange, each.outcome]),
    ).toEqual(outcome === 'none' ? [] : [[id, outcome]]);
    return text;
  };

  test('a person sees both sides of what was masked; the log says so, and no file holds it', async () => {
    const id = await exchange(scrim);
    const before = reveals().length;
    const { code, text } = await atTerminal(revealing(id), 'reveal');
    expect(text).toMatch(/request body, stripe\S* at \d+-\d+/);
    expect(text).toContain(`│ ${asked.slice(3)}`);
    expect(text).toContain(`│ ${said.slice(4)}`);
    expect(code).toBe(0);
    expect(reveals().slice(before)).toMatchObject([{ exchange: id, outcome: 'shown' }]);
    for (const secret of [said.slice(4), asked.slice(8)]) expect(await scrim.filesWith(secret)).toEqual([]);
  });

  test('nothing else than the word opens it', async () => {
    const id = await exchange(scrim);
    expect(await refusedWithout(id, 'none', () => atTerminal(revealing(id), 'yes'))).toContain('Nothing was shown');
  });

  test('nobody without a terminal, and no exchange without originals', async () => {
    const id = await exchange(scrim);
    const run = (which: string) =>
      collect(startScrimCommand(['sessions', 'reveal', which, '--data-dir', scrim.dataDir], { env }));
    expect(await refusedWithout(id, 'none', async () => ({ text: (await run(id)).err }))).toContain(
      'interactive terminal',
    );
    expect(await refusedWithout(id, 'none', () => atTerminal(revealing('x-none'), 'reveal'))).toContain(
      'holds nothing',
    );
  });

  test('not the assistant, with a terminal of its own: refused, and on record', async () => {
    const assistant = spawn(
      process.execPath,
      [
        '-e',
        `fetch(process.env.URL, { method: 'POST', body: process.env.BODY, headers: { 'content-type': 'application/json' } })
           .then((response) => response.text())
           .then(() => require('node:child_process').spawnSync('sh', ['-c', 'read line; eval "$line"'], { stdio: 'inherit' }));`,
      ],
      {
        env: cleanEnvironment({
          ...env,
          URL: `${scrim.gateway}/openai/v1/chat/completions`,
          BODY: body(`It is ${asked}`),
        }),
        stdio: 'pipe',
      },
    );
    const { id } = await scrim.nextEvent('exchange');
    const text = await refusedWithout(id, 'refused', () => {
      assistant.stdin.write(`${revealing(id)}\n`);
      return atTerminal('', 'reveal', assistant);
    });
    expect(text).toContain('terminal of your own');
  });

  test('not below scrim run', async () => {
    const id = await exchange(scrim);
    const run = quoted([process.execPath, cliPath, 'run', '--data-dir', scrim.dataDir, '--']);
    const text = await refusedWithout(id, 'refused', () => atTerminal(`${run} ${revealing(id)}`, 'reveal'));
    expect(text).toContain('terminal of your own');
  });

  test('a stored API key is never kept, though it is masked', async () => {
    const set = startScrimCommand(['keys', 'set', 'groq', '--data-dir', scrim.dataDir], { env });
    expect(await collect(set, key)).toMatchObject({ code: 0 });
    playback.play({ answer: chatCall(`echo ${key}`) });
    const id = await exchange(scrim, `And ${asked}`);
    playback.play({ answer: () => undefined });
    const { text } = await atTerminal(revealing(id), 'reveal');
    expect(text).toContain(`│ ${asked.slice(3)}`);
    expect(text).toContain('not kept');
    expect(text).not.toContain(key.slice(4));
  });

  test('nothing of it is kept once the policy says never; what was kept stays till its end', async () => {
    const kept = await exchange(scrim);
    await writeFile(scrim.policyFile, policyWith('never'));
    await scrim.nextEvent('policy');
    const id = await exchange(scrim);
    expect((await atTerminal(revealing(id), 'reveal')).text).toContain('holds nothing');
    expect((await atTerminal(revealing(kept), 'reveal')).text).toContain(said.slice(4));
  });

  test('without a running instance it is on record too', async () => {
    const [first] = (await scrim.log()).filter(({ findings }) => findings.length > 0);
    const id = first?.id ?? '';
    scrim.process.kill('SIGTERM');
    await once(scrim.process, 'exit');
    const before = reveals().length;
    const { text } = await atTerminal(revealing(id), 'reveal');
    expect(text).toContain(said.slice(4));
    expect(reveals().slice(before)).toMatchObject([{ exchange: id, outcome: 'shown' }]);
  });
});

test('without a safe place for the key nothing is kept, and Scrim says so', async () => {
  const server = await startPlayback({ secret: said });
  const policy = `version: 1\nproviders: { openai: "${server.origin}" }\nsessions: { originals: { keep: 7d } }\n`;
  const plain = await startScrim({ policy });
  const { message } = await plain.nextEvent('failure', ({ code }) => code === 'vault');
  expect(message).toContain('--keys keychain');
  await exchange(plain);
  const [record] = await plain.log();
  expect(record?.findings.length).toBeGreaterThan(0);
  expect(await plain.filesWith(said)).toEqual([]);
  await plain.stop();
  await server.close();
});
