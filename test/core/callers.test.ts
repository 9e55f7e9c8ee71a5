// Who may call what: commands from scripts, windows of the person, and nobody for the other.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpClient } from '../../src/contract/client.ts';
import type { ScrimClient } from '../../src/contract/contract.ts';
import { tokenHeader } from '../../src/contract/control.ts';
import { pairedWindow } from '../support/paired-window.ts';
import { startCore, type ScrimCore } from '../support/scrim.ts';

let scrim: ScrimCore;

beforeEach(async () => {
  scrim = await startCore();
});

afterEach(() => scrim.stop());

async function command(): Promise<ScrimClient> {
  const file = await readFile(join(scrim.dataDir, 'instance.json'), 'utf8');
  const { controlToken } = JSON.parse(file) as { controlToken: string };
  return httpClient({ url: scrim.ui, headers: () => ({ [tokenHeader]: controlToken }) });
}

test('a window does not speak for the command line', async () => {
  const { commands, status } = await pairedWindow(scrim.link('live'));
  expect((await status.get()).state).toBe('on');
  for (const refused of [
    commands.keysChanged(),
    commands.certificatesChanged(),
    commands.reveal({ exchange: 'x-1' }),
    commands.lendToken(),
  ])
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('a script tells what has changed, and stops Scrim; it answers nothing', async () => {
  const { approvals, commands, status } = await command();
  expect(await commands.keysChanged()).toEqual({ providers: [] });
  await expect(
    approvals.answer({ id: 'q-1', verdict: 'allow', scope: { kind: 'once' }, note: '' }),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(approvals.revoke({ id: 'g-1' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(status.pause({ minutes: 5 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await status.stop()).toEqual({ stopping: true });
});

test('a token is lent for as long as somebody holds on to it', async () => {
  const { commands } = await command();
  const gone = new AbortController();
  const lent = await commands.lendToken(undefined, { signal: gone.signal });
  const first = await lent.next();
  const token = first.done === true ? '' : first.value.token;
  const ask = async (): Promise<string> => {
    const response = await fetch(`${scrim.gateway}/openai/v1/models`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return `${response.status} ${await response.text()}`;
  };
  // There is no key for it: that is what a good token hears.
  const held = await ask();
  gone.abort();
  await expect.poll(ask, { timeout: 5_000 }).not.toBe(held);
});

test('one who asks for more than is known is told so as data', async () => {
  const { approvals } = await command();
  expect(await approvals.question({ id: 'q-1' })).toBeNull();
  expect(await approvals.context({ id: 'q-1' })).toEqual({ turns: [], earlier: null, branch: null, atDeadline: null });
  expect(await approvals.list()).toMatchObject({ questions: [] });
  await expect(approvals.history({ limit: 101 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
