import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { infoAt, keysAt, shapeAt, valuesAt } from '../../renderer/views/policy/schema-at.ts';
import { placeAt } from '../../renderer/views/policy/yaml-place.ts';
import { lineChanges } from '../../renderer/views/policy/line-changes.ts';
import { defaultPolicyText } from '../../src/policy/default-text.ts';
import { policyJsonSchema } from '../../src/policy/json-schema.ts';

/** `|` is the caret. */
function place(text: string) {
  const position = text.indexOf('|');
  const found = placeAt(text.replace('|', ''), position);
  return found === undefined ? undefined : { path: found.path.join('.'), at: found.at, word: found.word };
}

describe('the place of the caret', () => {
  test.each([
    ['mo|', '', 'key', 'mo'],
    ['mode: en|', 'mode', 'value', 'en'],
    ['mode: |', 'mode', 'value', ''],
    ['masking:\n  pl|', 'masking', 'key', 'pl'],
    ['masking:\n  keys: []\n  # note\n\n  pl|', 'masking', 'key', 'pl'],
    ['masking:\n  packs: [secrets, p|', 'masking.packs.0', 'value', 'p'],
    ['masking:\n  packs:\n    - p|', 'masking.packs.0', 'value', 'p'],
    ['masking:\n  packs:\n  - p|', 'masking.packs.0', 'value', 'p'],
    ['risk:\n- i|', 'risk.0', 'value', 'i'],
    ['risk:\n- id: x\n  th|', 'risk.0', 'key', 'th'],
    ['risk:\n  - id: x\n    then: d|', 'risk.0.then', 'value', 'd'],
    ['risk:\n  - { id: x, th|', 'risk.0', 'key', 'th'],
    ['risk:\n  - { id: x, then: a|', 'risk.0.then', 'value', 'a'],
    ['risk: [{ id: x, when: [s|', 'risk.0.when.0', 'value', 's'],
    ['scopes:\n  - match:\n      project: x\n    requests: m|', 'scopes.0.requests', 'value', 'm'],
    ['scopes:\n  - match:\n      ho|', 'scopes.0.match', 'key', 'ho'],
    [
      'scopes:\n  - match: { host: x }\n    masking:\n      rules:\n        - id: x\n          se|',
      'scopes.0.masking.rules.0',
      'key',
      'se',
    ],
    ['approval: { timeout: 60s }\nses|', '', 'key', 'ses'],
  ])('%j', (text, path, at, word) => {
    expect(place(text)).toEqual({ path, at, word });
  });

  test.each(['# mo|', 'mode: enforce # a|', "masking: { keys: ['a|"])('is nowhere in %j', (text) => {
    expect(place(text)).toBeUndefined();
  });

  test('is told for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '-', ':', '{', '[', '"', ',', '#', '}') }),
        fc.nat(),
        (text, at) => {
          const position = at % (text.length + 1);
          const found = placeAt(text, position);
          if (found !== undefined) expect(text.slice(found.from, position)).toBe(found.word);
        },
      ),
    );
  });

  test('is right on every key of the default policy', () => {
    const schema = policyJsonSchema();
    let offset = 0;
    let keys = 0;
    for (const line of defaultPolicyText.split('\n')) {
      const key = /^\s*([a-z-]+):/.exec(line)?.[1];
      if (key !== undefined) {
        const found = placeAt(defaultPolicyText, offset + line.indexOf(key) + key.length);
        expect(
          keysAt(schema, found?.path ?? [0]).map(({ word }) => word),
          line,
        ).toContain(key);
        keys++;
      }
      offset += line.length + 1;
    }
    expect(keys).toBeGreaterThan(25);
  });
});

describe('the schema', () => {
  const schema = policyJsonSchema();
  const words = (found: readonly { word: string }[]) => found.map(({ word }) => word);

  test('knows keys and values at a place', () => {
    expect(words(keysAt(schema, []))).toContain('masking');
    expect(words(keysAt(schema, ['risk', 0]))).toEqual(['id', 'when', 'match', 'then', 'reason']);
    expect(words(valuesAt(schema, ['mode']))).toEqual(['enforce', 'observe']);
    expect(words(valuesAt(schema, ['risk', 0, 'when', 0]))).toEqual(['shell', 'tool', 'code', 'text']);
    expect(words(valuesAt(schema, ['masking', 'values', 'dotenv']))).toEqual(['true', 'false']);
    expect(words(keysAt(schema, ['providers', 'lab']))).toEqual(['base-url', 'dialect']);
    expect(words(keysAt(schema, ['nonsense', 0, 'x']))).toEqual([]);
  });

  test('knows how a value is mostly written', () => {
    expect(shapeAt(schema, ['masking'])).toBe('map');
    expect(shapeAt(schema, ['risk'])).toBe('maps');
    expect(shapeAt(schema, ['mode'])).toBe('other');
    expect(shapeAt(schema, ['masking', 'packs'])).toBe('other');
  });

  test('says what a key is for', () => {
    expect(infoAt(schema, ['mode'])).toBe(
      'enforce: mask and ask; observe: find and record, change nothing · enforce, observe',
    );
    expect(infoAt(schema, ['approval', 'hook'])).toMatch(/command and arguments.*a list/);
    // Every key at the top says something.
    for (const { word, info } of keysAt(schema, [])) expect(info, word).not.toBe('');
  });
});

test('differences of two texts, with what is around them', () => {
  expect(lineChanges('a\nb\nc\nd\ne\nf\ng', 'a\nb\nc\nD\ne\nf\ng')).toEqual([' b', ' c', '-d', '+D', ' e', ' f', '@@']);
  expect(lineChanges('same', 'same')).toEqual([]);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('x', 'y', 'z')), fc.array(fc.constantFrom('x', 'y', 'z')), (a, b) => {
      const lines = lineChanges(a.join('\n'), b.join('\n'));
      expect(lines.some((line) => /^[+-]/.test(line))).toBe(a.join('\n') !== b.join('\n'));
    }),
  );
});
