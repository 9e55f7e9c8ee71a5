// What of an exchange is shown in a conversation: only what is new, with verdicts and findings at their places.

import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import { createKnownTurns, shownExchange, textOf } from '../../src/core/window-conversation.ts';
import { closedRecord, findingRecord, openedRecord, verdictRecord } from '../sessions/records.ts';

function record(parts: Partial<ExchangeRecord> & { readonly messages?: readonly object[] }): ExchangeRecord {
  const { messages = [], ...rest } = parts;
  const body = asMasked(JSON.stringify({ messages }));
  return {
    ...openedRecord(),
    state: 'done',
    request: { model: asMasked('m'), body, truncated: false, bytes: body.length },
    closed: closedRecord(),
    identity: null,
    channels: [],
    findings: [],
    verdicts: [],
    ...rest,
  };
}

const channel = (name: string, text: string) => ({
  ...{ channel: asMasked(name), text: asMasked(text), offsets: [0], times: [1] },
});
const system = { role: 'system', content: 'Be brief.' };
const first = { role: 'user', content: 'One?' };
const answer = { role: 'assistant', content: 'One.' };
const second = { role: 'user', content: 'Two?' };

test('turns that stand in an exchange before, and the answer that was shown there, are not shown again', () => {
  const known = createKnownTurns();
  const one = shownExchange(record({ messages: [system, first] }), known);
  expect(one.turns.map(({ role }) => role)).toEqual(['system', 'user']);
  // Another conversation beside it, of the same session.
  shownExchange(record({ messages: [{ role: 'user', content: 'A title for this?' }] }), known);
  const two = shownExchange(record({ messages: [system, first, answer, second] }), known);
  expect(two.knownTurns).toBe(3);
  expect(two.turns.map(({ blocks }) => blocks[0]?.text.text)).toEqual(['Two?']);
});

test('a verdict stands at the call that it let through, and a refused call before its refusal', () => {
  const allowed = {
    ...verdictRecord(),
    verdict: 'allowed' as const,
    by: 'window' as const,
    askedAt: 100,
    answeredAt: 12_100,
  };
  const calls = [{ id: asMasked('c1'), name: asMasked('Bash') }];
  const let_ = shownExchange(
    record({
      channels: [channel('text 0', 'I will.'), channel('tool call 0.0', '{"command":"git push --force"}')],
      closed: closedRecord({ calls }),
      verdicts: [allowed],
    }),
    createKnownTurns(),
  );
  const blocks = let_.turns.at(-1)?.blocks ?? [];
  expect(blocks.map(({ kind, name }) => [kind, name])).toEqual([
    ['text', 'text 0'],
    ['call', 'Bash'],
  ]);
  expect(blocks[1]).toMatchObject({ language: 'sh', text: { text: 'git push --force' }, verdict: { waited: 12_000 } });

  const refused = shownExchange(
    record({
      channels: [channel('text 0', 'I will.'), channel('refusal', 'It was not run.')],
      verdicts: [verdictRecord()],
    }),
    createKnownTurns(),
  );
  expect(refused.turns.at(-1)?.blocks.map(({ kind }) => kind)).toEqual(['text', 'held', 'refusal']);
});

test('findings stand at the text that they are of; those of the request by themselves', () => {
  const shown = shownExchange(
    record({
      messages: [first],
      channels: [channel('reasoning 0', 'Hm.'), channel('text 0', 'A key.')],
      findings: [
        findingRecord({ channel: asMasked('text 0'), rule: 'late', start: 30 }),
        findingRecord({ channel: asMasked('text 0'), rule: 'early', start: 3 }),
        findingRecord({ side: 'request', rule: 'asked' }),
      ],
    }),
    createKnownTurns(),
  );
  const blocks = shown.turns.at(-1)?.blocks ?? [];
  expect(blocks.map(({ kind, findings }) => [kind, findings.map(({ rule }) => rule)])).toEqual([
    ['reasoning', []],
    ['text', ['early', 'late']],
  ]);
  expect(shown.requestFindings.map(({ rule }) => rule)).toEqual(['asked']);
});

test('long texts come cut, and whole when they are asked for by their reference', () => {
  const long = 'word '.repeat(2_000);
  const whole = record({ messages: [{ role: 'user', content: long }], channels: [channel('text 0', long)] });
  const { turns } = shownExchange(whole, createKnownTurns());
  for (const { blocks } of turns) {
    expect(blocks[0]?.text.text.length).toBeLessThan(long.length);
    expect(blocks[0]?.text.length).toBe(long.length);
    expect(textOf(whole, blocks[0]?.ref ?? '')).toEqual({ text: long, length: long.length });
  }
  expect(textOf(whole, 'channel.7')).toBeUndefined();
  expect(textOf(whole, 'request')?.text).toBe(whole.request?.body);
});

test('an answer that came as one JSON value is read as what it says', () => {
  const body = JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'Yes.' } }] });
  const shown = shownExchange(record({ channels: [channel('body', body)] }), createKnownTurns());
  expect(shown.turns.at(-1)?.blocks.map(({ kind, text }) => [kind, text.text])).toEqual([['text', 'Yes.']]);
});
