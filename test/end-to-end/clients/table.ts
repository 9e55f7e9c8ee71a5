// The results as a table: for the terminal, and for docs/clients.md.

import type { Mode, RealClient } from './client.ts';
import type { Observation } from './run.ts';
import { scenarioNames, type Result, type ScenarioName } from './scenarios.ts';

export interface Row {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly mode: Mode;
  /** Why nothing of it was run. */
  readonly missing: string | null;
  readonly results: Readonly<Partial<Record<ScenarioName, Result>>>;
}

const sameRow = (a: Row, b: Row) => a.id === b.id && a.mode === b.mode;

/** The rows with what only an earlier run knows. */
export function completed(rows: readonly Row[], earlier: readonly Row[]): Row[] {
  const filled = rows.map((row) => {
    const before = earlier.find((each) => sameRow(each, row) && each.version === row.version);
    return { ...row, results: { ...before?.results, ...row.results } };
  });
  return [...filled, ...earlier.filter((before) => !rows.some((row) => sameRow(row, before)))];
}

/** As the clients are listed; those that are not listed any more are left out. */
export function inOrder(rows: readonly Row[], clients: readonly RealClient[]): Row[] {
  return clients.flatMap(({ id, modes }) =>
    modes.flatMap((mode) => rows.filter((row) => row.id === id && row.mode === mode)),
  );
}

type Column = readonly [title: string, cell: (row: Row) => string];

const word = { passed: 'yes', failed: 'NO', skipped: '–' } as const;

function cell({ missing, results }: Row, scenario: ScenarioName): string {
  const result = results[scenario];
  return missing !== null || result === undefined ? '' : word[result.outcome];
}

/** The text scenario shows two things, each of which may fail alone. */
function part({ missing, results: { text } }: Row, holds: (observation: Observation) => boolean): string {
  if (missing !== null || text === undefined || text.outcome === 'skipped') return '';
  return word[text.observation !== null && holds(text.observation) ? 'passed' : 'failed'];
}

/** A login is the client's own, and stays with it. */
function key(row: Row): string {
  const { key: result } = row.results;
  const isOwn = result?.outcome === 'passed' && result.observation.keys?.ownLogin === true;
  return isOwn ? 'own login' : cell(row, 'key');
}

const columns: readonly Column[] = [
  ['client', ({ name }) => name],
  ['version', ({ version }) => version],
  ['mode', ({ mode }) => mode],
  ['streamed', (row) => part(row, ({ isStreamed, run, turns }) => isStreamed && run.code === 0 && turns.length === 1)],
  ['masked', (row) => part(row, ({ placeholder, leaks }) => placeholder !== null && leaks.length === 0)],
  ...scenarioNames.slice(1).map((name): Column => [name, (row) => (name === 'key' ? key(row) : cell(row, name))]),
];

function markdownTable(lines: readonly (readonly string[])[], shown: readonly Column[]): string {
  const titles = shown.map(([title]) => title);
  const widths = titles.map((title, i) => Math.max(3, title.length, ...lines.map((line) => line[i]!.length)));
  const written = (cells: readonly string[]) => `| ${cells.map((text, i) => text.padEnd(widths[i]!)).join(' | ')} |`;
  return [written(titles), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(written)].join(
    '\n',
  );
}

const cellsOf = (row: Row, shown: readonly Column[]) => shown.map(([, text]) => text(row));

/** Rows that differ in nothing but the mode as one. */
function withModesTogether(rows: readonly Row[], shown: readonly Column[]): string[][] {
  const at = shown.findIndex(([title]) => title === 'mode');
  const groups = Map.groupBy(rows, (row) => JSON.stringify(cellsOf(row, shown).toSpliced(at, 1)));
  return [...groups.values()].map((group) =>
    cellsOf(group[0]!, shown).with(at, group.map(({ mode }) => mode).join(', ')),
  );
}

/** For the terminal: the table and a line for whatever is not a yes. */
export function report(rows: readonly Row[]): string {
  const notes = rows.flatMap(({ id, mode, missing, results }) =>
    missing !== null
      ? [`${id} (${mode}): skipped: ${missing}`]
      : Object.entries(results).flatMap(([scenario, result]) => {
          if (result.outcome === 'passed') return [];
          const why =
            result.outcome === 'failed' ? `failed: ${result.findings.join('; ')}` : `skipped: ${result.reason}`;
          return [`${id} (${mode}), ${scenario}: ${why}`];
        }),
  );
  return `${markdownTable(
    rows.map((row) => cellsOf(row, columns)),
    columns,
  )}\n\n${notes.join('\n')}\n`;
}

const [begin, end] = ['<!-- conformance: begin -->', '<!-- conformance: end -->'];

/** The page with the table between its marks; columns that hold nothing are left out. */
export function withTable(page: string, rows: readonly Row[]): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`The page lacks the marks ${begin} and ${end}.`);
  const run = rows.filter(({ missing }) => missing === null);
  const shown = columns.filter(([, text]) => run.some((row) => !['', '–'].includes(text(row))));
  return `${before}${begin}\n\n${markdownTable(withModesTogether(run, shown), shown)}\n\n${end}${after}`;
}
