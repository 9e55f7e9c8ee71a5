// Records as the log may hold them: every text nasty in the way that some format minds.

import * as fc from 'fast-check';
import { asMasked } from '../../src/base/text.ts';
import type { ExchangeRecord, RecordedVerdict } from '../../src/contract/records.ts';
import type { Exported, ExportedExchange, Origin } from '../../src/exports/exported.ts';
import { toHex, digestOf, linkHash, noHash } from '../../src/sessions/proof.ts';
import { closedRecord, findingRecord, openedRecord, verdictRecord } from '../sessions/records.ts';

export const origin: Origin = { version: '0.1.0', machine: 'laptop-7', pid: 4711 };

export function exchangeRecord(parts: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    ...openedRecord(),
    state: 'done',
    request: { model: asMasked('gpt-5'), body: asMasked('{"model":"gpt-5"}'), truncated: false, bytes: 17 },
    closed: closedRecord(),
    identity: {
      program: asMasked('claude'),
      pid: 321,
      user: asMasked('ada'),
      folder: asMasked('/home/ada/shop/web'),
      git: {
        root: asMasked('/home/ada/shop'),
        branch: asMasked('main'),
        commit: null,
        remote: asMasked('git.example.com/shop'),
      },
      ci: null,
    },
    channels: [
      { channel: asMasked('0.text'), text: asMasked('MASKED_SECRET_0a1b2c3d it is'), offsets: [0], times: [13] },
    ],
    findings: [findingRecord()],
    verdicts: [{ ...verdictRecord(), askedAt: 20, answeredAt: 4_020 }],
    ...parts,
  };
}

export function exported(
  record: ExchangeRecord = exchangeRecord(),
): Exported & { readonly record: NonNullable<Exported['record']> } {
  return { record: { kind: 'exchange', ...record }, proof: null };
}

/** With a chain, as the log has it. */
export function chained(records: readonly ExchangeRecord[]): Exported[] {
  let prev = noHash;
  return records.map((record, i) => {
    const whole = { kind: 'exchange' as const, ...record };
    const digest = digestOf(whole);
    const hash = linkHash(prev, i + 1, digest);
    const proof = { n: i + 1, digest: toHex(digest), prev: toHex(prev), hash: toHex(hash) };
    prev = hash;
    return { record: whole, proof };
  });
}

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    '=HYPERLINK("http://x")',
    '+1',
    '-1',
    '@sum',
    '\t=1',
    'a,b;"c"\r\nd',
    'CEF:0|x\\|y=z\n\\',
    '<script>alert(1)</script>',
    '\ud83d',
    '\u0000\u0001\u001b[31m',
    '\u2028 ] } ,',
    'é'.repeat(3_000),
    'x'.repeat(20_000),
  ),
);
export const nastyText = nasty.map(asMasked);
const count = fc.nat({ max: 2 ** 31 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

const verdict: fc.Arbitrary<RecordedVerdict> = fc.record(
  {
    verdict: fc.constantFrom('allowed', 'denied', 'would-ask', 'would-deny', 'lost'),
    by: fc.constantFrom('dialog', 'deadline', 'policy'),
    note: maybe(nastyText),
    askedAt: fc.double({ min: 0, max: 1e6, noNaN: true }),
    answeredAt: fc.double({ min: 0, max: 1e6, noNaN: true }),
    kind: fc.constantFrom('tool-call', 'code'),
    tool: nastyText,
    action: nastyText,
    reasons: fc.array(
      fc.record({
        rule: fc.constantFrom('rm-root', 'exfil'),
        severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
        reason: nasty,
      }),
      { maxLength: 3 },
    ),
    effects: fc.constant({ runs: [], writes: [], hosts: [], credentials: [] }),
  },
  { requiredKeys: ['verdict', 'by', 'note', 'kind', 'tool', 'action', 'reasons', 'effects'] },
);

export const anyRecord: fc.Arbitrary<ExchangeRecord> = fc.record(
  {
    id: fc.uuid(),
    session: fc.uuid(),
    startedAt: fc.double({ min: 0, max: 4e12, noNaN: true }),
    via: fc.constantFrom('proxy', 'gateway'),
    method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'M-SEARCH').map(asMasked),
    scheme: fc.constantFrom('http', 'https'),
    host: fc.constantFrom('api.openai.com', '127.0.0.1', '::1', 'bücher.example').map(asMasked),
    port: fc.integer({ min: 1, max: 65_535 }),
    path: nasty.map((text) => asMasked(`/${text}`)),
    httpVersion: fc.constantFrom('1.1', '2'),
    dialect: fc.constantFrom('openai-chat', 'anthropic', 'generic'),
    client: nastyText,
    state: fc.constantFrom('open', 'done', 'failed', 'cut'),
    headers: fc.array(fc.record({ name: fc.constantFrom('accept', 'user-agent'), value: nastyText }), { maxLength: 3 }),
    request: maybe(
      fc.record({ model: maybe(nastyText), body: maybe(nastyText), truncated: fc.boolean(), bytes: count }),
    ),
    closed: maybe(
      fc.record({
        state: fc.constantFrom('done', 'failed', 'cut'),
        endedAt: fc.double({ min: 0, max: 4e12, noNaN: true }),
        status: maybe(fc.integer({ min: 100, max: 599 })),
        headAfter: maybe(fc.double({ min: 0, max: 1e6, noNaN: true })),
        firstByteAfter: maybe(fc.double({ min: 0, max: 1e6, noNaN: true })),
        responseBytes: count,
        usage: maybe(fc.record({ input: maybe(count), output: maybe(count) })),
        failure: maybe(fc.constantFrom('denied', 'upstream-lost', 'cannot-read')),
        reason: maybe(nastyText),
      }),
    ),
    identity: maybe(
      fc.record({
        program: nastyText,
        pid: fc.integer({ min: 1, max: 4_000_000 }),
        user: maybe(nastyText),
        folder: maybe(nastyText),
        git: maybe(
          fc.record({ root: nastyText, branch: maybe(nastyText), commit: fc.constant(null), remote: maybe(nastyText) }),
        ),
        ci: fc.constant(null),
      }),
    ),
    channels: fc.array(
      fc.record({ channel: nastyText, text: nastyText, offsets: fc.constant([0]), times: fc.constant([1.5]) }),
      { maxLength: 3 },
    ),
    findings: fc.array(
      nastyText.map((channel) => findingRecord({ channel })),
      { maxLength: 3 },
    ),
    verdicts: fc.array(verdict, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);

export function anyExported(): fc.Arbitrary<ExportedExchange> {
  return anyRecord.map((record) => ({ record, proof: null }));
}
