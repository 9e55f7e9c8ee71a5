// Every rule speaks about its examples and is silent about its counter-examples.
import { describe, expect, it, test } from 'vitest';
import { builtInRules } from '../../src/risk/risk.ts';
import { assess, speaking } from './judge.ts';

describe.each(builtInRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const name = (example: unknown): string =>
    (typeof example === 'string' ? example : JSON.stringify(example)).slice(0, 120);
  it.each(rule.examples.map((example) => [name(example), example] as const))('speaks: %s', (_name, example) => {
    expect(speaking(example)).toContain(id);
    expect(assess(example).verdict).not.toBe('allow');
  });
  it.each(rule.counterExamples.map((example) => [name(example), example] as const))(
    'is silent: %s',
    (_name, example) => {
      expect(speaking(example)).not.toContain(id);
    },
  );
  it('says in one sentence what would happen', () => {
    expect(rule.reason).toMatch(/^[A-Z][^.]*(?:\.[a-z][^.]*)*\.$/);
  });
});

test('ids are unique', () => {
  expect(new Set(builtInRules.map(({ id }) => id)).size).toBe(builtInRules.length);
});

test('a secret written to a file is asked about, unless the path is approved', () => {
  const write = { kind: 'tool-call', name: 'Write', input: { file_path: 'src/config.ts', content: 'x' } } as const;
  expect(assess(write, ['aws-access-key']).reasons.map(({ rule }) => rule)).toEqual(['secret-write']);
  expect(assess(write).verdict).toBe('allow');
  expect(assess('cat src/config.ts', ['aws-access-key']).verdict).toBe('allow');
});
