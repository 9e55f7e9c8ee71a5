import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { cefLines } from '../../src/exports/cef.ts';
import { anyExported, exchangeRecord, origin } from './records.ts';

/** By the rules of the format's guide: bars and backslashes escaped in the header, equals signs and backslashes after it. */
function parseCef(line: string): { header: string[]; fields: Record<string, string> } {
  const match = /^CEF:0((?:\|(?:[^\\|]|\\[\\|])*){6})\|(.*)$/su.exec(line);
  if (match === null) throw new Error('no CEF header');
  const header = match[1]!
    .slice(1)
    .split(/(?<!(?<!\\)(?:\\\\)*\\)\|/)
    .map((part) => part.replace(/\\([\\|])/g, '$1'));
  const fields: Record<string, string> = {};
  const rest = match[2]!;
  const starts = [...rest.matchAll(/(?:^| )(\w+)=/g)];
  for (const [i, start] of starts.entries()) {
    const end = starts[i + 1]?.index ?? rest.length;
    const raw = rest.slice(start.index + start[0].length, end);
    if (/(?<!\\)(?:\\\\)*\\(?![\\=nr])|(?<!\\)(?:\\\\)*=/.test(raw.replace(/\\[\\=nr]/g, '')))
      throw new Error('unescaped');
    fields[start[1]!] = raw.replace(/\\([\\=nr])/g, (_all, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : c));
  }
  return { header, fields };
}

test('whatever the texts are, each event is one bounded line of valid CEF, and fields stay whole', () => {
  fc.assert(
    fc.property(anyExported(), fc.constantFrom(7_168, 1_700), (exchange, maxBytes) => {
      const lines = cefLines(exchange, origin, maxBytes);
      expect(lines.length).toBe(1 + exchange.record.verdicts.length);
      for (const line of lines) {
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(line.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxBytes);
        const { header, fields } = parseCef(line);
        expect(header.slice(0, 3)).toEqual(['Scrim', 'Scrim', '0.1.0']);
        expect(Number(header[5])).toBeGreaterThanOrEqual(0);
        expect(Number(header[5])).toBeLessThanOrEqual(10);
        expect(fields['externalId']).toBe(exchange.record.id);
        expect(fields['dpt']).toBe(String(exchange.record.port));
      }
    }),
  );
});

test('an exchange and its verdict, field by field', () => {
  const record = exchangeRecord({ client: asMasked('a|b=c\\d\ne') });
  const [own, verdict] = cefLines({ record, proof: { n: 3, digest: 'd', prev: 'p', hash: 'abc' } }, origin).map(
    parseCef,
  );
  expect(own!.header).toEqual(['Scrim', 'Scrim', '0.1.0', 'exchange', 'Model traffic done', '8']);
  expect(own!.fields).toMatchObject({
    rt: '1790000000900',
    dhost: 'api.openai.com',
    requestClientApplication: 'a|b=c\\d\ne',
    sproc: 'claude',
    suser: 'ada',
    cs1: 's1',
    cs2: 'gpt-5',
    cs3Label: 'rules',
    cs3: 'aws-access-key-id git-force-push',
    cs4: 'abc',
    cn1: '200',
    cn2: '33',
    cn3: '1',
    request: 'https://api.openai.com/v1/chat/completions',
  });
  expect(verdict!.header.slice(3)).toEqual(['verdict:denied', 'Risky tool-call denied', '8']);
  expect(verdict!.fields).toMatchObject({
    act: 'denied',
    outcome: 'failure',
    cs4: 'dialog',
    cs5: 'Bash',
    cs6: 'git push --force',
    cn1: '4000',
    reason: 'not now',
  });
});
