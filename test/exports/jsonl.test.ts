import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChainedRecord } from '../../src/contract/records.ts';
import { fileFormat, formatted, exportFormats } from '../../src/exports/format.ts';
import { digestOf, linkHash, toHex } from '../../src/sessions/proof.ts';
import { anyRecord, chained, exchangeRecord, exported, origin } from './records.ts';

async function textOf(records: Parameters<typeof formatted>[0]): Promise<string> {
  let text = '';
  for await (const piece of formatted(records, fileFormat('jsonl', origin))) text += piece;
  return text;
}

test('each line is a record from which its proof can be made again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { maxLength: 4 }), async (records) => {
      const text = await textOf(chained(records));
      const lines = text.split('\n').slice(0, -1);
      expect(lines.length).toBe(records.length);
      for (const line of lines) {
        const { n, record, digest, prev, hash } = JSON.parse(line) as ChainedRecord;
        expect(toHex(digestOf(record!))).toBe(digest);
        expect(toHex(linkHash(Buffer.from(prev, 'hex'), n, Buffer.from(digest, 'hex')))).toBe(hash);
      }
    }),
    { numRuns: 60 },
  );
});

test('what is no exchange is kept too: a gap, a purged record', async () => {
  const proof = { n: 2, digest: 'd', prev: 'p', hash: 'h' };
  const gap = { kind: 'gap', from: 1, to: 2, reason: 'off', client: null } as const;
  const text = await textOf([
    { record: gap, proof },
    { record: null, proof },
  ]);
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { ...proof, record: gap },
    { ...proof, record: null },
  ]);
});

test.each(exportFormats)('%s takes one record after the other, however long the log is', async (format) => {
  let given = 0;
  function* endless() {
    for (;;) {
      given += 1;
      yield exported(exchangeRecord({ id: `x${given}` }));
    }
  }
  const pieces = formatted(endless(), fileFormat(format, origin));
  let text = '';
  for (let taken = 0; taken < 50; taken++) {
    const piece = await pieces.next();
    text += String(piece.value);
    expect(given).toBeLessThanOrEqual(taken + 1);
  }
  await pieces.return(undefined);
  expect(text).toContain('x40');
});
