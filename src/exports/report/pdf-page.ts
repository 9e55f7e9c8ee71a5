// The page: its measures and colours, and which characters the fonts have.

import type PDFDocument from 'pdfkit';

export type Document = InstanceType<typeof PDFDocument>;

export const MARGIN = 48;
export const COLOURS = {
  ink: '#1a2130',
  soft: '#566072',
  line: '#d9dee6',
  fill: '#f5f7fa',
  bar: '#2f6db5',
  track: '#e9edf2',
};

export function right(document: Document): number {
  return document.page.width - MARGIN;
}

export function bottom(document: Document): number {
  return document.page.height - MARGIN;
}

export function pageHeight(document: Document): number {
  return document.page.height - 2 * MARGIN - 30;
}

/** Begins a new page when there is less room than that. */
export function room(document: Document, height: number): void {
  if (document.y + height > bottom(document)) document.addPage();
}

/** Windows-1252 is what the standard fonts have. */
const western =
  /[\u0020-\u007e\u00a0-\u00ff\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]/;

export function printable(text: string): string {
  let result = '';
  for (const character of text.toWellFormed().replace(/\s+/g, ' '))
    result += western.test(character)
      ? character
      : `{U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`;
  return result;
}
