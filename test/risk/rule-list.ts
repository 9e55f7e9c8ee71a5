// The rule list of docs/approvals.md, made from the rules.
import { readFileSync } from 'node:fs';
import { format, type Options } from 'prettier';
import { builtInRules } from '../../src/risk/risk.ts';

const listStart = '<!-- rules -->';
const listEnd = '<!-- /rules -->';

const titles: Readonly<Record<string, string>> = {
  destructive: 'what cannot be undone',
  privilege: 'rights',
  'remote-session': 'sessions on other machines, doors into this one',
  persistence: 'what stays and starts by itself',
  'security-tools': 'what protects this machine',
  scrim: 'Scrim itself',
  credentials: 'credentials',
  exfiltration: 'data that leaves',
  'outside-writes': 'writes outside of the project',
  'secret-writes': 'secrets in files',
  'remote-code': 'code from the net',
  obfuscation: 'what hides',
};

function row({ id, severity, then, reason, examples }: (typeof builtInRules)[number]): string {
  const shell = examples.filter((example): example is string => typeof example === 'string' && example.length < 100);
  const shown = (shell[0] ?? '').replaceAll('\n', '⏎').replaceAll('|', '\\|');
  const mark = shown.includes('`') ? '`` ' : '`';
  const example = shown === '' ? '' : `${mark}${shown}${mark === '`' ? '`' : ' ``'}`;
  return `| ${id} | ${then} | ${severity} | ${reason} | ${example} |`;
}

/** The generated part of the page, markers included. */
function ruleList(): string {
  const categories = [...new Set(builtInRules.map(({ category }) => category))];
  const parts = categories.flatMap((category) => [
    `#### \`${category}\`: ${titles[category] ?? category}`,
    '',
    '| rule | then | severity | what would happen | for example |',
    '|---|---|---|---|---|',
    ...builtInRules.filter((rule) => rule.category === category).map(row),
    '',
  ]);
  const made = `<!-- Made by \`node test/bench/risk-docs.ts\` from ${builtInRules.length} rules: do not edit. -->`;
  return [listStart, '', made, '', ...parts, listEnd].join('\n');
}

/** A page with its rule list brought up to date, formatted as everything here. */
export async function withRuleList(page: string): Promise<string> {
  const start = page.indexOf(listStart);
  const end = page.indexOf(listEnd);
  if (start === -1 || end === -1) throw new Error('docs/approvals.md has lost the markers of the rule list');
  const options = JSON.parse(readFileSync(new URL('../../build/prettier.json', import.meta.url), 'utf8')) as Options;
  const list = await format(ruleList(), { ...options, parser: 'markdown' });
  return page.slice(0, start) + list.trimEnd() + page.slice(end + listEnd.length);
}
