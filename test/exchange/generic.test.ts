// Masking where the framing is known and the shape is not: unknown events, plain text, and JSON of any shape and size.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyBytes, exchangeOf, readEvents as read, sse, streamEvents as stream } from '../support/exchange.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'generic');
const other = makeSecret('github-classic', 'generic');
const key = makeSecret('private-key', 'generic');
const chat = '/v1/chat/completions';
const responses = '/v1/responses';

describe('what nobody described', () => {
  test('events of an unknown shape, with a secret in pieces', () => {
    for (const size of [1, 3, 8, 15, 40]) {
      const pieces = `The key is ${secret}, really.`.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      const events = stream('/v9/talk', ...pieces.map((said, turn) => ({ kind: 'speech', turn, message: { said } })), {
        kind: 'bye',
      });
      const said = events.map((event) => (event['message'] as { said: string } | undefined)?.said ?? '').join('');
      expect(said).toMatch(/^The key is AKIAMASKED_AWS_[0-9a-f]{8}, really\.$/);
      expect(events.slice(0, -1).map((event) => event['turn'])).toEqual(pieces.map((_, turn) => turn));
    }
  });

  test('events that are no JSON, comments, and lines of several data fields', () => {
    const pieces = [secret.slice(0, 7), secret.slice(7, 14), `${secret.slice(14)} end`];
    const body = `: ${other}\n\n${pieces.map((piece) => `event: say\ndata: ${piece}\n\n`).join('')}data: {"a":\ndata: "${other}"}\n\n`;
    const outcome = exchangeOf(
      { path: '/v9/talk' },
      { type: 'text/event-stream', body },
      everyBytes(Buffer.from(body), 5),
    );
    const text = outcome.body.toString();
    expect(text).not.toContain(other.slice(4, 12));
    expect(text).not.toContain(secret.slice(7, 14));
    expect(
      text
        .match(/^data: (.*)$/gm)
        ?.slice(0, 3)
        .join('')
        .replaceAll('data: ', ''),
    ).toMatch(/^AKIAMASKED_AWS_[0-9a-f]{8} end$/);
    const last = text.split('\n\n').at(-2)?.replaceAll('data: ', '') ?? '';
    expect(JSON.parse(last)).toEqual({ a: expect.stringMatching(/^ghp_MASKED_/) as string });
  });

  test('a stream that begins with a byte order mark', () => {
    const body = `\ufeff${sse({ choices: [{ index: 0, delta: { content: secret.slice(0, 9) } }] }, { choices: [{ index: 0, delta: { content: secret.slice(9) } }] })}`;
    const text = exchangeOf(
      { path: chat },
      { type: 'text/event-stream', body },
      everyBytes(Buffer.from(body), 3),
    ).body.toString();
    expect(text).toMatch(/^\ufeffdata: [^]*AKIAMASKED_AWS_[0-9a-f]{8}/);
    expect(text).not.toContain(secret.slice(9));
  });

  test('plain text, with a secret across chunks of any size', () => {
    const body = Buffer.from(`AWS_KEY=${secret}\nna\u00efve ${key} \u{1f511} ${other}.`);
    const whole = exchangeOf({ path: '/x' }, { type: 'text/plain', body });
    for (const hidden of [secret.slice(4, 12), other.slice(4, 12), key.split('\n')[3] ?? ''])
      expect(whole.body.toString()).not.toContain(hidden);
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 20 }), (cuts) => {
        expect(exchangeOf({ path: '/x' }, { type: 'text/plain', body }, cuts).body.equals(whole.body)).toBe(true);
      }),
    );
  });
});

describe('JSON', () => {
  test('a list of stored answers is text, base64 under the same name is not', () => {
    const answers = {
      object: 'list',
      data: [{ choices: [{ message: { content: `It is ${secret}.` } }] }],
      audio: { data: 'UklGRg==' },
    };
    const body = JSON.stringify(answers);
    for (const cuts of [[], everyBytes(Buffer.from(body), 5)]) {
      const text = exchangeOf({ path: chat, method: 'GET' }, { type: 'application/json', body }, cuts).body.toString();
      expect(text).not.toContain(secret.slice(4, 12));
      expect(JSON.parse(text)).toMatchObject({ object: 'list', audio: { data: 'UklGRg==' } });
    }
    const [event] = read(exchangeOf({ path: chat }, { type: 'text/event-stream', body: sse(answers) }));
    expect(JSON.stringify(event)).toMatch(/It is AKIAMASKED_AWS_[0-9a-f]{8}\./);
  });

  const texts = fc.constantFrom(
    secret,
    `see ${other} here`,
    key,
    'plain',
    'naïve 日本語',
    'a\\b"c',
    `x${'y'.repeat(50)}`,
  );
  const shape = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.integer(),
      fc.constantFrom(null, true),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.constantFrom('content', 'password', 'arguments', 'id', 'text', 'usage', other, 'ü'),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;

  test('any value, any cut, any escapes: valid, of the same shape, without the secret', () => {
    fc.assert(
      fc.property(
        shape,
        fc.array(fc.nat(3_000), { maxLength: 25 }),
        fc.boolean(),
        fc.constantFrom(chat, responses, '/v9/other'),
        (value, cuts, escaped, path) => {
          const source = JSON.stringify({ value }, null, escaped ? 2 : 0);
          const body = escaped
            ? source.replace(/[A-Z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
            : source;
          // Keys stay: escapes only where JSON.parse reads the same.
          const whole = exchangeOf({ path }, { type: 'application/json', body });
          const text = whole.body.toString();
          expect(whole.closed?.failure).toBeNull();
          expect(exchangeOf({ path }, { type: 'application/json', body }, cuts).body.toString()).toBe(text);
          expect(shapeOf(JSON.parse(text))).toBe(shapeOf(JSON.parse(body)));
          const shown = visible(JSON.parse(text));
          for (const hidden of [secret.slice(4, 12), other.slice(4, 12), key.split('\n')[3] ?? '']) {
            expect(shown).not.toContain(hidden);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a secret in a string of many chunks is masked, whatever the escapes', () => {
    const body = JSON.stringify({
      choices: [{ message: { content: `${'a '.repeat(500)}\u00e9 ${secret} \n${key}${'b '.repeat(500)}` } }],
    });
    const outcome = exchangeOf({ path: chat }, { type: 'application/json', body }, everyBytes(Buffer.from(body), 17));
    const { choices } = JSON.parse(outcome.body.toString()) as { choices: { message: { content: string } }[] };
    const [before, after] = (choices[0]?.message.content ?? '').split(
      /AKIAMASKED_AWS_[0-9a-f]{8} \n-----BEGIN PRIVATE KEY-----\nMASKED_PRIVATE_KEY_[0-9a-f]{8}/,
    );
    expect(before).toBe(`${'a '.repeat(500)}\u00e9 `);
    expect(after).toContain('b '.repeat(500));
  });

  test('JSON inside a text that parsed still parses', () => {
    const inner = JSON.stringify({ command: `echo ${secret}`, key, text: `${other}\n` });
    for (const text of [inner, `Here:\n${inner}\n`]) {
      const body = JSON.stringify({ choices: [{ message: { content: text } }] });
      const outcome = exchangeOf({ path: chat }, { type: 'application/json', body });
      const { choices } = JSON.parse(outcome.body.toString()) as { choices: { message: { content: string } }[] };
      const content = choices[0]?.message.content ?? '';
      const value = JSON.parse(content.slice(content.indexOf('{'))) as Record<string, string>;
      expect(value['command']).toMatch(/^echo AKIAMASKED_AWS_[0-9a-f]{8}$/);
      expect(value['key']).toMatch(/^-----BEGIN PRIVATE KEY-----\nMASKED_PRIVATE_KEY_[0-9a-f]{8}\n/);
      expect(value['text']).toMatch(/^ghp_MASKED_GITHUB_[0-9a-f]{8}\n$/);
    }
  });

  test('values of secret keys, secrets as keys, JSON inside strings', () => {
    const inner = JSON.stringify({ password: 'hunter2 is long', note: `x ${secret}` });
    const body = JSON.stringify({
      password: 'correct horse',
      [other]: 1,
      tool: { function: { arguments: inner } },
      id: secret,
    });
    const outcome = exchangeOf({ path: chat }, { type: 'application/json', body }, everyBytes(Buffer.from(body), 6));
    const value = JSON.parse(outcome.body.toString()) as { tool: { function: { arguments: string } }; id: string };
    expect(JSON.stringify(value)).not.toContain(other.slice(4, 10));
    expect(value).toMatchObject({ password: expect.stringMatching(/^MASKED/) as string, id: secret });
    expect(JSON.parse(value.tool.function.arguments)).toEqual({
      password: expect.stringMatching(/^MASKED/) as string,
      note: expect.stringMatching(/^x AKIAMASKED_AWS/) as string,
    });
  });

  /** Everything but what is protocol. */
  function visible(value: unknown): string {
    if (Array.isArray(value)) return value.map(visible).join(' ');
    if (typeof value !== 'object' || value === null) return String(value);
    return Object.entries(value)
      .map(([name, inner]) => (name === 'id' || name === 'usage' ? name : `${name} ${visible(inner)}`))
      .join(' ');
  }

  function shapeOf(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(shapeOf).join()}]`;
    if (typeof value === 'object' && value !== null) return `{${Object.values(value).map(shapeOf).join()}}`;
    // A number under a secret's key becomes a string.
    return typeof value === 'number' ? 'string' : typeof value;
  }
});
