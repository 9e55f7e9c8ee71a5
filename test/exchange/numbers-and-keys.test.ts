// Secrets that are no string values: numbers under a secret's key, keys themselves, and plain text under a key that
// otherwise holds base64.

import { describe, expect, it } from 'vitest';
import { everyBytes, exchangeOf } from '../support/exchange.ts';
import { makeSecret } from '../support/secrets.ts';

const token = makeSecret('github-classic');
const json = 'application/json';
const sse = 'text/event-stream';
const forms = [
  { name: 'a JSON body', type: json, write: (value: object) => JSON.stringify(value), read: (body: string) => body },
  {
    name: 'an event',
    type: sse,
    write: (value: object) => `data: ${JSON.stringify(value)}\n\n`,
    read: (body: string) => body.slice('data: '.length),
  },
] as const;

describe.each(forms)('in $name', ({ type, write, read }) => {
  const bodyOf = (path: string, value: object, size: number): { source: string; masked: unknown } => {
    const body = write(value);
    const outcome = exchangeOf({ path }, { type, body }, everyBytes(Buffer.from(body), size));
    const source = outcome.body.toString();
    return { source, masked: JSON.parse(read(source)) };
  };

  it.each([1, 5, 1000])('masks a number under a secret key, cut every %i bytes', (size) => {
    const { source, masked } = bodyOf('/x', { user: 12345678, password: 87654321, list: [1, 2.5e3] }, size);
    expect(source).not.toContain('87654321');
    expect(masked).toMatchObject({ user: 12345678, list: [1, 2500] });
  });

  it.each([1, 5, 1000])('masks a key that is a secret, cut every %i bytes', (size) => {
    const { source, masked } = bodyOf('/x', { [token]: { note: 'kept' } }, size);
    expect(source).not.toContain(token);
    expect(Object.values(masked as object)).toEqual([{ note: 'kept' }]);
  });

  it("masks a document's plain text and leaves base64 alone", () => {
    const encoded = { type: 'base64', media_type: 'image/png', data: `x ${token}` };
    const plain = { type: 'text', media_type: 'text/plain', data: `x ${token}` };
    const { masked } = bodyOf('/v1/messages', { content: [{ source: plain }, { source: encoded }] }, 1000);
    const [first, second] = (masked as { content: { source: { data: string } }[] }).content;
    expect(first?.source.data).not.toContain(token);
    expect(second?.source.data).toBe(encoded.data);
  });
});

it('names no channel of the log after a secret', () => {
  const event = { type: `response.${token}.delta`, delta: token, [token]: `${token} and more` };
  for (const path of ['/unknown', '/v1/responses']) {
    const { log, findings } = exchangeOf({ path }, { type: sse, body: `data: ${JSON.stringify(event)}\n\n` });
    expect(findings.length).toBeGreaterThan(0);
    expect(JSON.stringify([log, findings])).not.toContain(token);
  }
});
