// Text that a model chose, made fit to be looked at: whatever a screen would obey, hide or reorder is written out, so that
// what a person reads is what would run (CVE-2021-42574 is the best-known trick; OWASP "log injection" the oldest).

/**
 * Controls, format characters (bidi, zero-width, tags), line separators, private and unassigned code points, lone
 * surrogates, all that fonts draw as nothing, blanks other than the space, and marks piled up on one letter.
 */
const untrusted = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}|(?<=\p{M}{4})\p{M}/gu;

/** All of these but line breaks, tabs, blanks, and what joins and colours emoji, between and behind them only. */
const unfitInProse =
  /(?![\n\t]|\r\n)(?!(?<=\p{Emoji})\uFE0F)(?!(?<=\p{Extended_Pictographic}[\uFE0F\p{EMod}]?)\u200D(?=\p{Extended_Pictographic}))[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=\p{M}{4})\p{M}/gu;

const writtenOut = (character: string): string =>
  `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;

/**
 * Line breaks stay, tabs become four spaces; everything else untrusted is written out as `<U+001B>`. Gaps that would push
 * what follows out of sight are said in words.
 */
export function shownText(text: string): string {
  return text
    .split('\n')
    .map(shownPart)
    .join('\n')
    .replaceAll(/\n(?: *\n){4,}/g, (gap) => `\n<${gap.split('\n').length - 2} empty lines>\n`);
}

/** The same on one line: a line break is written out, too. For names and titles. */
export function shownLine(text: string): string {
  return text.split('\n').map(shownPart).join('<U+000A>');
}

function shownPart(line: string): string {
  return line
    .replaceAll('\t', '    ')
    .replaceAll(untrusted, writtenOut)
    .replaceAll(/ {80,}/g, (blank) => `<${blank.length} spaces>`);
}

/**
 * The same for prose, of which nothing will be run: emoji stay whole, blanks of any width and gaps stay as they are.
 */
export function shownProse(text: string): string {
  return text.replaceAll(unfitInProse, writtenOut);
}

/** How many lines a text takes where a line holds `width` letters; everything beyond the alphabets counts as wide. */
export function linesAt(width: number, text: string): number {
  // A pair of surrogates counts as two by itself.
  const letters = (line: string): number => line.length + (line.match(/[\u1100-\ud7ff\uf900-\uffff]/g)?.length ?? 0);
  return text.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(letters(line) / width)), 0);
}
