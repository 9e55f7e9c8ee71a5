// What every masking test needs: a masking, text made of pieces that rules care about, and streaming with given cuts.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createMasking, type Edit, type Masking, type MaskingOptions } from '../../src/masking/masking.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { sketchExample } from '../../src/masking/sketch.ts';

export function fingerprint(value: string): string {
  return createHmac('sha256', 'test key').update(value).digest('hex');
}

export function masking(options: Partial<MaskingOptions> = {}): Masking {
  return createMasking({
    placeholder: 'word',
    packs: ['secrets'],
    keys: [],
    env: [],
    rules: [],
    allow: [],
    knownValues: [],
    fingerprint,
    ...options,
  });
}

/** Deterministic numbers, so that a failing run can be repeated. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Streams a text in pieces of the sizes that `next` gives; checks on the way that nothing settled is taken back. */
export function streamed(engine: Masking, text: string, next: () => number): Edit[] {
  const masker = engine.stream();
  const edits: Edit[] = [];
  let settled = 0;
  const read = (): void => {
    for (const edit of masker.takeEdits()) {
      if (edit.start < settled || edit.end > masker.settled)
        throw new Error(`edit ${edit.start}-${edit.end} outside what just settled`);
      edits.push(edit);
    }
    if (masker.settled < settled) throw new Error('settled went back');
    if (masker.taken - masker.settled > 4096) throw new Error('held more than the cap');
    settled = masker.settled;
  };
  for (let at = 0; at < text.length;) {
    const to = Math.min(text.length, at + Math.max(1, next()));
    masker.push(text, at, to);
    at = to;
    read();
  }
  masker.end();
  read();
  if (settled !== text.length) throw new Error('text left unsettled');
  return edits;
}

const exampleSketches = catalogue.flatMap((rule) => rule.examples);
const counterSketches = catalogue.flatMap((rule) => rule.counterExamples ?? []);

/** Glue between secrets: what text, code, JSON and escapes put next to them. */
const glue = [
  ...[
    '',
    ' ',
    '\n',
    '"',
    "'",
    '`',
    '=',
    ': ',
    ',',
    ';',
    '.',
    '-',
    '_',
    '/',
    '\\',
    '\\n',
    '\\"',
    '\\u003d',
    '%20',
    '%',
    '&',
    '?',
    '@',
    '#',
    '{',
    '}',
  ],
  ...[
    'password',
    'token',
    'api_key',
    'PASSWORD=',
    'secret: "',
    'Bearer ',
    'Authorization: ',
    'https://',
    '://u:',
    'eyJ',
    'sk-',
    'ghp',
    '_',
    'AKIA',
  ],
  ...[
    'the ',
    'const x = ',
    'export ',
    '-----BEGIN ',
    'PRIVATE KEY-----',
    '-----END',
    'é',
    '😀',
    '\u2028',
    'MASKED_',
    'MASKED_PASSWORD_0123abcd',
    '0',
    'A',
    'zz',
    '12345678',
    'abcdefgh',
  ],
];

/** Texts in which rules begin, match, nearly match, overlap and break off. */
export const eventfulText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...glue) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...exampleSketches), fc.nat(5))
          .map(([sketch, seed]) => sketchExample(sketch, seed)),
      },
      { weight: 1, arbitrary: fc.constantFrom(...counterSketches).map((sketch) => sketchExample(sketch)) },
      {
        weight: 1,
        arbitrary: fc
          .tuple(fc.constantFrom(...exampleSketches), fc.nat(60))
          .map(([sketch, cut]) => sketchExample(sketch).slice(0, cut)),
      },
      { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
      { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9+/_.=-]{0,40}$/u) },
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
