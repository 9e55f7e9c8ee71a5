// Every recorded stream, cut in every way: the client gets the same bytes, without the secret, and all that is not text
// is as the provider sent it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyBytes, exchangeOf, type Outcome } from '../support/exchange.ts';
import { makeSecret } from '../support/secrets.ts';
import { loadStream, streamNames } from '../support/streams.ts';

const secret = makeSecret('aws-access-key-id', 'streams');
// Without the prefix that is kept: it may stand in an event of its own.
const placeholder = /MASKED_AWS_[0-9a-f]{8}/g;

function pathOf(name: string): string {
  if (name.startsWith('openai-chat')) return '/v1/chat/completions';
  if (name.startsWith('openai-completions')) return '/v1/completions';
  if (name.startsWith('openai-responses')) return '/v1/responses';
  if (name.startsWith('anthropic')) return '/v1/messages';
  if (name.startsWith('gemini-sse')) return '/v1beta/models/m:streamGenerateContent?alt=sse';
  if (name.startsWith('gemini-array')) return '/v1beta/models/m:streamGenerateContent';
  if (name.startsWith('gemini')) return '/v1beta/models/m:generateContent';
  if (name.startsWith('cohere')) return '/v2/chat';
  if (name.startsWith('mistral')) return '/v1/chat/completions';
  return name.startsWith('ollama-chat') ? '/api/chat' : '/api/generate';
}

function exchangeOfStream(name: string, from: string, cuts: readonly number[] = []): Outcome {
  const { status, headers, body } = loadStream(name, from);
  const type = headers['content-type'] ?? '';
  return exchangeOf({ path: pathOf(name) }, { status, type, body }, cuts);
}

/** The events of a body, as JSON. */
function eventsOf(body: string): unknown[] {
  if (/^(data|event|:)/.test(body))
    return body
      .split(/\r?\n\r?\n/)
      .flatMap((event) => event.split(/\r?\n/).filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]'))
      .map((line) => JSON.parse(line.slice(6)) as unknown);
  if (body.trimStart().startsWith('[')) return JSON.parse(body) as unknown[];
  try {
    return [JSON.parse(body)];
  } catch {
    return body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
  }
}

/** Where the text of the model stands; everything else is protocol. */
const textKeys = new Set([
  'content',
  'reasoning_content',
  'text',
  'thinking',
  'partial_json',
  'delta',
  'arguments',
  'response',
  'command',
  'message',
]);
/** What repeats the text in another form is taken out where something was masked. */
const repeats = new Set(['logprobs', 'context']);

/** All values under keys that hold no text, with their paths. */
function protocolOf(value: unknown, path = '', found: Record<string, unknown> = {}): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      if (!repeats.has(key)) protocolOf(inner, `${path}.${key}`, found);
    }
  } else if (!textKeys.has(path.split('.').at(-1) ?? '') || typeof value !== 'string') found[path] = value;
  return found;
}

describe.each(streamNames())('%s', (name) => {
  const whole = exchangeOfStream(name, secret);
  const { body } = loadStream(name, secret);

  test('is masked, and parses', () => {
    expect(whole.closed?.failure).toBeNull();
    expect(whole.end).toBe('end');
    const text = whole.body.toString();
    const events = eventsOf(text);
    const raw = eventsOf(body.toString());
    expect(events).toHaveLength(raw.length);
    expect(protocolOf(events)).toEqual(protocolOf(raw));
    for (let at = 4; at + 6 <= secret.length; at += 2) expect(text).not.toContain(secret.slice(at, at + 6));
    const holdsSecret = whole.findings.length > 0;
    expect(holdsSecret).toBe(JSON.stringify(joined(raw)).includes(secret));
    if (holdsSecret) expect(new Set(text.match(placeholder)).size).toBe(1);
    else expect(text).toBe(body.toString());
  });

  test('comes out the same for every cut', () => {
    for (const size of [1, 2, 3, 7, 64, 1000]) {
      const cut = exchangeOfStream(name, secret, everyBytes(body, size));
      expect(cut.body.toString()).toBe(whole.body.toString());
      expect(cut.log).toEqual(whole.log);
      expect(cut.findings).toHaveLength(whole.findings.length);
    }
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 30 }), (cuts) => {
        expect(exchangeOfStream(name, secret, cuts).body.equals(whole.body)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('with a key of several lines', () => {
    const key = makeSecret('private-key', name);
    const outcome = exchangeOfStream(name, key);
    expect(outcome.closed?.failure).toBeNull();
    const text = outcome.body.toString();
    const raw = eventsOf(loadStream(name, key).body.toString());
    expect(protocolOf(eventsOf(text))).toEqual(protocolOf(raw));
    for (const line of key.split('\n').slice(1, -2))
      for (let at = 0; at + 12 <= line.length; at += 6) expect(text).not.toContain(line.slice(at, at + 12));
  });

  test('observed only, it passes as it is and is recorded masked', () => {
    const { status, headers } = loadStream(name, secret);
    const observed = exchangeOf(
      { path: pathOf(name), observe: true },
      { status, type: headers['content-type'] ?? '', body },
      everyBytes(body, 50),
    );
    expect(observed.body.toString()).toBe(body.toString());
    expect(observed.findings).toHaveLength(whole.findings.length);
    expect(observed.log).toEqual(whole.log);
    expect(JSON.stringify(observed.log)).not.toContain(secret.slice(4));
  });
});

/** The strings of all events one after the other, text key by text key: as a client joins deltas. */
function joined(events: readonly unknown[]): Record<string, string> {
  const texts: Record<string, string> = {};
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'string') texts[key] = (texts[key] ?? '') + value;
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, /^\d+$/.test(name) ? key : name);
  };
  for (const event of events) walk(event, '');
  return texts;
}
