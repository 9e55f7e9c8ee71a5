// Adds up a period record by record, in bounded memory: lists of names and of approvals have an end.

import { asMasked, type MaskedText } from '../../base/text.ts';
import type { ExchangeRecord, RecordedGap, RecordedVerdict } from '../../contract/records.ts';
import { isoTime, projectOf, shortened, verdictSeverity, waitOf, type Exported, type Severity } from '../exported.ts';
import type { Approval, Group, Report, RuleCount, Totals } from './report.ts';

export interface ReportTotals {
  add(exported: Exported): void;
  report(rest: Pick<Report, 'about' | 'proof'>): Report;
}

const MAX_NAMES = 1_000;
const LISTED_NAMES = 25;
const MAX_APPROVALS = 500;
const MAX_GAPS = 200;
const MAX_DAYS = 4_000;
const MAX_SESSIONS = 1_000_000;
const ACTION_LENGTH = 600;

type Sum = { -readonly [K in keyof Totals]: Totals[K] };

export function reportTotals(): ReportTotals {
  const totals = { ...nothing(), failed: 0, cut: 0 };
  const sessions = new Set<string>();
  const days = new Map<string, Sum>();
  const rules = new Map<string, { -readonly [K in keyof RuleCount]: RuleCount[K] }>();
  const clients = groups();
  const projects = groups();
  const models = groups();
  const hosts = groups();
  const failures = new Map<string, number>();
  const verdicts: Record<RecordedVerdict['verdict'], number> = {
    allowed: 0,
    denied: 0,
    'would-ask': 0,
    'would-deny': 0,
    lost: 0,
  };
  const waits = boundedSample();
  const approvals = newest<Approval>(MAX_APPROVALS);
  const gaps = newest<RecordedGap>(MAX_GAPS);

  const countRule = (rule: string, about: RuleCount['about'], severity: Severity): void => {
    const key = `${about} ${rule}`;
    const found = rules.get(key);
    if (found !== undefined) found.count += 1;
    else if (rules.size < MAX_NAMES) rules.set(key, { rule, about, severity, count: 1 });
  };
  const addVerdict = (record: ExchangeRecord, verdict: RecordedVerdict): void => {
    verdicts[verdict.verdict] += 1;
    const waited = waitOf(verdict);
    if (waited !== null) waits.add(waited);
    for (const { rule, severity } of verdict.reasons) countRule(rule, 'risk', severity);
    approvals.add({
      exchange: record.id,
      at: record.startedAt + (verdict.askedAt ?? 0),
      verdict: verdict.verdict,
      by: verdict.by,
      program: record.identity?.program ?? record.client,
      project: projectOf(record),
      tool: verdict.tool,
      action: asMasked(shortened(verdict.action, ACTION_LENGTH)),
      rules: verdict.reasons.map(({ rule }) => rule),
      severity: verdictSeverity(verdict),
      reasons: verdict.reasons.map(({ reason }) => reason),
      note: verdict.note,
      waited,
    });
  };

  return {
    add({ record }) {
      if (record?.kind === 'gap') gaps.add(record);
      if (record?.kind !== 'exchange') return;
      const one = sumOf(record);
      plus(totals, one);
      totals.failed += record.state === 'failed' ? 1 : 0;
      totals.cut += record.state === 'cut' ? 1 : 0;
      if (sessions.size < MAX_SESSIONS) sessions.add(record.session);
      const day = isoTime(record.startedAt).slice(0, 10);
      if (days.has(day) || days.size < MAX_DAYS) plus(entry(days, day), one);
      clients.add(record.identity?.program ?? record.client, one);
      projects.add(projectOf(record) ?? asMasked('(unknown)'), one);
      models.add(record.request?.model ?? asMasked('(none)'), one);
      hosts.add(record.host, one);
      const failure = record.closed?.failure;
      if (failure != null) failures.set(failure, (failures.get(failure) ?? 0) + 1);
      for (const { rule, severity } of record.findings) countRule(rule, 'masking', severity as Severity);
      for (const verdict of record.verdicts) addVerdict(record, verdict);
    },
    report: (rest) => ({
      ...rest,
      totals: { ...totals, sessions: sessions.size },
      days: [...days].map(([day, sum]) => ({ day, ...sum })).sort((a, b) => (a.day < b.day ? -1 : 1)),
      rules: [...rules.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)),
      clients: clients.list(),
      projects: projects.list(),
      models: models.list(),
      hosts: hosts.list(),
      verdicts,
      waiting: { asked: waits.count(), median: waits.median(), longest: waits.longest() },
      approvals: approvals.list().sort((a, b) => b.at - a.at),
      approvalsLeftOut: approvals.leftOut(),
      failures: [...failures].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count),
      gaps: gaps.list().sort((a, b) => a.from - b.from),
      gapsLeftOut: gaps.leftOut(),
    }),
  };
}

function nothing(): Sum {
  return { exchanges: 0, findings: 0, denied: 0, inputTokens: 0, outputTokens: 0 };
}

function sumOf({ findings, verdicts, closed }: ExchangeRecord): Totals {
  return {
    exchanges: 1,
    findings: findings.length,
    denied: verdicts.filter(({ verdict }) => verdict === 'denied').length,
    inputTokens: closed?.usage?.input ?? 0,
    outputTokens: closed?.usage?.output ?? 0,
  };
}

function plus(sum: Sum, { exchanges, findings, denied, inputTokens, outputTokens }: Totals): void {
  sum.exchanges += exchanges;
  sum.findings += findings;
  sum.denied += denied;
  sum.inputTokens += inputTokens;
  sum.outputTokens += outputTokens;
}

function entry(map: Map<string, Sum>, key: string): Sum {
  let sum = map.get(key);
  if (sum === undefined) map.set(key, (sum = nothing()));
  return sum;
}

/** Names that come when the list is full are added up under none. */
function groups() {
  const named = new Map<MaskedText, Sum>();
  const others = nothing();
  return {
    add(name: MaskedText, one: Totals): void {
      const known = asMasked(shortened(name, 200));
      let sum = named.get(known);
      if (sum === undefined && named.size < MAX_NAMES) named.set(known, (sum = nothing()));
      plus(sum ?? others, one);
    },
    list(): Group[] {
      const sorted = [...named]
        .map(([name, sum]) => ({ name, ...sum }))
        .sort((a, b) => b.exchanges - a.exchanges || (a.name < b.name ? -1 : 1));
      const rest = { ...others };
      for (const each of sorted.slice(LISTED_NAMES)) plus(rest, each);
      return [...sorted.slice(0, LISTED_NAMES), ...(rest.exchanges === 0 ? [] : [{ name: null, ...rest }])];
    },
  };
}

/** The last so many, in a ring. */
function newest<T>(limit: number) {
  const kept: T[] = [];
  let count = 0;
  return {
    add(value: T): void {
      kept[count++ % limit] = value;
    },
    list: (): T[] => [...kept],
    leftOut: (): number => Math.max(0, count - limit),
  };
}

/** Exact up to so many, then every other one, every fourth, …: still a fair median. */
function boundedSample() {
  let kept: number[] = [];
  let every = 1;
  let count = 0;
  let longest: number | null = null;
  return {
    add(value: number): void {
      longest = Math.max(longest ?? 0, value);
      if (count++ % every === 0) kept.push(value);
      if (kept.length < 20_000) return;
      kept = kept.filter((_each, i) => i % 2 === 0);
      every *= 2;
    },
    count: () => count,
    longest: () => longest,
    median(): number | null {
      return kept.toSorted((a, b) => a - b)[Math.floor(kept.length / 2)] ?? null;
    },
  };
}
