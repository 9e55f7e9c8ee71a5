import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, parseSize } from '../../src/policy/units.ts';

test.each([
  ['500ms', 500],
  ['60s', 60_000],
  ['10m', 600_000],
  ['8 h', 28_800_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['60', undefined],
  ['-1s', undefined],
  ['1.5s', undefined],
  ['s', undefined],
  ['9999999999s', undefined],
  ['999999999w', undefined],
])('duration %s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test.each([
  ['0B', 0],
  ['64KiB', 65_536],
  ['64kb', 64_000],
  ['10MB', 1e7],
  ['2GiB', 2_147_483_648],
  ['1 TiB', 1_099_511_627_776],
  ['3TB', 3e12],
  ['64', undefined],
  ['64K', undefined],
  ['999999999999TiB', undefined],
])('size %s', (text, expected) => {
  expect(parseSize(text)).toBe(expected);
});

test('any text is a safe integer or nothing', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .tuple(fc.nat(), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w', 'B', 'KB', 'gib'))
      .map(([n, unit]) => `${n}${unit}`),
  );
  fc.assert(
    fc.property(text, (written) => {
      for (const parsed of [parseDuration(written), parseSize(written)]) {
        expect(parsed === undefined || (Number.isSafeInteger(parsed) && parsed >= 0)).toBe(true);
      }
    }),
  );
});
