// INI as Python's configparser reads it (pip.conf): a section or key that stands twice is an error there, so ours goes into what is there.

import type { SettingsEdit, TextFormat } from '../change.ts';
import { lineEnd, linesOf, withoutEnd } from './lines.ts';

export const iniFormat: TextFormat<SettingsEdit> = {
  render(text, edit) {
    const ending = lineEnd(text);
    let lines = linesOf(text);
    for (const { section, key, value } of entries(edit)) {
      const ours = `${key} = ${value}${ending}`;
      const place = find(lines, section, key);
      if (place.header < 0) {
        const last = lines.at(-1);
        if (last !== undefined && !last.endsWith('\n')) lines[lines.length - 1] = last + ending;
        lines = [...lines, `[${section}]${ending}`, ours];
      } else {
        const header = lines[place.header] ?? '';
        if (!header.endsWith('\n')) lines[place.header] = header + ending;
        const start = place.start < 0 ? place.header + 1 : place.start;
        lines.splice(start, place.start < 0 ? 0 : place.end - place.start, ours);
      }
    }
    const result = lines.join('');
    if (!iniFormat.holds(result, edit)) throw new TypeError('the value did not become ours');
    return result;
  },
  holds(text, edit) {
    const lines = linesOf(text);
    return entries(edit).every(({ section, key, value }) => valueAt(lines, section, key) === value);
  },
  withdraw(text, edit, base) {
    const lines = linesOf(text);
    const before = linesOf(base);
    for (const { section, key, value } of entries(edit).reverse()) {
      if (valueAt(lines, section, key) !== value) continue;
      const place = find(lines, section, key);
      const old = find(before, section, key);
      lines.splice(place.start, place.end - place.start, ...(old.start < 0 ? [] : before.slice(old.start, old.end)));
      const isEmpty = lines
        .slice(place.header + 1, nextHeader(lines, place.header))
        .every((line) => line.trim() === '');
      if (isEmpty && old.header < 0) lines.splice(place.header, 1);
    }
    return lines.join('');
  },
  describe: (edit) =>
    entries(edit)
      .map(({ section, key }) => `${key} in [${section}]`)
      .join(', '),
};

function entries({ settings }: SettingsEdit): { section: string; key: string; value: string }[] {
  return settings.map((setting) => {
    const [section = '', key = ''] = setting.path;
    if (!('value' in setting)) throw new TypeError('lists are for YAML');
    return { section, key, value: String(setting.value) };
  });
}

/** Line numbers: of the section's header, of the key's first line and behind its last; -1 when not there. */
function find(lines: readonly string[], section: string, key: string): { header: number; start: number; end: number } {
  const header = lines.findIndex((line) => headerOf(line) === section);
  if (header < 0) return { header, start: -1, end: -1 };
  const end = nextHeader(lines, header);
  const start = lines.findIndex((line, index) => index > header && index < end && keyOf(line) === key);
  if (start < 0) return { header, start, end: -1 };
  let last = start + 1;
  // A value goes on in lines that are indented deeper.
  while (last < end && /^[ \t]+\S/.test(lines[last] ?? '')) last += 1;
  return { header, start, end: last };
}

function nextHeader(lines: readonly string[], header: number): number {
  const next = lines.findIndex((line, index) => index > header && headerOf(line) !== undefined);
  return next < 0 ? lines.length : next;
}

function headerOf(line: string): string | undefined {
  return /^\[([^\]]+)\]/.exec(line)?.[1];
}

/** As pip compares keys: without case, `_` is `-`. */
function keyOf(line: string): string | undefined {
  return /^([^\s#;=:[][^=:]*?)\s*[=:]/.exec(line)?.[1]?.toLowerCase().replaceAll('_', '-');
}

function valueAt(lines: readonly string[], section: string, key: string): string | undefined {
  const { start, end } = find(lines, section, key);
  if (start < 0 || end !== start + 1) return undefined;
  return /^[^=:]*[=:](.*)$/.exec(withoutEnd(lines[start] ?? ''))?.[1]?.trim();
}
