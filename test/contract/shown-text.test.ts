import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesAt, shownLine, shownProse, shownText } from '../../src/contract/shown-text.ts';

/** Written down apart from the source's own pattern: code points that a screen obeys, hides or reorders. */
const tricks = [
  ...[0x00, 0x07, 0x08, 0x0b, 0x0d, 0x1b, 0x7f, 0x85, 0x9b],
  ...[0xa0, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029],
  ...[0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0x2800],
  ...[0x3000, 0x3164, 0xd800, 0xdc00, 0xe000, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xe0041, 0xe0100],
].map((code) => String.fromCodePoint(code));

const anyText = fc.array(
  fc.oneof(
    fc.constantFrom(...tricks),
    fc.constantFrom('\n', '\t', ' ', '  ', '\n\n\n'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  ),
);

describe('shown text', () => {
  test.each(tricks.map((trick) => [trick.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '', trick]))(
    'U+%s is written out',
    (hex, trick) => {
      expect(shownText(`rm${trick} -rf`)).toBe(`rm<U+${hex}> -rf`);
      expect(shownLine(`rm${trick} -rf`)).toBe(`rm<U+${hex}> -rf`);
    },
  );

  test('whatever is put in, nothing that a screen would obey or hide comes out', () => {
    fc.assert(
      fc.property(anyText, (parts) => {
        const shown = shownText(parts.join(''));
        // By code points: halves of a pair are no trick.
        for (const character of shown) expect(tricks).not.toContain(character);
        expect(shown.replaceAll('\n', '')).not.toMatch(/\p{C}|\p{Default_Ignorable_Code_Point}/u);
        expect(shownLine(parts.join(''))).not.toContain('\n');
      }),
    );
  });

  test('is the same when it is shown again', () => {
    fc.assert(
      fc.property(anyText, (parts) => {
        const shown = shownText(parts.join(''));
        expect(shownText(shown)).toBe(shown);
      }),
    );
  });

  test('ordinary text stays as it is', () => {
    for (const text of ['printf \'a\\n\' "$(id)" <in >out &', 'naïve Grüße 漢字 שלום 🎉', 'a\n\n  b\n'])
      expect(shownText(text)).toBe(text);
  });

  test('a gap that would push the rest out of sight is told in words', () => {
    expect(shownText(`ls${' '.repeat(500)}; rm -rf ~`)).toBe('ls<500 spaces>; rm -rf ~');
    expect(shownText(`ls${'\n'.repeat(301)}rm -rf ~`)).toBe('ls\n<300 empty lines>\nrm -rf ~');
    expect(shownText(`ls\t${'\t'.repeat(20)}; rm`)).toBe('ls<84 spaces>; rm');
  });

  test('marks piled up on a letter, which would cover the lines around it, stop at the fourth', () => {
    expect(shownText(`a${'\u0300'.repeat(6)}`)).toBe(`a${'\u0300'.repeat(4)}<U+0300><U+0300>`);
  });

  test('lines are counted as a narrow window wraps them, wide letters twice', () => {
    expect(linesAt(40, 'a'.repeat(40))).toBe(1);
    expect(linesAt(40, 'a'.repeat(41))).toBe(2);
    expect(linesAt(40, '漢'.repeat(40))).toBe(2);
    expect(linesAt(40, '🎉'.repeat(40))).toBe(2);
    expect(linesAt(40, '\n\n')).toBe(3);
  });
});

describe('shown prose', () => {
  const joiners = [0x200d, 0xfe0f].map((code) => String.fromCodePoint(code));
  const blank = /[\p{Zs}\u2800]/u;

  test('whatever is put in, nothing that a screen would obey or hide comes out', () => {
    fc.assert(
      fc.property(anyText, (parts) => {
        const shown = shownProse(parts.join('')).replaceAll('\r\n', '\n');
        for (const character of shown)
          if (!blank.test(character) && !joiners.includes(character)) expect(tricks).not.toContain(character);
        // What joins and colours emoji stands at emoji only.
        expect(shown).not.toMatch(/(?<!\p{Emoji})\uFE0F|(?<![\p{Emoji}\uFE0F])\u200D|\u200D(?!\p{Emoji})/u);
      }),
    );
  });

  test.each(['⚠️ 1️⃣ 👩‍💻 👩🏽‍💻 ❤️‍🔥 🏳️‍🌈 🇩🇪', 'a\u00a0b\u202fc\td', 'one\r\ntwo\n\n\n\n\n\nthree', `x${' '.repeat(200)}y`])(
    'stays as it is: %j',
    (text) => {
      expect(shownProse(text)).toBe(text);
    },
  );

  test('is the same for what was shown strictly', () => {
    fc.assert(
      fc.property(anyText, (parts) => {
        const shown = shownText(parts.join(''));
        expect(shownProse(shown)).toBe(shown);
      }),
    );
  });
});
