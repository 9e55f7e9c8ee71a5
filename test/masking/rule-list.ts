// The rule list of docs/masking.md, made from the rules.
import { readFileSync } from 'node:fs';
import { format, type Options } from 'prettier';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { vendorNames } from '../../src/masking/rules/assignments.ts';
import type { Rule } from '../../src/masking/rule.ts';

export const listStart = '<!-- rules: made by `node test/bench/masking-docs.ts`, do not edit -->';
export const listEnd = '<!-- end of rules -->';

const packs: Readonly<Record<string, string>> = {
  secrets: 'Pack `secrets` (on by default)',
  pii: 'Pack `pii` (personal data, opt-in)',
};

function row(rule: Rule): string {
  const shape = rule.examples[0] ?? rule.counterExamples?.[0] ?? '';
  const oneLine = shape.replaceAll('\n', '⏎').replaceAll('|', '\\|');
  const more = rule.examples.length > 1 ? ` and ${rule.examples.length - 1} more` : '';
  const mark = oneLine.includes('`') ? '``' : '`';
  return `| ${rule.id} | ${rule.kind} | ${rule.severity} | ${rule.certainty} | ${mark}${mark === '``' ? ` ${oneLine} ` : oneLine}${mark}${more} |`;
}

/** The generated part of the page, markers included. */
export function ruleList(): string {
  const parts = Object.entries(packs).flatMap(([pack, title]) => {
    const rules = catalogue.filter((rule) => rule.pack === pack);
    return [
      `### ${title}: ${rules.length} rules`,
      '',
      '| rule | kind | severity | certainty | shape |',
      '|---|---|---|---|---|',
      ...rules.map(row),
      '',
    ];
  });
  const names = [...new Set(vendorNames)].map((name) => name.replace('_', '-')).sort();
  return [
    listStart,
    '',
    ...parts,
    `Names that \`vendor-key\` knows (${names.length}): ${names.join(', ')}.`,
    '',
    listEnd,
  ].join('\n');
}

/** A page with its rule list brought up to date, formatted as everything here. */
export async function withRuleList(page: string): Promise<string> {
  const start = page.indexOf(listStart);
  const end = page.indexOf(listEnd);
  if (start === -1 || end === -1) throw new Error('docs/masking.md has lost the markers of the rule list');
  const options = JSON.parse(readFileSync(new URL('../../build/prettier.json', import.meta.url), 'utf8')) as Options;
  return format(page.slice(0, start) + ruleList() + page.slice(end + listEnd.length), {
    ...options,
    parser: 'markdown',
  });
}
