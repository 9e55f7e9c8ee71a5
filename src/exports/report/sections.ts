// A report as headings, paragraphs, figures and tables: decided once, printed as Markdown, HTML and PDF.
// Longer than most files: one section after the other.

import type { Group, Report } from './report.ts';
import {
  answeredBy,
  duration,
  gapWords,
  moment,
  number,
  periodWords,
  proofWords,
  verdictWords,
  type ProofWords,
} from './words.ts';

export interface Table {
  readonly columns: readonly { readonly name: string; readonly kind: 'text' | 'code' | 'number' | 'outcome' }[];
  readonly rows: readonly (readonly string[])[];
  /** For each row, a share between 0 and 1, drawn as a bar; none where there is nothing to compare. */
  readonly shares?: readonly number[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'figures'; readonly figures: readonly (readonly [name: string, value: string])[] }
  | { readonly kind: 'proof'; readonly proof: ProofWords }
  | { readonly kind: 'days'; readonly title: string; readonly days: readonly DayBar[] }
  | { readonly kind: 'table'; readonly table: Table };

/** Every day of the period, those without anything too. */
export interface DayBar {
  readonly day: string;
  readonly value: number;
}

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

export interface ReportText {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly sections: readonly Section[];
}

export function reportText(report: Report): ReportText {
  const { about } = report;
  return {
    title: 'Model traffic report',
    subtitle: [
      `Period: ${periodWords(report)}`,
      `Machine: ${about.machine}`,
      `Made ${moment(about.madeAt)} UTC by Scrim ${about.version}. Times are UTC. Every text is masked: secrets were replaced before anything was stored.`,
    ],
    sections: [
      summary(report),
      { heading: 'Proof of the log', blocks: [{ kind: 'proof', proof: proofWords(report.proof) }] },
      coverage(report),
      approvals(report),
      rules(report),
      grouped('Clients', 'Client', report.clients),
      grouped('Projects', 'Project', report.projects),
      grouped('Models', 'Model', report.models),
      grouped('Providers', 'Host', report.hosts),
      failures(report),
    ],
  };
}

function summary({ totals, verdicts, waiting, days }: Report): Section {
  const questions = verdicts.allowed + verdicts.denied + verdicts.lost;
  return {
    heading: 'Summary',
    blocks: [
      {
        kind: 'figures',
        figures: [
          ['Exchanges', number(totals.exchanges)],
          ['Sessions', number(totals.sessions)],
          ['Secrets found', number(totals.findings)],
          ['Risky actions judged', number(questions)],
          ['of these denied', number(verdicts.denied)],
          ['Median waiting time', waiting.median === null ? '–' : duration(waiting.median)],
          ['Tokens in', number(totals.inputTokens)],
          ['Tokens out', number(totals.outputTokens)],
        ],
      },
      { kind: 'days', title: 'Exchanges per day', days: bars(days, ({ exchanges }) => exchanges) },
      { kind: 'days', title: 'Secrets found per day', days: bars(days, ({ findings }) => findings) },
    ],
  };
}

function bars(days: Report['days'], value: (day: Report['days'][number]) => number): DayBar[] {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const known = new Map(days.map((day) => [day.day, value(day)]));
  const all: DayBar[] = [];
  const end = Date.parse(last.day);
  // Long periods show their end: more bars than this cannot be told apart.
  for (let at = Math.max(Date.parse(first.day), end - 119 * 86_400_000); at <= end; at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    all.push({ day, value: known.get(day) ?? 0 });
  }
  return all;
}

function coverage({ gaps, gapsLeftOut }: Report): Section {
  const heading = 'Coverage';
  const what = 'Scrim sees what goes through it. Below is when it did not, as far as it could tell.';
  if (gaps.length === 0)
    return { heading, blocks: [{ kind: 'text', text: `${what} No gap is on record for this period.` }] };
  return {
    heading,
    blocks: [
      { kind: 'text', text: what + leftOut(gapsLeftOut, 'older gaps') },
      {
        kind: 'table',
        table: {
          columns: [text('From'), text('To'), numeric('Length'), text('What'), code('Client')],
          rows: gaps.map(({ from, to, reason, client }) => [
            moment(from),
            moment(to),
            duration(to - from),
            gapWords[reason],
            client ?? 'all',
          ]),
        },
      },
    ],
  };
}

function approvals({ approvals: list, approvalsLeftOut, verdicts, waiting }: Report): Section {
  const heading = 'Approvals';
  if (list.length === 0)
    return { heading, blocks: [{ kind: 'text', text: 'No risk rule spoke about an action in this period.' }] };
  return {
    heading,
    blocks: [
      {
        kind: 'figures',
        figures: [
          ...Object.entries(verdicts)
            .filter(([, count]) => count > 0)
            .map(([verdict, count]) => [verdictWords[verdict as keyof typeof verdictWords], number(count)] as const),
          ...(waiting.longest === null ? [] : ([['Longest waiting time', duration(waiting.longest)]] as const)),
        ],
      },
      ...(approvalsLeftOut === 0
        ? []
        : [{ kind: 'text', text: leftOut(approvalsLeftOut, 'older ones').trim() } as const]),
      {
        kind: 'table',
        table: {
          columns: [
            text('When'),
            { name: 'Outcome', kind: 'outcome' },
            text('Answered by'),
            numeric('Waited'),
            code('Client'),
            code('Action'),
            text('Why it was held'),
            text('Note'),
          ],
          rows: list.map((each) => [
            moment(each.at),
            verdictWords[each.verdict],
            answeredBy(each.by),
            each.waited === null ? '–' : duration(each.waited),
            each.project === null ? each.program : `${each.program}, ${each.project}`,
            `${each.tool}: ${each.action}`,
            each.rules.map((rule, i) => `${rule} (${each.severity}): ${each.reasons[i] ?? ''}`).join(' '),
            each.note ?? '–',
          ]),
        },
      },
    ],
  };
}

function rules({ rules: list }: Report): Section {
  const heading = 'Rules';
  if (list.length === 0) return { heading, blocks: [{ kind: 'text', text: 'No rule matched in this period.' }] };
  const most = Math.max(...list.map(({ count }) => count));
  return {
    heading,
    blocks: [
      {
        kind: 'table',
        table: {
          columns: [code('Rule'), text('What it does'), text('Severity'), numeric('Times')],
          rows: list.map(({ rule, about, severity, count }) => [
            rule,
            about === 'masking' ? 'hides a value' : 'judges an action',
            severity,
            number(count),
          ]),
          shares: list.map(({ count }) => count / most),
        },
      },
    ],
  };
}

function grouped(heading: string, name: string, groups: readonly Group[]): Section {
  if (groups.length === 0) return { heading, blocks: [{ kind: 'text', text: 'Nothing in this period.' }] };
  const most = Math.max(...groups.map(({ exchanges }) => exchanges));
  return {
    heading,
    blocks: [
      {
        kind: 'table',
        table: {
          columns: [
            code(name),
            numeric('Exchanges'),
            numeric('Secrets found'),
            numeric('Denied'),
            numeric('Tokens in'),
            numeric('Tokens out'),
          ],
          rows: groups.map((group) => [
            group.name ?? 'all others',
            number(group.exchanges),
            number(group.findings),
            number(group.denied),
            number(group.inputTokens),
            number(group.outputTokens),
          ]),
          shares: groups.map(({ exchanges }) => exchanges / most),
        },
      },
    ],
  };
}

function failures({ failures: list, totals }: Report): Section {
  const heading = 'Failures';
  const counts = `${number(totals.failed)} exchanges failed, ${number(totals.cut)} were cut off.`;
  if (list.length === 0) return { heading, blocks: [{ kind: 'text', text: counts }] };
  return {
    heading,
    blocks: [
      { kind: 'text', text: counts },
      {
        kind: 'table',
        table: {
          columns: [code('Failure'), numeric('Times')],
          rows: list.map(({ code: name, count }) => [name, number(count)]),
        },
      },
    ],
  };
}

function leftOut(count: number, what: string): string {
  return count === 0 ? '' : ` ${number(count)} ${what} are left out here; scrim sessions export has all of them.`;
}

const text = (name: string) => ({ name, kind: 'text' }) as const;
const code = (name: string) => ({ name, kind: 'code' }) as const;
const numeric = (name: string) => ({ name, kind: 'number' }) as const;
