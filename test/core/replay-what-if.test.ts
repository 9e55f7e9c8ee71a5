// Another policy over what was recorded: what would be masked, asked about or refused beside, or no longer.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WhatIf } from '../../src/core/replay-what-if.ts';
import { chatCall } from '../support/dangerous.ts';
import { sse } from '../support/exchange.ts';
import { startPlayback, type OwnAnswer, type Playback } from '../support/playback.ts';
import { jsonLines, startCore, type Scrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'what-if');
let playback: Playback;
let scrim: Scrim;

beforeAll(async () => {
  playback = await startPlayback({ secret });
  const policy = `version: 1\nproviders: { local: "${playback.origin}" }\napproval: { timeout: 100ms }\n`;
  scrim = await startCore({ policy });
});

afterAll(async () => {
  await scrim.stop();
  await playback.close();
});

const text = (content: string): OwnAnswer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: `${sse({ choices: [{ index: 0, delta: { content } }] })}data: [DONE]\n\n`,
});

/** Records an exchange, and says what the policy would have changed. */
async function whatIf(
  policy: string,
  answer: NonNullable<Parameters<Playback['play']>[0]['answer']>,
  { content = 'Hello ACME-123456.', stream = true } = {},
): Promise<WhatIf> {
  playback.play({ answer });
  const body = JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] });
  const response = await fetch(`${scrim.gateway}/local/v1/chat/completions`, {
    ...{ method: 'POST', body, headers: { 'content-type': 'application/json' } },
  });
  await response.text();
  const { id } = await scrim.nextEvent('exchange');
  const file = join(scrim.folder, 'other.yaml');
  await writeFile(file, `version: 1\n${policy}\n`);
  const { out, err } = await scrim.command('sessions', 'replay', id, '--policy', file, '--json');
  expect(err).toBe('');
  return jsonLines<WhatIf>(out)[0] as WhatIf;
}

test('the same policy changes nothing, and does not find its own placeholders', async () => {
  expect((await whatIf('', text(`Use ${secret}.`), { content: `It is ${secret}` })).changes).toEqual([]);
});

test('a new rule: what it would mask, and where', async () => {
  const { changes } = await whatIf(
    'masking: { rules: [{ id: ticket, regex: "ACME-[0-9]{6}" }] }',
    text('See ACME-654321, ACME-654322.'),
  );
  expect(changes).toMatchObject([
    { change: 'mask', side: 'request', channel: 'body', rule: 'ticket', count: 1 },
    { change: 'mask', side: 'response', channel: 'text 0', rule: 'ticket', count: 2 },
  ]);
  expect(JSON.stringify(changes)).not.toMatch(/ACME-\d/);
});

test('a rule that is off: it would not mask any more, and nothing comes back', async () => {
  const { changes } = await whatIf('masking: { packs: [] }', text(`Use ${secret}.`));
  expect(changes).toEqual([{ change: 'unmask', side: 'response', rule: 'aws-access-key-id', count: 1 }]);
});

test('a policy that only observes would mask nothing', async () => {
  const { changes, mode } = await whatIf('mode: observe', text(`Use ${secret}.`));
  expect(mode).toBe('observe');
  expect(changes).toEqual([{ change: 'unmask', side: 'response', rule: 'aws-access-key-id', count: 1 }]);
});

test('requests that hold secrets, when they are blocked', async () => {
  const { changes } = await whatIf('requests: block', text('ok'), { content: `It is ${secret}` });
  expect(changes).toEqual([{ change: 'request', then: 'refused', rules: ['aws-access-key-id'] }]);
});

test('a scope counts for its host alone', async () => {
  const scoped = (host: string): string =>
    `scopes: [{ match: { host: "${host}" }, masking: { rules: [{ id: w, words: [Hello] }] } }]`;
  expect((await whatIf(scoped('127.0.0.1'), text('ok'))).changes).toHaveLength(1);
  expect((await whatIf(scoped('api.openai.com'), text('ok'))).changes).toEqual([]);
});

test.each([true, false])('a call that was refused would be let through (stream: %s)', async (stream) => {
  const policy = 'risk: [{ id: delete-outside, then: allow }]';
  const { changes } = await whatIf(policy, chatCall('rm -rf /srv/precious'), { stream });
  expect(changes).toMatchObject([
    { change: 'verdict', was: 'ask', then: 'allow', tool: 'bash', action: 'rm -rf /srv/precious' },
  ]);
});

test.each([true, false])('a call that nobody was asked about would be refused (stream: %s)', async (stream) => {
  const policy = 'risk: [{ id: no-ls, when: shell, match: "ls *", then: deny, reason: No listing. }]';
  const { changes } = await whatIf(policy, chatCall('ls -l'), { stream });
  expect(changes).toMatchObject([
    {
      change: 'verdict',
      was: 'allow',
      then: 'deny',
      action: 'ls -l',
      reasons: [{ rule: 'no-ls', reason: 'No listing.' }],
    },
  ]);
});

test('code in an answer is judged too', async () => {
  const policy = 'risk: [{ id: no-ls, when: shell, match: "ls *", then: ask }]';
  const { changes } = await whatIf(policy, text('Run:\n```sh\nls -l\n```\n'));
  expect(changes).toMatchObject([{ change: 'verdict', was: 'allow', then: 'ask', kind: 'code' }]);
});

test('for people: the difference, and that masks stay', async () => {
  await whatIf('', text(`Use ${secret}.`));
  const [{ session } = { session: '' }] = await scrim.log();
  const file = join(scrim.folder, 'other.yaml');
  await writeFile(file, 'version: 1\nmasking: { packs: [], rules: [{ id: ticket, regex: "ACME-[0-9]{6}" }] }\n');
  const { out, code } = await scrim.command('sessions', 'replay', session, '--policy', file);
  expect(code).toBe(0);
  expect(out).toContain('+ masked: ticket');
  expect(out).toContain('- no longer masked by aws-access-key-id');
  expect(out).toContain('no policy brings it back');
});

test('a policy with a mistake, and one that is not there, are refused', async () => {
  const [{ id } = { id: '' }] = await scrim.log();
  const file = join(scrim.folder, 'other.yaml');
  await writeFile(file, 'mod: observe\n');
  expect(await scrim.command('sessions', 'replay', id, '--policy', file)).toMatchObject({ code: 1, out: '' });
  expect(await scrim.command('sessions', 'replay', id, '--policy', `${file}.none`)).toMatchObject({ code: 1, out: '' });
});
