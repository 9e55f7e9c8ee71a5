// The assistant cannot approve itself: the running Scrim looks at who answers, not only at who has the token.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { tokenHeader } from '../../src/contract/control.ts';
import { isThere } from '../certificates/real-program.ts';
import { chatCall } from '../support/dangerous.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { cleanEnvironment, cliPath, runScrim, startScrim, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

let playback: Playback;
let scrim: ScrimProcess;
let question: string;
let client: ReturnType<typeof spawn>;
let asked = 0;

beforeAll(async () => {
  const secret = makeSecret('aws-access-key-id', 'self-approval');
  playback = await startPlayback({ secret, answer: chatCall('rm -rf /srv/precious') });
  scrim = await startScrim({
    policy: `version: 1\nproviders: { local: "${playback.origin}" }\napproval: { timeout: 60s }\n`,
  });
});

afterAll(async () => {
  await scrim.stop();
  await playback.close();
});

/** An assistant: a program that sends a request and then runs what stands in `then`, with the id in $QUESTION. */
beforeEach(async () => {
  asked++;
  client = spawn(process.execPath, ['-e', assistant], {
    env: cleanEnvironment({
      URL: `${scrim.gateway}/local/v1/chat/completions`,
      BODY: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: `Clean up ${asked}` }] }),
    }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  question = (await scrim.nextEvent('question')).id;
  return async () => {
    client.kill('SIGKILL');
    if (client.exitCode === null && client.signalCode === null) await once(client, 'exit');
  };
});

const assistant = `
  const { spawnSync } = require('node:child_process');
  fetch(process.env.URL, { method: 'POST', body: process.env.BODY, headers: { 'content-type': 'application/json' } });
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    console.log(JSON.stringify({ status, text: stdout + stderr }));
  });
`;

const words = (verdict: string): string[] => ['approvals', verdict, question, '--data-dir', scrim.dataDir];
const quoted = (parts: readonly string[]): string => parts.map((part) => `'${part}'`).join(' ');
/** A command line that runs another one in a terminal of its own. */
const inTerminal = (line: string): string => `script -qec "${line}" /dev/null`;
const allow = (): string => quoted([process.execPath, cliPath, ...words('allow')]);

async function theAssistantRuns(line: string): Promise<{ readonly status: number; readonly text: string }> {
  client.stdin?.write(`${line}\n`);
  let text = '';
  for await (const part of client.stdout ?? []) {
    text += String(part);
    if (text.endsWith('\n')) break;
  }
  return JSON.parse(text) as { status: number; text: string };
}

function run(line: string): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', line], { env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    child.stderr.on('data', (part: Buffer) => (text += part.toString()));
    child.once('close', (code) => resolve({ code, text }));
  });
}

const isOpen = async (): Promise<boolean> => {
  const { out } = await runScrim(['approvals', 'list', '--json', '--data-dir', scrim.dataDir]);
  return out.includes(question);
};

test('a command without a terminal is refused', async () => {
  const { code, err } = await runScrim(words('allow'));
  expect(code).toBe(1);
  expect(err).toContain('interactive terminal');
  expect(await isOpen()).toBe(true);
});

test('so is the bare request with the token', async () => {
  const instance = JSON.parse(await readFile(join(scrim.dataDir, 'instance.json'), 'utf8')) as { controlToken: string };
  const answer = { id: question, verdict: 'allow', scope: { kind: 'once' }, note: '' };
  const line = `curl -s -X POST -H '${tokenHeader}: ${instance.controlToken}' -H 'content-type: application/json' -d '${JSON.stringify({ json: answer })}' ${scrim.ui}/rpc/approvals/answer`;
  const { text } = await theAssistantRuns(line);
  expect(text).toMatch(/does not count|guards/);
  expect((await run(`setsid -w ${line}`)).text).toMatch(/without a terminal/);
  expect(await isOpen()).toBe(true);
});

test.skipIf(!isThere('script', '--version'))('the assistant with a terminal of its own is refused', async () => {
  const { status, text } = await theAssistantRuns(inTerminal(allow()));
  expect(status).toBe(1);
  expect(text).toMatch(/whose own requests Scrim guards/);
  expect(await isOpen()).toBe(true);
});

test.skipIf(!isThere('script', '--version'))(
  'a command below scrim run is refused, left behind by its parents too',
  async () => {
    const base = [process.execPath, cliPath, 'run', '--data-dir', scrim.dataDir, '--'];
    const { text } = await run(`${quoted(base)} ${inTerminal(allow())}`);
    expect(text).toMatch(/below .scrim run/);
    expect(await isOpen()).toBe(true);
  },
);

test.skipIf(!isThere('script', '--version'))('a person in another terminal is heard, once', async () => {
  const { code, text } = await run(inTerminal(quoted([process.execPath, cliPath, ...words('deny'), '--reason', 'no'])));
  expect(text).toContain('denied');
  expect(code).toBe(0);
  expect(await scrim.nextEvent('answered', ({ id }) => id === question)).toMatchObject({ by: 'command', note: 'no' });
  const again = await run(inTerminal(allow()));
  expect(again.code).toBe(1);
  expect(again.text).toContain('has ended already');
});
