// A block of our own in a file of lines: shell profiles, .env, .npmrc, .gitconfig.

import type { BlockEdit, TextFormat } from '../change.ts';
import { lineEnd, linesOf, withoutEnd } from './lines.ts';

const begin = (mark: string) => `# >>> scrim ${mark} >>>`;
const end = (mark: string) => `# <<< scrim ${mark} <<<`;

export const blockFormat: TextFormat<BlockEdit> = {
  render(text, { mark, lines, beforeSections }) {
    const ending = lineEnd(text);
    const block = [begin(mark), ...lines, end(mark)].map((line) => line + ending).join('');
    const all = linesOf(text);
    const section = beforeSections === true ? all.findIndex((line) => /^\s*\[/.test(line)) : -1;
    const before = (section < 0 ? all : all.slice(0, section)).join('');
    const after = section < 0 ? '' : all.slice(section).join('');
    return `${before}${before === '' || before.endsWith('\n') ? '' : ending}${block}${after}`;
  },
  holds(text, edit) {
    const found = find(text, edit.mark);
    return found !== undefined && sameLines(found.inside, edit.lines);
  },
  withdraw(text, edit) {
    const found = find(text, edit.mark);
    if (found === undefined) {
      if (linesOf(text).some((line) => isMark(line, edit.mark))) throw new TypeError('half a block');
      return text;
    }
    if (!sameLines(found.inside, edit.lines)) throw new TypeError('the block was changed');
    return found.outside;
  },
  describe: ({ mark }) => `the lines from "${begin(mark)}" to "${end(mark)}"`,
};

/** The text without a block of ours that nobody remembers, e.g. after the data folder was deleted. */
export function withoutOrphan(text: string, mark: string): string {
  return find(text, mark)?.outside ?? text;
}

function find(text: string, mark: string): { inside: string[]; outside: string } | undefined {
  const lines = linesOf(text);
  const first = lines.findIndex((line) => withoutEnd(line) === begin(mark));
  const last = lines.findIndex((line, index) => index > first && withoutEnd(line) === end(mark));
  if (first < 0 || last < 0) return undefined;
  return {
    inside: lines.slice(first + 1, last).map(withoutEnd),
    outside: [...lines.slice(0, first), ...lines.slice(last + 1)].join(''),
  };
}

function isMark(line: string, mark: string): boolean {
  return [begin(mark), end(mark)].includes(withoutEnd(line));
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}
