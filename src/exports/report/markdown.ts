// A report as Markdown (GitHub's tables). Texts of clients and models are escaped, so that they stay text.

import type { Report } from './report.ts';
import { reportText, type Block, type Table } from './sections.ts';

export function markdownReport(report: Report): string {
  const { title, subtitle, sections } = reportText(report);
  const parts = [`# ${title}`, subtitle.map((line) => `- ${escaped(line)}`).join('\n')];
  for (const { heading, blocks } of sections)
    parts.push(`## ${heading}`, ...blocks.map(block).filter((each) => each !== ''));
  return `${parts.join('\n\n')}\n`;
}

function block(each: Block): string {
  switch (each.kind) {
    case 'text':
      return escaped(each.text);
    case 'figures':
      return pairs(each.figures);
    case 'proof':
      return `**${escaped(each.proof.headline)}**\n\n${pairs(each.proof.facts)}`;
    case 'days': {
      const days = each.days.filter(({ value }) => value > 0);
      if (days.length === 0) return '';
      const rows = days.map(({ day, value }) => [day, value.toLocaleString('en-US')]);
      return table({
        columns: [
          { name: 'Day', kind: 'text' },
          { name: each.title, kind: 'number' },
        ],
        rows,
      });
    }
    case 'table':
      return table(each.table);
  }
}

function pairs(facts: readonly (readonly [string, string])[]): string {
  return facts.map(([name, value]) => `- ${escaped(name)}: ${escaped(value)}`).join('\n');
}

function table({ columns, rows }: Table): string {
  return [
    `| ${columns.map(({ name }) => name).join(' | ')} |`,
    `| ${columns.map(({ kind }) => (kind === 'number' ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(
      (row) => `| ${row.map((cell, i) => (columns[i]?.kind === 'code' ? code(cell) : escaped(cell))).join(' | ')} |`,
    ),
  ].join('\n');
}

/** SECURITY: no markup, link, image or HTML of a model gets into the report. */
function escaped(text: string): string {
  return (
    oneLine(text)
      .replaceAll('&', '&amp;')
      .replace(/[\\*_{}[\]()#+!~]/g, '\\$&')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('`', '&#96;')
      // A backslash would do in most readers, but not behind another one.
      .replaceAll('|', '&#124;')
      .replace(/\b(https?|ftp|mailto|www)([:.])/gi, '$1&#x200b;$2')
  );
}

function code(text: string): string {
  const line = oneLine(text).trim();
  if (line === '') return '';
  return /[|`]/.test(line) ? `<code>${escaped(line)}</code>` : `\`${line}\``;
}

function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '');
}
