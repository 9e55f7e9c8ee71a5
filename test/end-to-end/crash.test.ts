// kill -9 at any moment: what was finished is in the log, what was not is marked as cut, and the next start goes on.

import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ask, open } from '../support/http-client.ts';
import { startPlayback } from '../support/playback.ts';
import { startScrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'crash');

test('kill -9 in the middle of a stream', async () => {
  await using server = await startPlayback({ secret });
  await using scrim = await startScrim({ policy: `version: 1\nproviders: { local: "${server.origin}" }\n` });
  const url = `${scrim.gateway}/local/v1/chat/completions`;
  for (let i = 0; i < 3; i++) expect((await ask(url)).status).toBe(200);
  const halves = await Promise.all(
    [1, 2].map(() => open(url, { headers: { 'x-playback-fault': 'hang', 'x-playback-scenario': 'think' } })),
  );
  for (const half of halves) {
    half.on('error', () => undefined);
    await once(half, 'data');
  }
  // The log is written in groups, a few milliseconds behind; these two are running, and it says so.
  await expect
    .poll(async () => (await scrim.log()).filter(({ state }) => state === 'open').length, { timeout: 10_000 })
    .toBe(2);
  const exited = once(scrim.process, 'exit');
  scrim.process.kill('SIGKILL');
  await exited;

  const records = await scrim.log();
  expect(records.map(({ state }) => state).sort()).toEqual(['cut', 'cut', 'done', 'done', 'done']);
  for (const { state, channels, closed } of records) {
    if (state === 'done') {
      expect(channels).toMatchObject([
        { text: expect.stringMatching(/AKIAMASKED_AWS_[0-9a-f]{8} and that is all\.$/) as string },
      ]);
      expect(closed).toMatchObject({ status: 200 });
    } else expect(closed).toBeNull();
  }
  for (const part of [secret, secret.slice(4)]) expect(await scrim.filesWith(part)).toEqual([]);

  // Nothing that the dead one left behind stands in the way of the next one.
  expect(await scrim.command('status')).toMatchObject({ code: 1, err: expect.stringMatching(/not running/) as string });
  const next = await scrim.command('run', '--', process.execPath, '-e', 'process.exit(7)');
  expect(next).toMatchObject({ code: 7, err: '' });
  expect((await scrim.log()).map(({ state }) => state).sort()).toEqual(['cut', 'cut', 'done', 'done', 'done']);
});

test('a clean stop lets a stream end, and takes nothing new', async () => {
  await using server = await startPlayback({ secret, pause: 30, cut: 200 });
  await using scrim = await startScrim({ policy: `version: 1\nproviders: { local: "${server.origin}" }\n` });
  const url = `${scrim.gateway}/local/v1/chat/completions`;
  const arrived = server.nextRequest();
  const answered = ask(url);
  await arrived;
  const exited = once(scrim.process, 'exit');
  scrim.process.kill('SIGTERM');
  const reply = await answered;
  expect(reply).toMatchObject({ status: 200, error: undefined });
  expect(reply.body.toString()).toMatch(/data: \[DONE\]\n\n$/);
  expect(await exited).toEqual([0, null]);
  expect((await ask(url)).error).toBe('ECONNREFUSED');
  expect(await scrim.log()).toMatchObject([{ state: 'done' }]);
});
