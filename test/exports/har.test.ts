import { createRequire } from 'node:module';
import { Ajv, type AnySchemaObject } from 'ajv';
import draft06 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' };
import * as fc from 'fast-check';
import type { Har } from 'har-format';
import { expect, test } from 'vitest';
import { fileFormat, formatted } from '../../src/exports/format.ts';
import { anyRecord, exchangeRecord, exported, origin } from './records.ts';

const require = createRequire(import.meta.url);

// The published schema (ahmadnassri/har-schema). Its "format" keywords are checked here: ajv knows none by itself.
const ajv = new Ajv({
  strict: false,
  formats: {
    'date-time': (text: string) => new Date(text).toISOString() === text,
    uri: (text: string) => URL.canParse(text) && /^[\x21-\x7e]+$/.test(text),
    ipv4: true,
    ipv6: true,
  },
});
ajv.addMetaSchema(draft06);
ajv.addSchema(Object.values(require('har-schema') as Record<string, AnySchemaObject>));
const validate = ajv.getSchema<Har>('har.json')!;

async function harOf(records: readonly ReturnType<typeof exported>[]): Promise<Har> {
  let text = '';
  for await (const piece of formatted(records, fileFormat('har', origin))) text += piece;
  return JSON.parse(text) as Har;
}

test('any log is a valid HAR 1.2, an empty one too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { maxLength: 3 }), async (records) => {
      const har = await harOf(records.map((record) => exported(record)));
      expect([validate(har), validate.errors]).toEqual([true, null]);
      expect(har.log.version).toBe('1.2');
      expect(har.log.entries.length).toBe(records.length);
      for (const { time, timings } of har.log.entries) {
        // "time" is the sum of the timings that are not -1.
        expect(timings.send! + timings.wait + timings.receive).toBeCloseTo(time, 3);
        expect(Math.min(timings.send!, timings.wait, timings.receive)).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 60 },
  );
});

test('an entry tells the request, the answer and its timing', async () => {
  const { log } = await harOf([exported(exchangeRecord())]);
  expect(log.entries[0]).toMatchObject({
    startedDateTime: '2026-09-21T14:13:20.000Z',
    time: 900,
    request: {
      method: 'POST',
      url: 'https://api.openai.com/v1/chat/completions',
      httpVersion: 'HTTP/1.1',
      postData: { mimeType: 'application/json', text: '{"model":"gpt-5"}' },
      bodySize: 17,
    },
    response: { status: 200, content: { text: 'MASKED_SECRET_0a1b2c3d it is', size: 2_048 } },
    timings: { wait: 12.5, receive: 887.5 },
  });
});
