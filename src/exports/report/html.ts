// A report as one HTML page that loads nothing: styles and charts stand in it, scripts are forbidden. It prints well.

import { createHash } from 'node:crypto';
import { niceCeiling } from './chart-scale.ts';
import type { Report } from './report.ts';
import { reportText, type Block, type DayBar, type Table } from './sections.ts';
import { styles } from './styles.ts';
import { number } from './words.ts';

/** Only these styles, nothing from elsewhere (CSP 3, https://www.w3.org/TR/CSP3/). */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'; base-uri 'none'; form-action 'none'`;

export function htmlReport(report: Report): string {
  const { title, subtitle, sections } = reportText(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<header>
<p class="brand">Scrim</p>
<h1>${escaped(title)}</h1>
${subtitle.map((line) => `<p class="subtitle">${escaped(line)}</p>`).join('\n')}
</header>
${sections.map(({ heading, blocks }) => `<section>\n<h2>${escaped(heading)}</h2>\n${blocks.map(block).join('\n')}\n</section>`).join('\n')}
</main>
</body>
</html>
`;
}

function block(each: Block): string {
  switch (each.kind) {
    case 'text':
      return `<p>${escaped(each.text)}</p>`;
    case 'figures':
      return `<dl class="figures">${each.figures.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`;
    case 'proof': {
      const { state, headline, facts } = each.proof;
      const rows = facts.map(
        ([name, value]) =>
          `<tr><th scope="row">${escaped(name)}</th><td>${/^[0-9a-f]{64}$/.test(value) ? `<code>${value}</code>` : escaped(value)}</td></tr>`,
      );
      return `<p class="proof ${state}">${escaped(headline)}</p>\n<table class="facts"><tbody>${rows.join('')}</tbody></table>`;
    }
    case 'days':
      return dayChart(each.title, each.days);
    case 'table':
      return table(each.table);
  }
}

function table({ columns, rows, shares }: Table): string {
  const wide = columns.length > 6 && columns.some(({ kind }) => kind === 'text');
  const head = columns.map(({ name, kind }) => `<th scope="col" class="${kind}">${escaped(name)}</th>`).join('');
  const body = rows.map((row, at) => {
    const cells = row.map(
      (cell, i) => `<td class="${columns[i]?.kind ?? 'text'}">${cellText(cell, columns[i]?.kind)}</td>`,
    );
    return `<tr>${cells.join('')}${shares === undefined ? '' : `<td class="share">${shareBar(shares[at] ?? 0)}</td>`}</tr>`;
  });
  const bars = shares === undefined ? '' : '<td class="share"></td>';
  return `<table${wide ? ' class="wide"' : ''}><thead><tr>${head}${bars}</tr></thead>\n<tbody>\n${body.join('\n')}\n</tbody></table>`;
}

function cellText(text: string, kind: string | undefined): string {
  if (kind === 'outcome')
    return `<span class="${text.startsWith('Denied') ? 'denied' : 'other'}">${escaped(text)}</span>`;
  return kind === 'code' ? `<code>${escaped(text)}</code>` : escaped(text);
}

function shareBar(share: number): string {
  const width = (Math.max(0.01, Math.min(1, share)) * 100).toFixed(1);
  return `<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect width="${width}" height="8"/></svg>`;
}

const WIDTH = 720;
const HEIGHT = 120;
const LEFT = 44;
const BASE = HEIGHT - 18;

/** Bars over days, with a line at the top value and the dates of some. */
function dayChart(title: string, days: readonly DayBar[]): string {
  const most = niceCeiling(Math.max(0, ...days.map(({ value }) => value)));
  const first = days[0];
  const last = days.at(-1);
  if (most === 0 || first === undefined || last === undefined) return '';
  const step = (WIDTH - LEFT) / days.length;
  const gap = Math.min(step * 0.25, 3);
  // One bar over the whole width would look like a wall.
  const width = Math.min(step - gap, 26);
  const bars = days.map(({ day, value }, i) => {
    const height = (value / most) * (BASE - 10);
    const x = (LEFT + i * step + (step - width) / 2).toFixed(1);
    return `<rect x="${x}" y="${(BASE - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"><title>${day}: ${number(value)}</title></rect>`;
  });
  const lines = [most, most / 2].map((value) => {
    const y = (BASE - (value / most) * (BASE - 10)).toFixed(1);
    return `<line x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}"/><text x="${LEFT - 6}" y="${y}" dy="3" text-anchor="end">${number(value)}</text>`;
  });
  const every = Math.max(1, Math.ceil(days.length / 8));
  const dates = days.flatMap(({ day }, i) =>
    i % every === 0
      ? [
          `<text x="${(LEFT + (i + 0.5) * step).toFixed(1)}" y="${HEIGHT - 4}" text-anchor="middle">${day.slice(5)}</text>`,
        ]
      : [],
  );
  return `<figure><figcaption>${escaped(title)}, ${first.day} to ${last.day}</figcaption>
<svg class="days" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">${lines.join('')}<line class="base" x1="${LEFT}" x2="${WIDTH}" y1="${BASE}" y2="${BASE}"/>${bars.join('')}${dates.join('')}</svg></figure>`;
}

/** SECURITY: every text goes through here; nothing of a client or a model becomes markup. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
