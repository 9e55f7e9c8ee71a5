// A dangerous tool call through the whole product: held, asked about, answered, recorded; each question has one outcome.

import type { IncomingMessage } from 'node:http';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoreEvent } from '../../src/contract/core-events.ts';
import { createAnsweringHook } from '../support/answering-hook.ts';
import { chatCall } from '../support/dangerous.ts';
import { ask, open } from '../support/http-client.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { runScrim, startCore, startScrim, type Scrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'approvals');
let playback: Playback;
const hook = createAnsweringHook();
let scrim: Scrim;

beforeAll(async () => {
  playback = await startPlayback({ secret, answer: chatCall('rm -rf /srv/precious') });
  scrim = await startCore({ policy: policy('timeout: 60s') });
});

afterAll(async () => {
  await scrim.stop();
  await playback.close();
});

function policy(approval: string, command = hook.command): string {
  return [
    'version: 1',
    `providers: { local: "${playback.origin}" }`,
    `approval: { ${approval}, keep-alive: 1s, hook: ${JSON.stringify(command)} }`,
    '',
  ].join('\n');
}

let asked = 0;
/** A request that no other test has sent. */
function request(more: object = {}): string {
  asked++;
  return JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Clean up ${asked}` }], ...more });
}

const url = (path = '/local/v1/chat/completions'): string => scrim.gateway + path;
const held = (): Promise<Extract<CoreEvent, { event: 'question' }>> => scrim.nextEvent('question');

test('allowed: an SDK gets the call as the model wrote it', async () => {
  const openai = new OpenAI({ baseURL: url('/local/v1'), apiKey: 'none', maxRetries: 0 });
  const stream = openai.chat.completions.stream({
    model: 'm',
    messages: [{ role: 'user', content: `Clean up ${asked++}` }],
  });
  const finished = stream.finalMessage();
  const question = await held();
  expect(question).toMatchObject({ kind: 'tool-call', tool: 'bash', action: 'rm -rf /srv/precious' });
  expect(question.reasons.length).toBeGreaterThan(0);
  hook.answer(question.id, 0);
  expect(await scrim.nextEvent('answered')).toMatchObject({ id: question.id, verdict: 'allow', by: 'hook' });
  const { content, tool_calls } = await finished;
  expect(content).toBe('On it.');
  expect(tool_calls).toMatchObject([{ function: { name: 'bash', arguments: '{"command":"rm -rf /srv/precious"}' } }]);
});

test('denied: an SDK gets text and a finished turn; the log has the verdict', async () => {
  const openai = new OpenAI({ baseURL: url('/local/v1'), apiKey: 'none', maxRetries: 0 });
  const answer = openai.chat.completions.create({
    model: 'm',
    messages: [{ role: 'user', content: `Clean up ${asked++}` }],
  });
  const question = await held();
  hook.answer(question.id, 1);
  const { choices } = await answer;
  expect(choices[0]?.finish_reason).toBe('stop');
  expect(choices[0]?.message.tool_calls).toBeUndefined();
  expect(choices[0]?.message.content).toMatch(/^On it\.\n\n\[Scrim\][^]*It says: "from the test"/);
  await scrim.nextEvent('exchange', ({ id }) => id === question.exchange);
  const recorded = (await scrim.log()).find(({ id }) => id === question.exchange);
  expect(recorded?.verdicts).toMatchObject([{ verdict: 'denied', by: 'hook', note: 'from the test', tool: 'bash' }]);
});

test('while it is held the head is out, text before it is there, and keep-alives come', async () => {
  const response = await open(url(), { body: request({ stream: true }) });
  expect(response.statusCode).toBe(200);
  const question = await held();
  let text = '';
  for await (const part of response as AsyncIterable<Buffer>) {
    text += part.toString();
    if (text.split('"delta":{}').length === 3) break;
  }
  expect(text).toContain('On it.');
  expect(text).not.toMatch(/precious|call_1|tool_calls/);
  // The loop's end closed the connection: the client has left.
  expect(await scrim.nextEvent('answered', ({ id }) => id === question.id)).toMatchObject({ by: 'lost' });
  expect(await scrim.nextEvent('exchange', ({ id }) => id === question.exchange)).toMatchObject({
    failure: 'client-lost',
  });
});

test('the same request again, without streaming: the same verdict and no second question', async () => {
  const body = { model: 'm', messages: [{ role: 'user', content: `Clean up ${asked++}` }] };
  const first = ask(url(), { body: JSON.stringify({ ...body, stream: true }) });
  const question = await held();
  hook.answer(question.id, 1);
  expect((await first).body.toString()).toContain('[Scrim]');
  await scrim.nextEvent('answered', ({ id }) => id === question.id);
  const questions = scrim.events.filter(({ event }) => event === 'question').length;
  const second = await ask(url(), { body: JSON.stringify(body) });
  expect(second.body.toString()).toContain('[Scrim]');
  expect(second.body.toString()).not.toContain('precious');
  expect(scrim.events.filter(({ event }) => event === 'question')).toHaveLength(questions);
});

test('an exact repeat while the question is open joins it', async () => {
  const body = request({ stream: true });
  const first = ask(url(), { body });
  const question = await held();
  const second = await open(url(), { body });
  await read(second, 'On it.');
  hook.answer(question.id, 1);
  expect((await first).body.toString()).toContain('[Scrim]');
  expect(await read(second, '[DONE]')).toContain('[Scrim]');
  expect(scrim.events.filter((event) => event.event === 'question' && event.id === question.id)).toHaveLength(1);
});

test('fifty at once: each is asked about and answered for itself', async () => {
  const replies = Array.from({ length: 50 }, (_, i) =>
    ask(url(), { body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Number ${i}` }] }) }),
  );
  const ids = new Set<string>();
  for (let i = 0; i < 50; i++) ids.add((await held()).id);
  expect(ids.size).toBe(50);
  [...ids].forEach((id, i) => hook.answer(id, i % 2 === 0 ? 0 : 1));
  for (const each of ids) await scrim.nextEvent('answered', ({ id }) => id === each);
  const texts = (await Promise.all(replies)).map(({ body }) => body.toString());
  expect(texts.filter((text) => text.includes('precious'))).toHaveLength(25);
  expect(texts.filter((text) => text.includes('[Scrim]'))).toHaveLength(25);
});

describe('with other policies', () => {
  test('nobody answers in time: denied', async () => {
    await using quick = await startCore({ policy: policy('timeout: 1s', ['/bin/false-does-not-exist']) });
    const { body } = await ask(`${quick.gateway}/local/v1/chat/completions`, { body: request() });
    expect(body.toString()).toContain('nobody answered in time');
    expect(await quick.nextEvent('answered')).toMatchObject({ verdict: 'deny', by: 'deadline' });
  });

  test('observe: it passes, and what would have been asked is recorded', async () => {
    await using observing = await startCore({ policy: `${policy('timeout: 1s')}mode: observe\n` });
    const { body } = await ask(`${observing.gateway}/local/v1/chat/completions`, { body: request() });
    expect(body.toString()).toContain('precious');
    await observing.nextEvent('exchange');
    expect((await observing.log())[0]?.verdicts).toMatchObject([{ verdict: 'would-ask', by: 'policy', tool: 'bash' }]);
  });

  test('killed while a question is open: it is lost, with a record, at the next start', async () => {
    const first = await startScrim({ policy: policy('timeout: 60s') });
    const reply = ask(`${first.gateway}/local/v1/chat/completions`, { body: request() });
    const { id } = await first.nextEvent('question');
    first.process.kill('SIGKILL');
    expect((await reply).body.toString()).not.toContain('precious');
    const words = ['--data-dir', first.dataDir, '--policy', first.policyFile];
    const log = await runScrim(['sessions', 'list', '--json', ...words]);
    expect(log.code).toBe(0);
    const { createCore } = await import('../../src/core.ts');
    const { readServeOptions } = await import('../../src/core/serve-flags.ts');
    const again = await createCore(
      readServeOptions(
        { listen: '127.0.0.1:0', ui: '127.0.0.1:0' },
        { dataDir: first.dataDir, policy: first.policyFile, env: {} },
      ),
      () => undefined,
    );
    const { out } = await runScrim(['approvals', 'list', '--all', '--json', ...words]);
    await again.stop();
    await first.stop();
    const listed = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]));
    expect(listed).toMatchObject([{ state: 'ended', id, answer: { verdict: 'deny', by: 'lost' } }]);
  });

  test('the policy may deny by itself', async () => {
    const rules = `risk:\n  - { id: no-rm, when: [shell, tool], match: "rm *", then: deny, reason: "Nothing is deleted here." }\n`;
    await using strict = await startCore({ policy: policy('timeout: 60s') + rules });
    const { body } = await ask(`${strict.gateway}/local/v1/chat/completions`, { body: request() });
    expect(body.toString()).toMatch(/the policy on this machine forbids it.*Nothing is deleted here/);
    expect(strict.events.some(({ event }) => event === 'question')).toBe(false);
  });
});

async function read(response: IncomingMessage, until: string): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  return new Promise((resolve) => {
    const take = (part: string): void => {
      text += part;
      if (!text.includes(until)) return;
      response.off('data', take);
      response.pause();
      resolve(text);
    };
    response.on('data', take).resume();
  });
}
