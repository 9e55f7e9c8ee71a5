import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTypedAnswer } from '../../../src/approvals/channels/typed-answer.ts';

const allow = (scope: object) => ({ kind: 'answer', answer: { verdict: 'allow', scope, note: '' } });
const deny = (note: string) => ({ kind: 'answer', answer: { verdict: 'deny', scope: { kind: 'once' }, note } });

describe('a typed answer', () => {
  test.each([
    ['y', allow({ kind: 'once' })],
    [' YES ', allow({ kind: 'once' })],
    ['s', allow({ kind: 'session' })],
    ['m 10', allow({ kind: 'minutes', minutes: 10 })],
    ['m 1440', allow({ kind: 'minutes', minutes: 1440 })],
    ['a', allow({ kind: 'always' })],
    ['', deny('')],
    ['  ', deny('')],
    ['n', deny('')],
    ['No', deny('')],
    ['n use the other branch', deny('use the other branch')],
    ['?', { kind: 'help' }],
  ])('%j', (line, answer) => {
    expect(readTypedAnswer(line)).toEqual(answer);
  });

  test.each([
    ...[
      'yy',
      'y please',
      'yes do it',
      'a few more, please',
      'always',
      's o',
      'm',
      'm 0',
      'm 1441',
      'm -1',
      'm 1e1',
      'm ten',
    ],
    ...['m 10 more', '/approve', 'allow', '1', 'ｙ', 'y\u200b'],
  ])('%j is none', (line) => {
    expect(readTypedAnswer(line)).toEqual({ kind: 'unclear' });
  });

  test('with a number to repeat, no approval goes without it, and denying needs none', () => {
    for (const line of ['y', 's', 'a', 'm 10', 'y 418', 'y 4170', 'm 417', 'y 417 y', 'y417'])
      expect(readTypedAnswer(line, '417'), line).toEqual({ kind: 'unclear' });
    expect(readTypedAnswer('y 417', '417')).toEqual(allow({ kind: 'once' }));
    expect(readTypedAnswer('m 10 417', '417')).toEqual(allow({ kind: 'minutes', minutes: 10 }));
    expect(readTypedAnswer('', '417')).toEqual(deny(''));
    expect(readTypedAnswer('n', '417')).toEqual(deny(''));
  });

  test('nothing but the five forms approves', () => {
    const approves = /^\s*(y|yes|s|a|m\s+\d{1,4})\s*$/i;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ynsam]? ?[0-9a-z ]{0,6}$/)), (line) => {
        const typed = readTypedAnswer(line);
        if (typed.kind === 'answer' && typed.answer.verdict === 'allow') expect(line).toMatch(approves);
      }),
    );
  });
});
