// What a dry run shows of a text that changes.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff } from '../../src/capture/line-diff.ts';

test('only lines that change are shown, with where', () => {
  expect(lineDiff('a\nsecret\nc\nd\n', 'a\nsecret\nb\nd\ne')).toEqual([
    '@@ line 3 @@',
    '-c',
    '+b',
    '@@ line 5 @@',
    '+e',
  ]);
  expect(lineDiff('', 'a\n')).toEqual(['@@ line 1 @@', '+a']);
  expect(lineDiff('same\r\n', 'same\r\n')).toEqual([]);
});

test('the lines that are shown are all the difference there is', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = before.split('\n').slice(0, -1);
      let moved = 0;
      let at = 0;
      for (const line of lineDiff(before, after)) {
        const place = /^@@ line (\d+) @@$/.exec(line)?.[1];
        if (place !== undefined) at = Number(place) - 1 + moved;
        else if (line.startsWith('-')) {
          expect(lines.splice(at, 1)).toEqual([line.slice(1)]);
          moved -= 1;
        } else {
          lines.splice(at, 0, line.slice(1));
          at += 1;
          moved += 1;
        }
      }
      expect(lines.map((line) => `${line}\n`).join('')).toBe(after);
    }),
  );
});
