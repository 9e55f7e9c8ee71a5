import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { didYouMean } from '../../src/policy/did-you-mean.ts';
import { parseQuery, type Condition, type QueryProblem, type SearchQuery } from '../../src/sessions/search-query.ts';
import { numberTerms, rangeTerms } from '../../src/sessions/search-terms.ts';
import { MAX_NUMBER } from '../../src/sessions/search-values.ts';

const now = new Date(2026, 8, 21, 15, 30).getTime();
const parse = (text: string) => parseQuery(text, { now, home: '/home/ada', suggest: didYouMean });

function query(text: string): SearchQuery {
  const parsed = parse(text);
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.query;
}

function problem(text: string): QueryProblem {
  const parsed = parse(text);
  if ('query' in parsed) throw new Error(`"${text}" is a query`);
  return parsed.problem;
}

const word = (text: string, prefix = false): Condition => ({ is: 'text', text, prefix });
const value = (field: string, pattern: string): Condition => ({ is: 'value', field, pattern });
const range = (field: string, from: number, to = MAX_NUMBER): Condition => ({ is: 'range', field, from, to });

describe('what a query says', () => {
  test.each<[string, Condition | null]>([
    ['', null],
    ['  ', null],
    ['terraform', word('terraform')],
    ['terra*', word('terra', true)],
    ['"terraform destroy"', word('terraform destroy')],
    ['"terraform des"*', word('terraform des', true)],
    ['--force', word('--force')],
    ['std::vector', word('std::vector')],
    ['https://example.com/a', word('https://example.com/a')],
    ['10:30', word('10:30')],
    ['main(argv)', word('main(argv)')],
    ['a b', { is: 'all', conditions: [word('a'), word('b')] }],
    ['a OR b', { is: 'any', conditions: [word('a'), word('b')] }],
    ['a or: b', { is: 'any', conditions: [word('a'), word('b')] }],
    ['a | b', { is: 'any', conditions: [word('a'), word('b')] }],
    ['-a', { is: 'not', condition: word('a') }],
    ['NOT "a b"', { is: 'not', condition: word('a b') }],
    ['-(a OR b)', { is: 'not', condition: { is: 'any', conditions: [word('a'), word('b')] } }],
    ['(f(x) OR b)', { is: 'any', conditions: [word('f(x)'), word('b')] }],
    ['a b OR c', { is: 'any', conditions: [{ is: 'all', conditions: [word('a'), word('b')] }, word('c')] }],
    ['Program:Claude', value('program', 'claude')],
    ['rule:aws-*', value('rule', 'aws-*')],
    ['rule:aws-*,gcp-*', { is: 'any', conditions: [value('rule', 'aws-*'), value('rule', 'gcp-*')] }],
    ['folder:"/my code"', value('folder', '/my code')],
    ['folder:~/code/*', value('folder', '/home/ada/code/*')],
    ['verdict:denied', value('verdict', 'denied')],
    ['finding:yes', value('finding', 'yes')],
    ['tokens:>1000', range('tokens', 1001)],
    ['tokens:>=1k', range('tokens', 1000)],
    ['tokens:<10', range('tokens', 0, 9)],
    ['status:429', range('status', 429, 429)],
    ['duration:>10s', range('duration', 10_001)],
    ['duration:1.5s..2m', range('duration', 1_500, 120_000)],
    ['bytes:<=64KiB', range('bytes', 0, 65_536)],
  ])('%s', (text, where) => {
    expect(query(text)).toEqual({ where, since: null, before: null });
  });

  const day = (month: number, date: number): number => new Date(2026, month - 1, date).getTime();
  test.each<[string, number | null, number | null]>([
    ['since:2d', now - 2 * 86_400_000, null],
    ['before:90m', null, now - 90 * 60_000],
    ['since:today', day(9, 21), null],
    ['until:today', null, day(9, 22)],
    ['since:yesterday before:today', day(9, 20), day(9, 21)],
    ['since:2026-09 until:2026-09', day(9, 1), day(10, 1)],
    ['until:2026-09-20', null, day(9, 21)],
    ['before:2026-09-20', null, day(9, 20)],
    ['since:2026-09-20T10:15', new Date(2026, 8, 20, 10, 15).getTime(), null],
    ['since:2026-09-20T10:15Z', Date.UTC(2026, 8, 20, 10, 15), null],
    ['until:2026-09-20T10:15+02:00', null, Date.UTC(2026, 8, 20, 8, 16)],
    ['since:1d since:2d', now - 86_400_000, null],
  ])('%s', (text, since, before) => {
    expect(query(text)).toEqual({ where: null, since, before });
  });
});

describe('what is wrong with a query, and where', () => {
  test.each<[string, number, string]>([
    ['a progam:claude', 2, 'Did you mean "program"?'],
    ['verdict:denid', 0, 'Did you mean "denied"?'],
    ['error:foo', 0, 'put it in quotes'],
    ['host:', 0, 'Write a value'],
    ['host: x', 0, 'Write a value'],
    ['rule:a,', 0, 'Write a value'],
    ['tokens:many', 0, 'tokens:>100'],
    ['tokens:>10s', 0, 'tokens:>100'],
    ['duration:>10', 0, 'duration:>10s'],
    ['since:2026-02-30', 0, '2026-01-31'],
    ['since:soon', 0, 'since:2d'],
    ['a OR since:2d', 5, 'whole search'],
    ['-(b since:2d)', 4, 'whole search'],
    ['a OR', 2, 'both sides'],
    ['OR a', 0, 'both sides'],
    ['(a OR ) b', 3, 'both sides'],
    ['b (a', 2, 'Close this group'],
    ['a ) b', 2, 'no group is open'],
    ['b ()', 2, 'into this group'],
    ['b "a', 2, 'quotation mark'],
    ['b ...', 2, 'letter or a digit'],
    ['te*', 0, 'three characters'],
    ['ter*form', 0, 'end of a word'],
    [`${'('.repeat(21)}a${')'.repeat(21)}`, 20, 'groups'],
    ['a'.repeat(2_001), 2_000, '2000 characters'],
  ])('%s', (text, at, message) => {
    const found = problem(text);
    expect(found.message).toContain(message);
    expect(found.at).toBe(at);
  });

  test('any text is a query, or has a problem within it', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('(', ')', '"', '-', ' ', ' OR ', 'NOT ', '*', ',', 'host:', 'tokens:>', 'since:', '1d', '5', 'x'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        const parsed = parse(text);
        if ('query' in parsed) return;
        const { at, length, message } = parsed.problem;
        expect(at).toBeGreaterThanOrEqual(0);
        expect(at + length).toBeLessThanOrEqual(text.length);
        expect(message).toMatch(/^[A-Z"a-z].*\.$/s);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('written and read again', () => {
  const letters = fc.stringMatching(/^[a-z]{3,8}$/);
  const leaf = fc.oneof(
    fc.record({ is: fc.constant('text' as const), text: letters, prefix: fc.boolean() }),
    fc.record({
      is: fc.constant('text' as const),
      text: fc.tuple(letters, letters).map((words) => words.join(' ')),
      prefix: fc.constant(false),
    }),
    fc.record({
      is: fc.constant('value' as const),
      field: fc.constantFrom('host', 'rule', 'model'),
      pattern: fc.stringMatching(/^[a-z*.-]{1,8}$/),
    }),
    fc
      .tuple(fc.nat(9_999), fc.nat(9_999))
      .map(([a, b]) => ({ is: 'range' as const, field: 'tokens', from: Math.min(a, b), to: Math.max(a, b) })),
  );
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      tie('tree').map((condition) => ({ is: 'not' as const, condition })),
      fc.record({
        is: fc.constantFrom('all' as const, 'any' as const),
        conditions: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
      }),
    ),
  }));

  function write(condition: Condition): string {
    switch (condition.is) {
      case 'text':
        return `"${condition.text}"${condition.prefix ? '*' : ''}`;
      case 'value':
        return `${condition.field}:${condition.pattern}`;
      case 'range':
        return `${condition.field}:${condition.from}..${condition.to}`;
      case 'not':
        return `-(${write(condition.condition)})`;
      default:
        return `(${condition.conditions.map(write).join(condition.is === 'all' ? ' ' : ' OR ')})`;
    }
  }

  test('is the same', () => {
    fc.assert(
      fc.property(tree, (condition) => {
        const text = write(condition);
        fc.pre(text.length <= 2_000);
        expect(query(text).where).toEqual(condition);
      }),
    );
  });
});

test('a number has a term of a range exactly when it lies in it', () => {
  const number = fc.oneof(
    fc.nat(40),
    fc.nat(5_000),
    fc.nat(MAX_NUMBER),
    fc.constantFrom(0, 15, 16, 255, 256, MAX_NUMBER),
  );
  fc.assert(
    fc.property(number, number, number, (a, b, n) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const terms = rangeTerms('tokens', from, to);
      expect(terms.length).toBeLessThanOrEqual(250);
      expect(numberTerms('tokens', n).some((term) => terms.includes(term))).toBe(from <= n && n <= to);
    }),
    { numRuns: 2_000 },
  );
});
