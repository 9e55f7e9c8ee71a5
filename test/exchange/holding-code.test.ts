// Fenced code in what the model says: held from its fence while it could be run, wherever the text is cut.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/contract/questions.ts';
import { outcomeOf, startExchange, sse } from '../support/exchange.ts';
import { riskOf } from '../support/risk.ts';

const asks = riskOf(({ kind, ...proposal }) =>
  kind === 'code' && JSON.stringify(proposal).includes('risky') ? 'ask' : 'allow',
);

function textOf(body: string): string {
  return body
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map(
      (event) =>
        JSON.parse(event.slice(6)) as {
          choices: { delta: { content?: string } }[];
        },
    )
    .map((event) => event.choices[0]?.delta.content ?? '')
    .join('');
}

interface Played {
  /** What the client has read when everything has come and nothing is answered. */
  readonly before: string;
  readonly asked: readonly string[];
  readonly after: string;
}

/** The text in deltas of the given sizes, over and over. */
function play(text: string, sizes: readonly number[], verdict: Answer['verdict']): Played {
  const exchange = startExchange({ risk: () => asks });
  const commands = [...exchange.begin(), ...exchange.step({ type: 'request-end', trailers: [], at: 1 })];
  const head = {
    status: 200,
    statusText: '',
    headers: ['content-type', 'text/event-stream'],
  };
  commands.push(...exchange.step({ type: 'response-head', head, at: 2 }));
  for (let at = 0, i = 0; at < text.length; i++) {
    const content = text.slice(at, at + (sizes[i % sizes.length] ?? 1));
    at += content.length;
    const event = {
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content } }],
    };
    commands.push(
      ...exchange.step({
        type: 'response-bytes',
        bytes: Buffer.from(sse(event)),
        at: 3,
      }),
    );
  }
  commands.push(...exchange.step({ type: 'response-end', trailers: [], at: 4 }));
  const before = textOf(outcomeOf([...commands]).body.toString());
  const asked: string[] = [];
  for (const command of commands) {
    if (command.type !== 'ask') continue;
    asked.push(command.held.action);
    const answer: Answer = {
      verdict,
      by: 'dialog',
      scope: { kind: 'once' },
      note: null,
      at: 0,
    };
    commands.push(
      ...exchange.step({
        type: 'answered',
        question: command.question,
        answer,
        at: 5,
      }),
    );
  }
  const outcome = outcomeOf(commands);
  expect(outcome.end).toBe('end');
  return { before, asked, after: textOf(outcome.body.toString()) };
}

const sizes = fc.array(fc.integer({ min: 1, max: 30 }), {
  minLength: 1,
  maxLength: 6,
});

describe.each([
  ['a shell block', '```bash\nls\nrisky -rf\n```'],
  ['a block without a language', '```\nrisky\n```'],
  ['tildes, longer fences inside', '~~~sh\n```\nrisky\n~~~'],
  ['a longer fence than usual', '````zsh title="x"\nrisky\n```\nmore\n````'],
  ['a block in a list', '1. ```console\n   $ risky\n   ```'],
  ['a quoted block', '> ```sh\n> risky\n> ```'],
  ['Windows line ends', '```powershell\r\nrisky\r\n```'],
  ['an empty block and a risky one', '```sh\n```\n\n```sh\nrisky\n```'],
])('%s', (_, block) => {
  const text = `Some text before.\n\n${block}\n\nSome text behind it.`;
  const heldAt =
    text.indexOf('risky') < 0 ? -1 : text.lastIndexOf(/~~~sh/.test(block) ? '~~~sh' : '```', text.indexOf('risky') - 1);

  test('nothing of it leaves before the answer', () => {
    fc.assert(
      fc.property(sizes, (each) => {
        const { before, asked } = play(text, each, 'allow');
        expect(asked).toHaveLength(1);
        expect(text.startsWith(before)).toBe(true);
        expect(before).not.toContain('risky');
        expect(before.length).toBeLessThanOrEqual(block.startsWith('````') ? text.indexOf('````') : heldAt);
      }),
    );
  });

  test('allowed, the text is what it was; refused, the refusal stands in its place', () => {
    fc.assert(
      fc.property(sizes, (each) => {
        expect(play(text, each, 'allow').after).toBe(text);
        const { after } = play(text, each, 'deny');
        expect(after).not.toContain('risky');
        expect(after).toMatch(
          /^Some text before\.[^]*\[Scrim\] A block of code was not passed on[^]*Some text behind it\.$/,
        );
      }),
    );
  });
});

test('other languages stream line by line up to the first line that a rule speaks about', () => {
  const text = 'Look:\n```python\nimport os\nos.system("risky")\nprint(1)\n```\nDone.';
  const { before, asked, after } = play(text, [3, 7], 'deny');
  expect(asked).toEqual(['import os\nos.system("risky")\nprint(1)\n']);
  expect(text.slice(0, text.indexOf('os.system')).startsWith(before)).toBe(true);
  expect(before).toContain('```python\nimport');
  expect(after).toMatch(/^Look:\n```python\nimport os\n\[Scrim\][^]*\nDone\.$/);
});

test('what nothing would run is not judged', () => {
  for (const language of ['json', 'diff', 'markdown']) {
    const text = `\`\`\`${language}\nrisky\n\`\`\`\n`;
    expect(play(text, [5], 'deny')).toEqual({
      before: text,
      asked: [],
      after: text,
    });
  }
});

test('text without risky code is as it was, however it is cut', () => {
  const pieces = fc.constantFrom(
    '```',
    '``',
    '`',
    '~~~',
    '\n',
    '\r\n',
    ' ',
    'word',
    'bash',
    '- ',
    '> ',
    '1. ',
    '```sh\n',
    'é',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), sizes, (words, each) => {
      const text = words.join('');
      const { asked, after } = play(text, each, 'deny');
      expect(asked).toEqual([]);
      expect(after).toBe(text);
    }),
  );
});

test('a block that the stream ends in is judged as it stands', () => {
  const { before, asked, after } = play('See:\n```sh\nrisky', [4], 'deny');
  expect(asked).toEqual(['risky']);
  expect(before).toBe('See:\n'.slice(0, before.length));
  expect(after).toMatch(/^See:\n\[Scrim\]/);
});

test('a later copy of the text says the same', () => {
  const text = 'Do:\n```sh\nrisky\n```\n';
  const body = [
    {
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      delta: text,
    },
    {
      type: 'response.output_text.done',
      output_index: 0,
      content_index: 0,
      text,
    },
    {
      type: 'response.completed',
      response: {
        output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
      },
    },
  ];
  const exchange = startExchange({ path: '/v1/responses', risk: () => asks });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 1 });
  const head = {
    status: 200,
    statusText: '',
    headers: ['content-type', 'text/event-stream'],
  };
  exchange.step({ type: 'response-head', head, at: 2 });
  const held = outcomeOf([
    ...exchange.step({
      type: 'response-bytes',
      bytes: Buffer.from(sse(...body)),
      at: 3,
    }),
    ...exchange.step({ type: 'response-end', trailers: [], at: 4 }),
  ]);
  expect(held.body).toHaveLength(0);
  const answer: Answer = {
    verdict: 'deny',
    by: 'dialog',
    scope: { kind: 'once' },
    note: null,
    at: 0,
  };
  const out = outcomeOf(exchange.step({ type: 'answered', question: 1, answer, at: 5 })).body.toString();
  expect(out).not.toContain('risky');
  expect(out.split('[Scrim]')).toHaveLength(4);
});

test('a whole answer is judged the same way', () => {
  const content = 'Do:\n```sh\nrisky\n```\nDone.';
  const body = JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content } }],
  });
  const exchange = startExchange({ risk: () => asks });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 1 });
  const head = {
    status: 200,
    statusText: '',
    headers: ['content-type', 'application/json'],
  };
  exchange.step({ type: 'response-head', head, at: 2 });
  exchange.step({ type: 'response-bytes', bytes: Buffer.from(body), at: 3 });
  exchange.step({ type: 'response-end', trailers: [], at: 4 });
  const answer: Answer = {
    verdict: 'deny',
    by: 'dialog',
    scope: { kind: 'once' },
    note: null,
    at: 0,
  };
  const out = outcomeOf(exchange.step({ type: 'answered', question: 1, answer, at: 5 })).body.toString();
  const { choices } = JSON.parse(out) as {
    choices: { message: { content: string } }[];
  };
  expect(choices[0]?.message.content).toMatch(/^Do:\n\[Scrim\][^]*\nDone\.$/);
});
