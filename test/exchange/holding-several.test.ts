// Several calls in one response: judged one by one, in order; what is allowed and what is refused agree in every copy.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/contract/questions.ts';
import { everyBytes, outcomeOf, startExchange, cutAt, sse, type Outcome } from '../support/exchange.ts';
import { riskOf } from '../support/risk.ts';

const asks = riskOf((proposal) => (JSON.stringify(proposal).includes('risky') ? 'ask' : 'allow'));
const answerOf = (verdict: Answer['verdict']): Answer => ({
  verdict,
  by: 'dialog',
  scope: { kind: 'once' },
  note: null,
  at: 0,
});

/** Plays `body`; answers each question when it comes. Gives the outcome and the actions asked about, in order. */
function play(
  path: string,
  body: string,
  verdict: (action: string) => Answer['verdict'],
  cuts: readonly number[] = [],
): { readonly outcome: Outcome; readonly asked: readonly string[] } {
  const exchange = startExchange({ path, risk: () => asks });
  const commands = [...exchange.begin(), ...exchange.step({ type: 'request-end', trailers: [], at: 1 })];
  const type = body.startsWith('{') && !body.includes('}\n{') ? 'application/json' : 'text/event-stream';
  const head = { status: 200, statusText: '', headers: ['content-type', type] };
  commands.push(...exchange.step({ type: 'response-head', head, at: 2 }));
  for (const bytes of cutAt(Buffer.from(body), cuts))
    commands.push(...exchange.step({ type: 'response-bytes', bytes, at: 3 }));
  commands.push(...exchange.step({ type: 'response-end', trailers: [], at: 4 }));
  const asked: string[] = [];
  // Grows while it is walked: an answer may bring the next question.
  for (const command of commands) {
    if (command.type !== 'ask') continue;
    asked.push(command.held.action);
    const answer = answerOf(verdict(command.held.action));
    commands.push(
      ...exchange.step({
        type: 'answered',
        question: command.question,
        answer,
        at: 5,
      }),
    );
  }
  return { outcome: outcomeOf(commands), asked };
}

interface Call {
  readonly risky: boolean;
  readonly allowed: boolean;
}

const calls = fc.array(fc.record({ risky: fc.boolean(), allowed: fc.boolean() }), { minLength: 1, maxLength: 5 });
const actionOf = ({ risky }: Call, i: number): string => `${risky ? 'risky' : 'calm'} ${i}`;
const passes = ({ risky, allowed }: Call): boolean => !risky || allowed;
const expected = (all: readonly Call[]): string[] =>
  all.flatMap((call, i) => (passes(call) ? [actionOf(call, i)] : []));
const questions = (all: readonly Call[]): string[] => all.flatMap((call, i) => (call.risky ? [actionOf(call, i)] : []));
const verdictIn =
  (all: readonly Call[]) =>
  (action: string): Answer['verdict'] =>
    all[Number(action.split(' ')[1])]?.allowed === true ? 'allow' : 'deny';

function eventsOf(outcome: Outcome): Record<string, unknown>[] {
  expect(outcome.end).toBe('end');
  return outcome.body
    .toString()
    .split('\n\n')
    .map((event) => event.split('\n').find((line) => line.startsWith('data: {')))
    .flatMap((line) => (line === undefined ? [] : [JSON.parse(line.slice(6)) as Record<string, unknown>]));
}

describe('OpenAI chat', () => {
  const chunk = (delta: object, finish: string | null = null): object => ({
    id: 'c',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const stream = (all: readonly Call[]): string =>
    sse(
      chunk({ role: 'assistant', content: 'Some text.' }),
      ...all.flatMap((call, index) => [
        chunk({
          tool_calls: [
            {
              index,
              id: `call_${index}`,
              type: 'function',
              function: { name: 'bash', arguments: '' },
            },
          ],
        }),
        chunk({
          tool_calls: [{ index, function: { arguments: '{"command":' } }],
        }),
        chunk({
          tool_calls: [{ index, function: { arguments: `"${actionOf(call, index)}"}` } }],
        }),
      ]),
      chunk({}, 'tool_calls'),
    ) + 'data: [DONE]\n\n';

  test('allowed calls keep their order under indexes without gaps; the finish reason agrees', () => {
    fc.assert(
      fc.property(calls, fc.nat(40), (all, size) => {
        const body = stream(all);
        const { outcome, asked } = play(
          '/v1/chat/completions',
          body,
          verdictIn(all),
          everyBytes(Buffer.from(body), size + 1),
        );
        expect(asked).toEqual(questions(all));
        const got: { id?: string; source: string }[] = [];
        let text = '';
        let finish: unknown;
        for (const event of eventsOf(outcome)) {
          const [choice] = event['choices'] as {
            delta: Record<string, unknown>;
            finish_reason: unknown;
          }[];
          if (typeof choice?.delta['content'] === 'string') text += choice.delta['content'];
          if (choice?.finish_reason != null) finish = choice.finish_reason;
          for (const part of (choice?.delta['tool_calls'] ?? []) as Part[]) {
            const call = (got[part.index] ??= { source: '' });
            if (part.id !== undefined) call.id = part.id;
            call.source += part.function.arguments;
          }
        }
        expect(got.map(({ source }) => (JSON.parse(source) as { command: string }).command)).toEqual(expected(all));
        expect(new Set(got.map(({ id }) => id)).size).toBe(got.length);
        expect(finish).toBe(got.length > 0 ? 'tool_calls' : 'stop');
        expect(text.split('[Scrim]')).toHaveLength(1 + all.length - got.length);
        expect(outcome.body.toString().trimEnd()).toMatch(/data: \[DONE\]$/);
      }),
    );
  });
  interface Part {
    readonly index: number;
    readonly id?: string;
    readonly function: { readonly arguments: string };
  }
});

describe('Anthropic', () => {
  const stream = (all: readonly Call[]): string =>
    sse(
      { type: 'message_start', message: { id: 'm', content: [] } },
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'text', text: '' },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text: 'Some text.' },
      },
      { type: 'content_block_stop', index: 0 },
      ...all.flatMap((call, i) => [
        {
          type: 'content_block_start',
          index: i + 1,
          content_block: {
            type: 'tool_use',
            id: `t${i}`,
            name: 'Bash',
            input: {},
          },
        },
        {
          type: 'content_block_delta',
          index: i + 1,
          delta: { type: 'input_json_delta', partial_json: '{"command":' },
        },
        {
          type: 'content_block_delta',
          index: i + 1,
          delta: {
            type: 'input_json_delta',
            partial_json: `"${actionOf(call, i)}"}`,
          },
        },
        { type: 'content_block_stop', index: i + 1 },
      ]),
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 1 },
      },
      { type: 'message_stop' },
    );

  test('each block starts, gets its deltas and stops under its own index; the stop reason agrees', () => {
    fc.assert(
      fc.property(calls, fc.nat(40), (all, size) => {
        const body = stream(all);
        const { outcome, asked } = play('/v1/messages', body, verdictIn(all), everyBytes(Buffer.from(body), size + 1));
        expect(asked).toEqual(questions(all));
        const blocks: { type: string; text: string; stopped: boolean }[] = [];
        let stopReason: unknown;
        for (const event of eventsOf(outcome)) {
          const index = event['index'] as number;
          const delta = event['delta'] as Record<string, string>;
          const block = blocks[index];
          if (event['type'] === 'content_block_start')
            blocks[index] = {
              ...(event['content_block'] as { type: string }),
              text: '',
              stopped: false,
            };
          if (event['type'] === 'content_block_stop' && block !== undefined) block.stopped = true;
          if (event['type'] === 'message_delta') stopReason = delta['stop_reason'];
          if (event['type'] !== 'content_block_delta') continue;
          expect(block?.stopped).toBe(false);
          expect(delta['type']).toBe(block?.type === 'tool_use' ? 'input_json_delta' : 'text_delta');
          if (block !== undefined) block.text += delta['text'] ?? delta['partial_json'] ?? '';
        }
        const inputs = blocks
          .filter(({ type }) => type === 'tool_use')
          .map(({ text }) => JSON.parse(text) as { command: string });
        expect(blocks).toHaveLength(all.length + 1);
        expect(blocks.every(({ stopped }) => stopped)).toBe(true);
        expect(inputs.map(({ command }) => command)).toEqual(expected(all));
        expect(stopReason).toBe(inputs.length > 0 ? 'tool_use' : 'end_turn');
      }),
    );
  });
});

describe('OpenAI Responses', () => {
  const stream = (all: readonly Call[]): string => {
    const item = (call: Call, i: number): object => ({
      id: `fc_${i}`,
      type: 'function_call',
      status: 'completed',
      call_id: `call_${i}`,
      name: 'shell',
      arguments: JSON.stringify({ command: actionOf(call, i) }),
    });
    const events: object[] = [
      { type: 'response.created', response: { id: 'r', output: [] } },
      ...all.flatMap((call, i) => {
        const { arguments: source, ...rest } = item(call, i) as {
          arguments: string;
        };
        const place = { item_id: `fc_${i}`, output_index: i };
        return [
          {
            type: 'response.output_item.added',
            output_index: i,
            item: { ...rest, status: 'in_progress', arguments: '' },
          },
          {
            type: 'response.function_call_arguments.delta',
            ...place,
            delta: source.slice(0, 5),
          },
          {
            type: 'response.function_call_arguments.delta',
            ...place,
            delta: source.slice(5),
          },
          {
            type: 'response.function_call_arguments.done',
            ...place,
            arguments: source,
          },
          {
            type: 'response.output_item.done',
            output_index: i,
            item: item(call, i),
          },
        ];
      }),
      {
        type: 'response.completed',
        response: { id: 'r', output: all.map(item), usage: {} },
      },
    ];
    return events
      .map((event, n) => ({ ...event, sequence_number: n }) as unknown as { type: string })
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join('');
  };

  test('every copy of an item says the same; names agree with types; numbers rise by one', () => {
    fc.assert(
      fc.property(calls, fc.nat(40), (all, size) => {
        const body = stream(all);
        const { outcome, asked } = play('/v1/responses', body, verdictIn(all), everyBytes(Buffer.from(body), size + 1));
        expect(asked).toEqual(questions(all));
        const events = eventsOf(outcome);
        const named = [...outcome.body.toString().matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
        expect(events.map(({ type }) => type)).toEqual(named);
        expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
        const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
        const { output } = events.at(-1)?.['response'] as {
          output: { type: string; arguments?: string }[];
        };
        expect(output).toEqual(done);
        const sources = output.flatMap((item) => (item.arguments === undefined ? [] : [item.arguments]));
        expect(sources.map((source) => (JSON.parse(source) as { command: string }).command)).toEqual(expected(all));
        expect(output.filter(({ type }) => type === 'message')).toHaveLength(all.length - sources.length);
      }),
    );
  });
});

test('a second question comes only after the first has its answer', () => {
  const exchange = startExchange({ path: '/api/chat', risk: () => asks });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 1 });
  const head = {
    status: 200,
    statusText: '',
    headers: ['content-type', 'application/x-ndjson'],
  };
  exchange.step({ type: 'response-head', head, at: 2 });
  const call = (action: string): object => ({
    function: { name: 'bash', arguments: { command: action } },
  });
  const line = {
    message: {
      role: 'assistant',
      content: '',
      tool_calls: [call('risky 0'), call('risky 1')],
    },
    done: false,
  };
  const first = exchange.step({
    type: 'response-bytes',
    bytes: Buffer.from(`${JSON.stringify(line)}\n`),
    at: 3,
  });
  expect(first.filter(({ type }) => type === 'ask')).toHaveLength(1);
  const second = exchange.step({
    type: 'answered',
    question: 1,
    answer: answerOf('allow'),
    at: 4,
  });
  expect(second.filter(({ type }) => type === 'ask')).toHaveLength(1);
  const out = outcomeOf(
    exchange.step({
      type: 'answered',
      question: 2,
      answer: answerOf('deny'),
      at: 5,
    }),
  ).body.toString();
  expect(out).toContain('risky 0');
  expect(out).not.toContain('risky 1');
});
