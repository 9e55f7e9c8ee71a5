// What the log says of rules, answers and states, as people read it.

import type { SessionRow, ShownFinding, ShownVerdict } from '../../../src/contract/sessions.ts';
import { durationOf } from '../../words.ts';

export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'accent' | 'mask';

const acronyms = new Set(
  'aws gcp api id ssh pgp jwt url uri iban pii db sql ci ai npm pypi tls pem ip vat ssn'.split(' '),
);
const names: Readonly<Record<string, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  openai: 'OpenAI',
  azure: 'Azure',
};

/** `aws-access-key-id` → `AWS access key ID`. */
export function ruleName(rule: string): string {
  const words = rule
    .replace(/^(key|known):/, (_, kind: string) => (kind === 'key' ? 'value of ' : 'known value '))
    .split(/[-_ ]+/)
    .map((word) => names[word] ?? (acronyms.has(word.toLowerCase()) ? word.toUpperCase() : word));
  const text = words.join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export interface RuleCount {
  readonly rule: string;
  readonly count: number;
  readonly severity: string;
  readonly first: ShownFinding;
}

/** One line a value: the same value is masked alike wherever it stands. */
export function byRule(findings: readonly ShownFinding[]): RuleCount[] {
  const found = new Map<string, RuleCount>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.fingerprint}`;
    const before = found.get(key);
    found.set(key, {
      rule: finding.rule,
      severity: finding.severity,
      count: (before?.count ?? 0) + 1,
      first: before?.first ?? finding,
    });
  }
  return [...found.values()];
}

const answerers: Readonly<Record<ShownVerdict['by'], string>> = {
  notification: 'by you',
  dialog: 'by you',
  terminal: 'by you',
  command: 'by you',
  window: 'by you',
  hook: 'by the hook of the policy',
  deadline: 'as nobody answered in time',
  grant: 'by an answer you gave before',
  repeat: 'as before: the same request came again',
  lost: 'as its exchange ended',
  refused: 'as Scrim could not ask',
  policy: 'by the policy',
};

/** `held 12 s, denied by you`. */
export function verdictWords({ verdict, by, waited }: Pick<ShownVerdict, 'verdict' | 'by' | 'waited'>): string {
  const held = waited === null ? '' : `held ${durationOf(waited)}, `;
  if (verdict === 'would-ask') return 'let through: the policy only observes, it would have asked';
  if (verdict === 'would-deny') return 'let through: the policy only observes, it would have denied';
  if (verdict === 'lost') return `${held}ended before anybody answered`;
  return `${held}${verdict} ${answerers[by]}`;
}

export function verdictTone(verdict: ShownVerdict['verdict']): Tone {
  return verdict === 'allowed' ? 'good' : verdict === 'denied' ? 'bad' : 'warn';
}

export function stateOf({ open, failed, cut }: SessionRow): { readonly words: string; readonly tone: Tone } {
  if (open > 0) return { words: 'Running', tone: 'accent' };
  if (failed > 0) return { words: `${failed} failed`, tone: 'bad' };
  return cut > 0 ? { words: `${cut} cut`, tone: 'warn' } : { words: 'Done', tone: 'plain' };
}

/** Where a search found its place. */
export function placeName(where: string): string {
  if (where.startsWith('text')) return 'Answer';
  if (where.startsWith('tool call')) return 'Tool call';
  if (/^(thinking|reasoning|thought)/.test(where)) return 'Reasoning';
  return where.charAt(0).toUpperCase() + where.slice(1);
}

/** The last two folders say which project it is. */
export function shortFolder(folder: string): string {
  const parts = folder.split(/[/\\]/).filter((part) => part !== '');
  return parts.length <= 2 ? folder : `…/${parts.slice(-2).join('/')}`;
}

/** `opencode/1.18.33` → `opencode 1.18.33`; long descriptions are cut at their first word that is no name. */
export function shortClient(client: string): string {
  return /^([\w.@-]+)\/([\w.-]+)/.exec(client)?.slice(1, 3).join(' ') ?? client;
}

export function titleOf({ program, client }: Pick<SessionRow, 'program' | 'client'>): string {
  const name = shortClient(client);
  return program === null || name.toLowerCase().includes(program.toLowerCase()) ? name : `${program} · ${name}`;
}
