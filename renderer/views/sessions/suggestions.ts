// What fits at the caret of a search: names of fields, or values of the field that is being written.

import type { SearchWords } from '../../../src/contract/sessions.ts';

export interface Suggestion {
  /** What is shown. */
  readonly label: string;
  readonly about: string;
  /** The query with it, and where the caret then is. */
  readonly query: string;
  readonly caret: number;
}

const most = 8;

const fieldWords: Readonly<Record<string, string>> = {
  rule: 'what masked or held it',
  program: 'who asked',
  client: 'as it names itself',
  model: 'that was asked for',
  host: 'that was asked',
  repo: 'that the client worked in',
  folder: 'that the client worked in',
  branch: 'of the repository',
  verdict: 'allowed, denied',
  finding: 'yes or no',
  since: 'from then on',
  before: 'until then',
  until: 'that day included',
  state: 'done, failed, cut, open',
  status: 'of HTTP',
  tokens: 'in and out',
  duration: 'from beginning to end',
  tool: 'that was called',
  user: 'of this machine',
};

export function suggestionsFor(query: string, caret: number, { fields, values }: SearchWords): Suggestion[] {
  const before = query.slice(0, caret);
  const rest = query.slice(caret);
  // A caret inside a word is where somebody corrects it.
  if (/^[^\s)]/.test(rest)) return [];
  const [word = ''] = /[^\s(]*$/.exec(before) ?? [];
  const plain = word.replace(/^-/, '');
  const begin = before.slice(0, before.length - plain.length);
  const offer = (text: string, label: string, about: string): Suggestion => ({
    label,
    about,
    query: begin + text + rest,
    caret: begin.length + text.length,
  });
  const [, field, written] = /^([a-z-]+):(.*)$/i.exec(plain) ?? [];
  if (field !== undefined && written !== undefined) {
    const earlier = written.slice(0, written.lastIndexOf(',') + 1);
    const part = written.slice(earlier.length).replace(/^"/, '').toLowerCase();
    return (values[field.toLowerCase()] ?? [])
      .filter((value) => value.toLowerCase().includes(part) && value.toLowerCase() !== part)
      .sort((a, b) => Number(b.toLowerCase().startsWith(part)) - Number(a.toLowerCase().startsWith(part)))
      .slice(0, most)
      .map((value) => offer(`${field}:${earlier}${quoted(value)} `, value, field));
  }
  if (plain === '' || /["*]/.test(plain)) return [];
  return fields
    .filter(({ name }) => name.startsWith(plain.toLowerCase()))
    .slice(0, most)
    .map(({ name, kind }) => offer(`${name}:`, `${name}:`, fieldWords[name] ?? (kind === 'number' ? 'a number' : '')));
}

function quoted(value: string): string {
  return /[\s,()"]/.test(value) ? `"${value.replaceAll('"', '*')}"` : value;
}
