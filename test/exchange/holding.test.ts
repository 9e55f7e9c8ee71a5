// A tool call that a rule asks about: nothing of it leaves before the answer, allowed it is what it was, refused it is
// ordinary text, and the answer is in every copy. Recorded streams, cut everywhere.

import { describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { Answer } from '../../src/contract/questions.ts';
import type { Command } from '../../src/exchange/events.ts';
import { cutAt, everyBytes, outcomeOf, startExchange, type Outcome } from '../support/exchange.ts';
import { riskOf } from '../support/risk.ts';
import { makeSecret } from '../support/secrets.ts';
import { loadStream } from '../support/streams.ts';

const secret = makeSecret('aws-access-key-id', 'holding');
const asksAboutAll = riskOf(({ kind }) => (kind === 'tool-call' ? 'ask' : 'allow'));

/** Streams with one tool call: path, and whether bytes before the call may leave. */
const streams: readonly (readonly [name: string, path: string])[] = [
  ['openai-chat-tool', '/v1/chat/completions'],
  ['openai-chat-nostreamtool', '/v1/chat/completions'],
  ['openai-responses-tool', '/v1/responses'],
  ['anthropic-tool', '/v1/messages'],
  ['anthropic-nostreamtool', '/v1/messages'],
  ['gemini-sse-tool', '/v1beta/models/m:streamGenerateContent?alt=sse'],
  ['gemini-array-tool', '/v1beta/models/m:streamGenerateContent'],
  ['gemini-nostreamtool', '/v1beta/models/m:generateContent'],
  ['ollama-chat-tool', '/api/chat'],
  ['ollama-chat-nostreamtool', '/api/chat'],
];

const allow: Answer = {
  verdict: 'allow',
  by: 'terminal',
  scope: { kind: 'once' },
  note: null,
  at: 0,
};
const deny: Answer = { ...allow, verdict: 'deny', note: asMasked('not today') };

interface Held {
  /** Until the whole response has come. */
  readonly before: Outcome;
  readonly questions: readonly Extract<Command, { type: 'ask' }>[];
  /** Answers each question as it comes; gives the whole outcome. */
  readonly answer: (...answers: readonly Answer[]) => Outcome;
}

function hold(path: string, type: string, body: Buffer, cuts: readonly number[], risk = asksAboutAll): Held {
  const exchange = startExchange({ path, risk: () => risk });
  const commands = [...exchange.begin(), ...exchange.step({ type: 'request-end', trailers: [], at: 1 })];
  const head = {
    status: 200,
    statusText: '',
    headers: ['Content-Type', type, 'Content-Length', String(body.length)],
  };
  commands.push(...exchange.step({ type: 'response-head', head, at: 2 }));
  for (const bytes of cutAt(body, cuts)) commands.push(...exchange.step({ type: 'response-bytes', bytes, at: 3 }));
  commands.push(...exchange.step({ type: 'response-end', trailers: [], at: 4 }));
  const questions = (): Held['questions'] => commands.filter((command) => command.type === 'ask');
  return {
    before: outcomeOf([...commands]),
    questions: questions(),
    answer(...answers) {
      answers.forEach((answer, i) => {
        const question = questions()[i]?.question ?? -1;
        commands.push(...exchange.step({ type: 'answered', question, answer, at: 5 + i }));
      });
      return outcomeOf(commands);
    },
  };
}

function load(name: string): {
  readonly type: string;
  readonly body: Buffer;
  readonly chunks: readonly string[];
} {
  const { headers, body, chunks } = loadStream(name, secret);
  return { type: headers['content-type'] ?? '', body, chunks };
}

/** What stands before the first event of the call. */
function beforeCall(chunks: readonly string[]): string {
  const first = chunks.findIndex((chunk) =>
    /"tool_use"|"tool_calls":\[|"function_call"|"functionCall"/.test(chunk.replaceAll('"tool_calls":[]', '')),
  );
  return chunks.slice(0, first).join('');
}

describe.each(streams)('%s', (name, path) => {
  const { type, body, chunks } = load(name);
  const isWhole = type.includes('application/json') && !name.includes('array');

  test('nothing of the call leaves before the answer, wherever the stream is cut', () => {
    const cuts = [[], everyBytes(body, 1), everyBytes(body, 7), ...everyBytes(body, 5).map((cut) => [cut])];
    for (const each of cuts) {
      const { before, questions } = hold(path, type, body, each);
      expect(questions).toHaveLength(1);
      expect(questions[0]?.held.action).toContain('echo hi-from-tool');
      expect(before.body.toString()).toBe(isWhole ? '' : beforeCall(chunks));
      expect(before.head?.status).toBe(200);
      expect(before.end).toBeUndefined();
      expect(before.closed).toBeUndefined();
    }
  });

  test('allowed, the client gets the bytes of the provider', () => {
    const outcome = hold(path, type, body, everyBytes(body, 11)).answer(allow);
    expect(outcome.body.toString()).toBe(body.toString());
    expect(outcome.end).toBe('end');
    expect(outcome.closed?.failure).toBeNull();
  });

  test('refused, the client gets ordinary text and an ordinary end', () => {
    const outcome = hold(path, type, body, everyBytes(body, 11)).answer(deny);
    const text = outcome.body.toString();
    expect(text).not.toMatch(/hi-from-tool|toolu_mock|call_mock|tool_use|function_call|functionCall/);
    expect(text).not.toMatch(/"tool_calls":\[\{|"finish_reason":"tool_calls"/);
    expect(text).toContain('has not been run');
    expect(text).toContain('not today');
    expect(outcome.end).toBe('end');
    expect(outcome.closed?.state).toBe('done');
    const verdict = outcome.commands.find((command) => command.type === 'record-verdict')?.verdict;
    expect(verdict).toMatchObject({
      verdict: 'denied',
      by: 'terminal',
      note: 'not today',
    });
    expect(Object.values(outcome.log).join('')).not.toContain('hi-from-tool');
  });
});

test('a held whole answer: the head goes out at once, whitespace keeps the client calm', () => {
  const { type, body } = load('openai-chat-nostreamtool');
  const exchange = startExchange({
    path: '/v1/chat/completions',
    risk: () => asksAboutAll,
    keepAlive: 10_000,
  });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 1 });
  exchange.step({
    type: 'response-head',
    head: { status: 200, statusText: '', headers: ['Content-Type', type] },
    at: 2,
  });
  exchange.step({ type: 'response-bytes', bytes: body, at: 3 });
  const held = outcomeOf(exchange.step({ type: 'response-end', trailers: [], at: 4 }));
  expect(held.head?.headers).not.toContain('Content-Length');
  const first = outcomeOf(exchange.step({ type: 'tick', at: 10_100 })).body.toString();
  const second = outcomeOf(exchange.step({ type: 'tick', at: 20_200 })).body.toString();
  const rest = outcomeOf(exchange.step({ type: 'answered', question: 1, answer: allow, at: 20_300 })).body.toString();
  expect(first + second).toMatch(/^\s+$/);
  expect(JSON.parse(first + second + rest)).toEqual(JSON.parse(body.toString()));
});

test('what cannot be judged is asked about, and does not end the response', () => {
  const { type, body } = load('anthropic-tool');
  const broken = (): never => {
    throw new Error('a mistake of ours');
  };
  const { questions, answer } = hold('/v1/messages', type, body, [], broken);
  expect(questions[0]?.held.reasons).toMatchObject([{ rule: 'unreadable' }]);
  expect(answer(allow).body.toString()).toBe(body.toString());
});

test('a stream whose first event is held is kept alive too', () => {
  const { type, body } = load('ollama-chat-tool');
  const exchange = startExchange({ path: '/api/chat', risk: () => asksAboutAll, keepAlive: 10_000 });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 1 });
  exchange.step({
    type: 'response-head',
    head: { status: 200, statusText: '', headers: ['Content-Type', type] },
    at: 2,
  });
  exchange.step({ type: 'response-bytes', bytes: body, at: 3 });
  const filler = outcomeOf(exchange.step({ type: 'tick', at: 10_100 })).body.toString();
  expect(JSON.parse(filler)).toMatchObject({ model: 'm', message: { content: '' }, done: false });
});
