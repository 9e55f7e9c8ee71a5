// Tables on pages: columns as wide as their texts want, rows that never break over two pages, headings on each page.

import { bottom, COLOURS, MARGIN, pageHeight, printable, right, room, type Document } from './pdf-page.ts';
import type { Table } from './sections.ts';

const PAD = 3;
const BAR_WIDTH = 90;

export function drawTable(document: Document, { columns, rows, shares }: Table): void {
  const size = columns.length > 6 && shares === undefined ? 7 : 8.5;
  const widths = columnWidths(document, { columns, rows, ...(shares === undefined ? {} : { shares }) }, size);
  const font = (i: number): string => (columns[i]?.kind === 'code' ? 'Courier' : 'Helvetica');
  const named = columns.some(({ name }) => name !== '');
  /** A cell longer than a page would never fit: it is cut, and says so. */
  const cell = (text: string): string => printable(text.length > 1_500 ? `${text.slice(0, 1_500)}…` : text);
  const line = (cells: readonly string[], fontOf: (i: number) => string, colour: string, share?: number): void => {
    const texts = cells.map(cell);
    const heights = texts.map((text, i) =>
      document
        .font(fontOf(i))
        .fontSize(size)
        .heightOfString(text, { width: (widths[i] ?? 0) - 2 * PAD }),
    );
    const height = Math.min(Math.max(...heights, size) + 2 * PAD, pageHeight(document));
    if (document.y + height > bottom(document)) {
      document.addPage();
      if (named && fontOf !== bold)
        line(
          columns.map(({ name }) => name),
          bold,
          COLOURS.soft,
        );
    }
    const y = document.y;
    let x = MARGIN;
    for (const [i, text] of texts.entries()) {
      const width = widths[i] ?? 0;
      document
        .font(fontOf(i))
        .fontSize(size)
        .fillColor(columns[i]?.kind === 'outcome' && text.startsWith('Denied') ? '#a3211a' : colour)
        .text(text, x + PAD, y + PAD, {
          width: width - 2 * PAD,
          height: height - PAD,
          align: columns[i]?.kind === 'number' ? 'right' : 'left',
          ellipsis: true,
        });
      x += width;
    }
    if (share !== undefined) {
      const middle = y + height / 2 - 3;
      document.rect(x + 8, middle, BAR_WIDTH - 8, 6).fill(COLOURS.track);
      document.rect(x + 8, middle, Math.max(1, share * (BAR_WIDTH - 8)), 6).fill(COLOURS.bar);
    }
    document
      .moveTo(MARGIN, y + height)
      .lineTo(right(document), y + height)
      .lineWidth(0.5)
      .stroke(COLOURS.line);
    document.y = y + height;
    document.x = MARGIN;
  };
  if (named) {
    room(document, 60);
    line(
      columns.map(({ name }) => name),
      bold,
      COLOURS.soft,
    );
  }
  for (const [i, row] of rows.entries()) line(row, font, COLOURS.ink, shares?.[i]);
  document.moveDown(0.5);
}

const bold = (): string => 'Helvetica-Bold';

/** Each gets room for its longest word, within bounds; what is left goes to those with long texts. */
function columnWidths(document: Document, { columns, rows, shares }: Table, size: number): number[] {
  const whole = right(document) - MARGIN - (shares === undefined ? 0 : BAR_WIDTH);
  const wants = columns.map(({ name, kind }, i) => {
    const texts = [name, ...rows.slice(0, 200).map((row) => row[i] ?? '')];
    document.font(kind === 'code' ? 'Courier' : 'Helvetica-Bold').fontSize(size);
    const word = Math.max(
      ...texts
        .flatMap((text) => text.split(/[\s/]+/))
        .map((each) => document.widthOfString(printable(each.slice(0, 70)))),
    );
    const text = Math.max(...texts.map((each) => Math.min(each.length, 60))) * size * 0.55;
    const least = Math.min(word + 2 * PAD + 2, whole / Math.min(columns.length, 3));
    return {
      least: kind === 'number' ? least + 6 : least,
      more: kind === 'number' ? 0 : Math.max(0, text + 2 * PAD - least),
    };
  });
  const least = wants.reduce((sum, each) => sum + each.least, 0);
  const more = wants.reduce((sum, each) => sum + each.more, 0);
  if (least >= whole) return wants.map((each) => (each.least / least) * whole);
  // All columns small: spread, as a table that fills the line.
  if (more === 0) return wants.map((each) => (each.least / least) * whole);
  return wants.map((each) => each.least + (each.more / more) * (whole - least));
}
