// Real programs: scripts that Node runs.

import { existsSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hookChannel } from '../../../src/approvals/channels/hook.ts';
import type { ChannelAnswer } from '../../../src/approvals/channel.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { questionWith, systemClock } from './questions.ts';

const question = questionWith({ action: 'rm -rf "~"\n\u001b[2J' });

describe.skipIf(process.platform === 'win32')('the hook', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const at = (name: string): string => join(folder.path, name);

  function ask(
    command: readonly [string, ...string[]],
    { env = {}, asked = question, signal = new AbortController().signal } = {},
  ): Promise<ChannelAnswer | undefined> {
    const whole = { PATH: process.env['PATH'], ...env };
    const ownAddresses = ['127.0.0.1:8877'];
    return hookChannel({ clock: systemClock, command, folder: folder.path, env: whole, ownAddresses }).ask(
      asked,
      2,
      signal,
    );
  }
  const node = (script: string): [string, ...string[]] => [process.execPath, '-e', script];
  const shell = (script: string): [string, ...string[]] => ['/bin/sh', '-c', script];

  async function written(name: string): Promise<string> {
    const watcher = watch(folder.path);
    const arrived = new Promise<void>((resolve) => {
      const look = (): void => {
        if (existsSync(at(name)) && readFileSync(at(name), 'utf8').endsWith('\n')) resolve();
      };
      watcher.on('change', look);
      look();
    });
    await arrived;
    watcher.close();
    return readFileSync(at(name), 'utf8').trim();
  }

  test.each([
    ['exit 0', 'allow'],
    ['exit 1', 'deny'],
    ['exit 2', undefined],
    ['exit 127', undefined],
    ['kill -9 $$', undefined],
    ['kill -TERM $$', undefined],
  ])('%s', async (script, verdict) => {
    expect((await ask(shell(script)))?.verdict).toBe(verdict);
  });

  test('gets the whole question as JSON and how many wait, and its first line is the note', async () => {
    const answer = await ask(
      node(`
      let text = '';
      process.stdin.on('data', (part) => (text += part)).on('end', () => {
        require('node:fs').writeFileSync('seen.json', text);
        console.log('  ticket 7 \\nmore');
      });
    `),
    );
    expect(JSON.parse(readFileSync(at('seen.json'), 'utf8'))).toEqual({ ...question, waiting: 2 });
    expect(answer).toEqual({ verdict: 'allow', scope: { kind: 'once' }, note: 'ticket 7' });
  });

  test('a file next to the policy, whatever the arguments look like: no shell is involved', async () => {
    writeFileSync(at('approve.sh'), '#!/bin/sh\nprintf %s "$2"\n', { mode: 0o755 });
    expect(await ask(['./approve.sh', '-x', '$(id); `id` "'])).toMatchObject({
      verdict: 'allow',
      note: '$(id); `id` "',
    });
  });

  test.each([
    ['is not there', ['./nothing.sh']],
    ['is not executable', ['./plain']],
    ['holds a zero byte', ['a\0b']],
  ] as [string, [string]][])('a command that %s', async (_, command) => {
    writeFileSync(at('plain'), '#!/bin/sh\n');
    expect(await ask(command)).toBeUndefined();
  });

  test('one that reads nothing of a long question', async () => {
    expect(await ask(shell('exit 0'), { asked: questionWith({ action: 'x'.repeat(2_000_000) }) })).toMatchObject({
      verdict: 'allow',
    });
  });

  test('one that prints without end is heard for 64 KiB, and its note has 1000 characters', async () => {
    const answer = await ask(node(`process.stdout.write('x'.repeat(5_000_000), () => process.exit(1))`));
    expect(answer).toEqual({ verdict: 'deny', scope: { kind: 'once' }, note: 'x'.repeat(1000) });
  });

  test('its environment holds what a program needs, no key, no token, and no proxy that is us', async () => {
    const env = {
      HOME: '/home/me',
      LC_ALL: 'C',
      SCRIM_TOKEN: 'local',
      OPENAI_API_KEY: 'key',
      HTTPS_PROXY: 'http://scrim:local@127.0.0.1:8877',
      http_proxy: 'http://localhost:8877',
      ALL_PROXY: 'http://proxy.example.com:3128',
      NODE_OPTIONS: '--require=x',
    };
    await ask(shell('env > env.txt'), { env });
    const names = readFileSync(at('env.txt'), 'utf8').matchAll(/^(\w+)=/gm);
    const own = new Set(['PWD', 'SHLVL', '_', 'OLDPWD']);
    expect(
      [...names]
        .map(([, name]) => name)
        .filter((name) => !own.has(name ?? ''))
        .sort(),
    ).toEqual([...['ALL_PROXY', 'HOME', 'LC_ALL', 'PATH']]);
  });

  test('answered elsewhere: it ends with all that it started', async () => {
    const withdrawn = new AbortController();
    const asked = ask(shell('trap "" TERM; sleep 600 & echo $! > child.tmp && mv child.tmp child; wait'), {
      signal: withdrawn.signal,
    });
    const child = Number(await written('child'));
    withdrawn.abort();
    expect(await asked).toBeUndefined();
    await gone(child);
  });

  test('the deadline ends it', async () => {
    const asked = questionWith({ lasts: 300 });
    expect(await ask(shell('echo $$ > hook.tmp && mv hook.tmp hook; exec sleep 600'), { asked })).toBeUndefined();
    await gone(Number(await written('hook')));
  });

  test('what it leaves behind neither delays the answer nor stays', async () => {
    const answer = await ask(shell('sleep 600 & echo $! > child.tmp && mv child.tmp child; echo note; exit 0'));
    expect(answer).toMatchObject({ verdict: 'allow', note: 'note' });
    await gone(Number(await written('child')));
  });
});

/** Resolves when the process has ended: no event tells of one that is not our child. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
      // A zombie that nobody reaps has ended, too.
      if (/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
