// A report as PDF, drawn with the fonts that every reader has. They know Western European letters only, so others are
// written as their code points: nothing is dropped silently.

import PDFDocument from 'pdfkit';
import { niceCeiling } from './chart-scale.ts';
import { COLOURS, MARGIN, printable, right, room, type Document } from './pdf-page.ts';
import { drawTable } from './pdf-table.ts';
import type { Report } from './report.ts';
import { reportText, type Block, type DayBar } from './sections.ts';
import { number } from './words.ts';

const PROOF = {
  proven: ['#1f7a4d', '#eef8f2'],
  damaged: ['#b3261e', '#fdf0ef'],
  empty: ['#8a93a3', '#f5f7fa'],
} as const;

export async function pdfReport(report: Report): Promise<Buffer> {
  const { title, subtitle, sections } = reportText(report);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    info: {
      Title: title,
      Creator: `Scrim ${report.about.version}`,
      CreationDate: new Date(report.about.madeAt),
      ModDate: new Date(report.about.madeAt),
    },
    lang: 'en',
  });
  const finished = collected(document);
  head(document, title, subtitle);
  for (const { heading, blocks } of sections) {
    room(document, 90);
    document.moveDown(1.2);
    document.font('Helvetica-Bold').fontSize(13).fillColor(COLOURS.ink).text(heading, MARGIN, document.y);
    document.moveDown(0.4);
    for (const each of blocks) block(document, each);
  }
  pageNumbers(document, title);
  document.end();
  return finished;
}

function collected(document: Document): Promise<Buffer> {
  const parts: Buffer[] = [];
  return new Promise((resolve, reject) => {
    document.on('data', (part: Buffer) => parts.push(part));
    document.on('end', () => resolve(Buffer.concat(parts)));
    document.on('error', reject);
  });
}

function head(document: Document, title: string, subtitle: readonly string[]): void {
  document.font('Helvetica-Bold').fontSize(8).fillColor(COLOURS.soft).text('SCRIM', { characterSpacing: 1 });
  document.fontSize(22).fillColor(COLOURS.ink).text(title, { characterSpacing: 0 });
  document.moveDown(0.2).font('Helvetica').fontSize(9).fillColor(COLOURS.soft);
  for (const line of subtitle) document.text(printable(line));
  document.moveDown(0.5);
  const y = document.y;
  document.moveTo(MARGIN, y).lineTo(right(document), y).lineWidth(1.5).stroke(COLOURS.ink);
}

function block(document: Document, each: Block): void {
  switch (each.kind) {
    case 'text':
      room(document, 40);
      document.font('Helvetica').fontSize(10).fillColor(COLOURS.ink).text(printable(each.text), MARGIN, document.y);
      document.moveDown(0.5);
      return;
    case 'figures':
      figures(document, each.figures);
      return;
    case 'proof': {
      const [edge, fill] = PROOF[each.proof.state];
      banner(document, each.proof.headline, edge, fill);
      const columns = [
        { name: '', kind: 'text' },
        { name: '', kind: 'code' },
      ] as const;
      drawTable(document, { columns, rows: each.proof.facts.map((fact) => [...fact]) });
      return;
    }
    case 'days':
      dayChart(document, each.title, each.days);
      return;
    case 'table':
      drawTable(document, each.table);
      return;
  }
}

function figures(document: Document, all: readonly (readonly [string, string])[]): void {
  const columns = 4;
  const gap = 8;
  const width = (right(document) - MARGIN - gap * (columns - 1)) / columns;
  const height = 40;
  for (let at = 0; at < all.length; at += columns) {
    room(document, height + gap);
    const y = document.y;
    for (const [i, [name, value]] of all.slice(at, at + columns).entries()) {
      const x = MARGIN + i * (width + gap);
      document.roundedRect(x, y, width, height, 4).lineWidth(0.5).fillAndStroke(COLOURS.fill, COLOURS.line);
      const inside = { width: width - 14, height: 10, ellipsis: true, lineBreak: false };
      document
        .font('Helvetica')
        .fontSize(7.5)
        .fillColor(COLOURS.soft)
        .text(printable(name), x + 7, y + 6, inside);
      document
        .font('Helvetica-Bold')
        .fontSize(14)
        .fillColor(COLOURS.ink)
        .text(printable(value), x + 7, y + 18, inside);
    }
    document.y = y + height + gap;
  }
  document.x = MARGIN;
}

function banner(document: Document, text: string, edge: string, fill: string): void {
  const width = right(document) - MARGIN;
  document.font('Helvetica-Bold').fontSize(10);
  const height = document.heightOfString(printable(text), { width: width - 24 }) + 16;
  room(document, height + 10);
  const y = document.y;
  document.rect(MARGIN, y, width, height).fill(fill).rect(MARGIN, y, 4, height).fill(edge);
  document.fillColor(COLOURS.ink).text(printable(text), MARGIN + 14, y + 8, { width: width - 24 });
  document.y = y + height + 8;
  document.x = MARGIN;
}

function dayChart(document: Document, title: string, days: readonly DayBar[]): void {
  const most = niceCeiling(Math.max(0, ...days.map(({ value }) => value)));
  const [first, last] = [days[0], days.at(-1)];
  if (most === 0 || first === undefined || last === undefined) return;
  const height = 70;
  room(document, height + 40);
  const caption = `${title}, ${first.day} to ${last.day}`;
  document.font('Helvetica').fontSize(8).fillColor(COLOURS.soft).text(caption, MARGIN, document.y);
  const [top, left] = [document.y + 6, MARGIN + 30];
  const base = top + height;
  for (const value of [most, most / 2]) {
    const y = base - (value / most) * height;
    document.moveTo(left, y).lineTo(right(document), y).lineWidth(0.5).stroke(COLOURS.line);
    document.fontSize(6.5).text(number(value), MARGIN, y - 3, { width: 26, align: 'right', lineBreak: false });
  }
  const step = (right(document) - left) / days.length;
  const width = Math.min(step * 0.8, 18);
  const every = Math.max(1, Math.ceil(days.length / 8));
  for (const [i, { day, value }] of days.entries()) {
    const tall = (value / most) * height;
    document.rect(left + i * step + (step - width) / 2, base - tall, width, tall).fill(COLOURS.bar);
    if (i % every === 0)
      document
        .fillColor(COLOURS.soft)
        .text(day.slice(5), left + (i + 0.5) * step - 20, base + 4, { width: 40, align: 'center', lineBreak: false });
  }
  document.moveTo(left, base).lineTo(right(document), base).lineWidth(0.5).stroke(COLOURS.soft);
  document.y = base + 20;
  document.x = MARGIN;
}

function pageNumbers(document: Document, title: string): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page++) {
    document.switchToPage(page);
    // Below the margin: without this, the text would begin a page of its own.
    document.page.margins.bottom = 0;
    document
      .font('Helvetica')
      .fontSize(7.5)
      .fillColor(COLOURS.soft)
      .text(`${title}, page ${page - start + 1} of ${count}`, MARGIN, document.page.height - 30, {
        width: right(document) - MARGIN,
        align: 'right',
        lineBreak: false,
      });
  }
}
