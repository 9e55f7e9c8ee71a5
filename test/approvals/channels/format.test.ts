import { expect, test } from 'vitest';
import { othersWait, questionInWords, timeLeft, wholeText } from '../../../src/approvals/channels/format.ts';
import { questionWith } from './questions.ts';

test('a question says who, what, where and why, and all of what would run', () => {
  expect(wholeText(questionInWords(questionWith({ action: 'cd shop\ngit push --force' })))).toBe(
    `Run the tool Bash, for claude?
claude in /home/me/shop, model model-x at api.example.com, session s-1

Overwrites the history of a shared branch. (high, git-force-push)

Runs: git push
Reaches: github.com

│ cd shop
│ git push --force`,
  );
});

test('code and an unknown folder have words of their own', () => {
  const question = { ...questionWith({ folder: null, tool: 'python' }), kind: 'code' as const, model: null };
  const words = questionInWords(question);
  expect(words.title).toBe('Hand over the python code, for claude?');
  expect(words.origin).toBe('claude, api.example.com, session s-1');
});

test('names that the model or the program chose cannot leave their line', () => {
  const words = questionInWords(questionWith({ tool: 'x\n\u001b[2J', program: 'a\rb', folder: '/tmp/\u202efdp' }));
  expect(words.title).toBe('Run the tool x<U+000A><U+001B>[2J, for a<U+000D>b?');
  expect(words.origin).toContain('/tmp/<U+202E>fdp');
});

test('an action that imitates the question stays behind its bar', () => {
  const text = wholeText(questionInWords(questionWith({ action: 'rm -rf ~\n\nHarmless. (low, none)' })));
  expect(text.split('\n').slice(-3)).toEqual(['│ rm -rf ~', '│ ', '│ Harmless. (low, none)']);
});

test.each([
  [59_001, '60 s left'],
  [1, '1 s left'],
  [-5, '0 s left'],
  [119_000, '119 s left'],
  [120_000, '2 min left'],
])('%i ms', (left, words) => {
  expect(timeLeft(1_000_000 + left, 1_000_000)).toBe(words);
});

test('others that wait', () => {
  expect([0, 1, 2].map(othersWait)).toEqual(['', '1 more question waits.', '2 more questions wait.']);
});
