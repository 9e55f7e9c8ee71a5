// One JSON value that is too long to be kept: it leaves as it comes, and nothing that could be a call leaves with it.

import { expect, test } from 'vitest';
import { exchangeOf, everyBytes } from '../support/exchange.ts';
import { riskOf } from '../support/risk.ts';

const risk = () => riskOf(({ kind }) => (kind === 'tool-call' ? 'ask' : 'allow'));
const long = 'word '.repeat(2_000_000);
const call = { id: 'c1', type: 'function', function: { name: 'bash', arguments: '{"command":"risky"}' } };
const play = (message: object) => {
  const body = Buffer.from(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] }));
  const outcome = exchangeOf({ risk }, { type: 'application/json', body }, everyBytes(body, 65_521));
  return { body, outcome };
};

test('without calls and code it is what the provider sent', () => {
  const { body, outcome } = play({ role: 'assistant', content: long });
  expect(outcome.body.equals(body)).toBe(true);
  expect(outcome.end).toBe('end');
});

test('a call behind so much text ends the response before it', () => {
  const { outcome } = play({ role: 'assistant', content: long, tool_calls: [call] });
  expect(outcome.closed?.failure).toBe('too-large');
  expect(outcome.end).toBe('reset');
  expect(outcome.body.toString().slice(-200)).not.toMatch(/tool_calls|risky/);
});

test('a call before it is an error and not one byte', () => {
  const { outcome } = play({ role: 'assistant', tool_calls: [call], content: long });
  expect(outcome.head?.status).toBe(502);
  expect(outcome.body.toString()).not.toContain('risky');
});
