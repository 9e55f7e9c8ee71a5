// scrim sessions search: one hit after the other, newest first.

import { styleText } from 'node:util';
import { CoreError } from '../core/core-error.ts';
import { queryOfWords, searchSessions } from '../core/search.ts';
import { common } from './inspect.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

export interface SearchFlags {
  readonly limit?: string;
  readonly cursor?: string;
}

export function sessionsSearch(words: readonly string[], flags: SearchFlags, global: GlobalOptions): number {
  const limit = flags.limit === undefined ? 20 : Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new CoreError('usage', 'Write --limit as a whole number from 1 to 10000.');
  // The command lets words with a minus through; a misspelt option is one of them.
  const option = words.find((word) => /^--\w/.test(word));
  if (option !== undefined)
    throw new CoreError('usage', `There is no option ${option}; to search for it as text, write '"${option}"'.`);
  const page = searchSessions(common(global), queryOfWords(words), { limit, cursor: flags.cursor });
  for (const hit of page.hits) {
    if (global.json === true) printJson(hit);
    else printLine(describe(hit));
  }
  if (page.ended === 'time')
    tell(`The search took too long and is not at its end; go on with --cursor ${page.cursor ?? ''}.`);
  else if (page.ended === 'page') tell(`There may be more; go on with --cursor ${page.cursor ?? ''}.`);
  else if (page.hits.length === 0) tell(flags.cursor === undefined ? 'Nothing was found.' : 'Nothing more was found.');
  return 0;
}

type Hit = ReturnType<typeof searchSessions>['hits'][number];

function describe(hit: Hit): string {
  const facts = [
    hit.id,
    new Date(hit.startedAt).toISOString(),
    `session ${hit.session}`,
    hit.program ?? hit.client,
    hit.model ?? hit.host,
    `${hit.state}${hit.status === null ? '' : ` ${hit.status}`}`,
    ...hit.verdicts,
    ...hit.rules,
  ];
  const lines = [facts.map(printable).join('  ')];
  if (hit.snippet !== null) lines.push(`    ${printable(hit.snippet.where)}: ${marked(hit.snippet)}`);
  return lines.join('\n');
}

function marked({ text, marks }: NonNullable<Hit['snippet']>): string {
  let shown = '';
  let at = 0;
  for (const [start, end] of marks) {
    const found = printable(text.slice(start, end));
    shown += printable(text.slice(at, start)) + (process.stdout.isTTY ? styleText('inverse', found) : `«${found}»`);
    at = end;
  }
  return shown + printable(text.slice(at));
}

/** SECURITY: what a model wrote must not steer the terminal, nor turn the direction of the text around. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·');
}
