// The scanner agrees with JSON.parse on what is JSON, whatever the cut, and hands out every string and key.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsonScanner, JsonSyntaxError, uncutLength } from '../../src/wire/json-scan.ts';
import { findSpans, pathKey } from '../../src/wire/json-spans.ts';
import { changeJsonString, decodeJsonString, encodeJsonString } from '../../src/wire/json-string.ts';

interface Scan {
  readonly strings: string[];
  readonly keys: string[];
  readonly scalars: string[];
}

/** Scans text in parts that end at `cuts`, moved so that no escape is cut, as the caller must. */
function scan(text: string, cuts: readonly number[] = []): Scan {
  const found: Scan = { strings: [], keys: [], scalars: [] };
  let depth = 0;
  let open = '';
  const scanner = createJsonScanner({
    open: () => depth++,
    close: () => depth--,
    key(inside, from, to) {
      expect(text.slice(from, to)).toBe(inside);
      found.keys.push(decodeJsonString(inside));
    },
    string(part, from, to, first, last) {
      if (first) open = '';
      open += part.slice(from, to);
      if (last) found.strings.push(decodeJsonString(open));
    },
    scalar(part, from, to, end) {
      const source = part.slice(from, to);
      expect(text.slice(end - source.length, end)).toBe(source);
      found.scalars.push(source);
    },
  });
  let carried = '';
  const places = [...new Set(cuts)].filter((cut) => cut > 0 && cut < text.length).sort((a, b) => a - b);
  for (const [i, from] of [0, ...places].entries()) {
    const part = carried + text.slice(from, places[i] ?? text.length);
    const length = uncutLength(part);
    scanner.push(part.slice(0, length));
    carried = part.slice(length);
  }
  scanner.push(carried);
  scanner.end();
  expect(depth).toBe(0);
  return found;
}

function walk(value: unknown, found: Scan = { strings: [], keys: [], scalars: [] }): Scan {
  if (typeof value === 'string') found.strings.push(value);
  else if (Array.isArray(value)) for (const each of value) walk(each, found);
  else if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) {
      found.keys.push(key);
      walk(each, found);
    }
  else found.scalars.push(JSON.stringify(value));
  return found;
}

const json = fc
  .tuple(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), fc.constantFrom(0, 1, 4))
  .map(([value, indent]) => JSON.stringify(value, null, indent));
const cuts = fc.array(fc.nat(300), { maxLength: 20 });

/** One character of valid JSON changed, taken out or put in: often no JSON any more. */
const nearlyJson = fc
  .tuple(
    json,
    fc.nat(200),
    fc.constantFrom('', '"', '{', '}', '[', ']', ',', ':', '\\', '1', 'e', '-', 't', ' ', '\n'),
    fc.boolean(),
  )
  .map(([text, place, put, replaces]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + put + text.slice(replaces ? at + 1 : at);
  });

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the scanner', () => {
  test('hands out what JSON.parse finds, in any cut', () => {
    fc.assert(
      fc.property(json, cuts, (text, places) => {
        // Object.entries sorts keys that look like numbers.
        fc.pre(!/"\d+":/.test(text));
        const { strings, keys, scalars } = scan(text, places);
        const expected = walk(JSON.parse(text));
        expect({ strings, keys }).toEqual({ strings: expected.strings, keys: expected.keys });
        expect(scalars.map((source) => JSON.stringify(JSON.parse(source)))).toEqual(expected.scalars);
      }),
      { numRuns: 500 },
    );
  });

  test('accepts all that JSON.parse accepts, in any cut', () => {
    fc.assert(
      fc.property(nearlyJson, cuts, (text, places) => {
        fc.pre(isJson(text));
        expect(() => scan(text, places)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test('throws nothing but its own error, and the same in any cut', () => {
    const outcome = (text: string, places: readonly number[]): string => {
      try {
        scan(text, places);
        return 'fine';
      } catch (error) {
        if (error instanceof JsonSyntaxError || error instanceof SyntaxError) return 'refused';
        throw error;
      }
    };
    fc.assert(
      fc.property(
        fc.oneof(nearlyJson, fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]":,\\ 1truefalsn'.split('')) })),
        cuts,
        (text, places) => {
          expect(outcome(text, places)).toBe(outcome(text, []));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each([
    '{',
    '[',
    '"',
    '{"a"',
    '{"a":',
    '{"a":1',
    '[1',
    '[1,',
    '{"a":1,',
    '{"a":1,}',
    '[1,]',
    '{,}',
    '[,]',
    '{"a" 1}',
    '{1:2}',
    '}',
    ']',
    '[1}',
    '{"a":1]',
    'tru',
    'nulll',
    '<html>',
    '{a:1}',
    "{'a':1}",
    '1.2.3x',
    '["a" "b"]',
    '"a":1',
  ])('refuses %s', (text) => expect(() => scan(text)).toThrow(JsonSyntaxError));

  test.each([
    '',
    ' \n',
    '\ufeff{"a":1}',
    '1',
    '-0.5e+10',
    'null',
    '"x"',
    '[]',
    '{}',
    '{"a":{}}',
    '{"a":1}\n{"a":2}\n',
    '[[[[]]]]',
  ])('accepts %j', (text) => expect(() => scan(text)).not.toThrow());

  test('bounds: depth, keys, numbers', () => {
    expect(() => scan('['.repeat(500) + ']'.repeat(500))).not.toThrow();
    expect(() => scan('['.repeat(513))).toThrow(JsonSyntaxError);
    expect(() => scan(`{"${'k'.repeat(70_000)}`)).toThrow(JsonSyntaxError);
    expect(() => scan('1'.repeat(5_000))).toThrow(JsonSyntaxError);
  });
});

describe('strings and spans', () => {
  test('a change touches its own characters only, whatever escapes stand around', () => {
    const literal = fc
      .array(fc.constantFrom('a', 'ü', '\\n', '\\u00e9', '\\ud83d\\ude00', '😀', '\\\\', '\\"', '\\/'), {
        maxLength: 12,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(literal, fc.nat(14), fc.nat(14), fc.string(), (inside, a, b, put) => {
        const text = decodeJsonString(inside);
        const [start, end] = [Math.min(a, b, text.length), Math.min(Math.max(a, b), text.length)];
        fc.pre(encodeURISafe(text.slice(0, start)) && encodeURISafe(text.slice(end)) && encodeURISafe(put));
        const changed = changeJsonString(inside, [{ start, end, text: put }]);
        expect(decodeJsonString(changed)).toBe(text.slice(0, start) + put + text.slice(end));
      }),
      { numRuns: 500 },
    );
    expect(changeJsonString('\\u0041bc\\u00e9', [{ start: 1, end: 2, text: '"' }])).toBe('\\u0041\\"c\\u00e9');
    expect(decodeJsonString(encodeJsonString('a"\\\n\u2028'))).toBe('a"\\\n\u2028');
  });

  test('findSpans gives each value its place', () => {
    fc.assert(
      fc.property(json, (text) => {
        const paths = new Map<string, unknown>();
        const collect = (value: unknown, path: (string | number)[]): void => {
          paths.set(pathKey(path), value);
          if (typeof value !== 'object' || value === null) return;
          if (Array.isArray(value)) value.forEach((each, i) => collect(each, [...path, i]));
          else for (const [key, each] of Object.entries(value)) collect(each, [...path, key]);
        };
        collect(JSON.parse(text), []);
        const found = findSpans(text, new Set(paths.keys()));
        expect(found.length).toBeGreaterThanOrEqual(paths.size);
        // Two ways of writing a path may meet (a key that holds the separator); their places are right all the same.
        for (const { span } of found) expect(isJson(text.slice(span.start, span.end))).toBe(true);
        for (const [key, value] of paths)
          expect(
            found
              .filter((each) => each.key === key)
              .map(({ span }) => JSON.stringify(JSON.parse(text.slice(span.start, span.end)))),
          ).toContain(JSON.stringify(value));
      }),
      { numRuns: 300 },
    );
  });

  test('a key that stands twice: both values', () => {
    const text = '{"a": 1, "b": {"a": 2}, "a" : "x"}';
    expect(findSpans(text, new Set(['a'])).map(({ span }) => text.slice(span.start, span.end))).toEqual(['1', '"x"']);
  });
});

/** No lone surrogate. */
function encodeURISafe(text: string): boolean {
  return text.isWellFormed();
}
