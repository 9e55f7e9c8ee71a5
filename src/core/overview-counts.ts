// Counts a period of the session log for the overview: one pass over its exchanges, findings and verdicts. It holds the thread it
// runs on for as long as that takes: overview-worker.ts has one of its own. Long, since one pass fills every count.

import type { DatabaseSync } from 'node:sqlite';
import type { Overview, RuleFindings, RuleVerdicts, Spread, TokenShare } from '../contract/procedures/overview.ts';
import { openForReading } from '../sessions/database.ts';
import { fromColumn } from '../sessions/text-column.ts';
import { programOf } from './client-process.ts';
import { quantile } from './overview-added.ts';
import { Shares } from './overview-shares.ts';

const most = 12;

interface ExchangeRow {
  readonly seq: number;
  readonly started_at: number;
  readonly state: string;
  readonly client: string;
  readonly host: string;
  readonly model: string | null;
  readonly process: number | null;
  readonly head_after: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

interface FindingRow {
  readonly exchange: number;
  readonly rule: string;
  readonly kind: string;
  readonly severity: string;
  readonly fingerprint: string;
}

interface VerdictRow {
  readonly exchange: number;
  readonly verdict: string;
  readonly answered_by: string;
  /** JSON: rule ids. */
  readonly rules: string;
  readonly waited: number | null;
}

/** An exchange as the rows that belong to it need it. */
interface Place {
  readonly column: number;
  readonly shares: readonly number[];
  hasFindings: boolean;
}

/** `edges`: of the columns, as the contract says. No log yet counts as an empty one. */
export function countLog(folder: string, edges: readonly number[]): Overview {
  const database = openForReading(folder);
  if (database === undefined) return new Counts(edges).overview();
  try {
    database.exec('BEGIN');
    return count(database, edges);
  } finally {
    database.close();
  }
}

function count(database: DatabaseSync, edges: readonly number[]): Overview {
  const period = [edges[0] ?? 0, edges.at(-1) ?? 0];
  const counts = new Counts(edges);
  const folders = database.prepare("SELECT id, coalesce(facts ->> '$.git.root', folder) AS folder FROM process").all();
  for (const { id, folder } of folders) if (typeof folder === 'string') counts.folders.set(Number(id), folder);
  const read = <Row>(sql: string): Iterable<Row> =>
    database.prepare(sql).iterate(...period) as unknown as Iterable<Row>;
  for (const row of read<ExchangeRow>(
    `SELECT seq, started_at, state, client, host, model, process, head_after, input_tokens, output_tokens
     FROM exchange WHERE started_at >= ? AND started_at < ?`,
  ))
    counts.exchange(row);
  // Rows are written in about the order of time: the numbers of the period bound what is read, and `counts` knows which are in it.
  const within = (table: string): string =>
    `FROM ${table} WHERE exchange BETWEEN (SELECT min(seq) FROM exchange WHERE started_at >= ?1 AND started_at < ?2)
       AND (SELECT max(seq) FROM exchange WHERE started_at >= ?1 AND started_at < ?2)`;
  for (const row of read<FindingRow>(`SELECT exchange, rule, kind, severity, fingerprint ${within('finding')}`))
    counts.finding(row);
  for (const row of read<VerdictRow>(
    `SELECT exchange, verdict, answered_by, (SELECT json_group_array(value ->> 'rule') FROM json_each(held, '$.reasons')) AS rules,
       (held ->> '$.answeredAt') - (held ->> '$.askedAt') AS waited ${within('verdict')}`,
  ))
    counts.verdict(row);
  return counts.overview();
}

interface CountedRule {
  readonly counted: Mutable<RuleFindings>;
  readonly prints: Set<string>;
  /** The exchange that was counted last. */
  last: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

class Counts {
  readonly folders = new Map<number, string>();
  readonly #edges: readonly number[];
  readonly #places = new Map<number, Place>();
  readonly #clients = new Shares();
  readonly #projects = new Shares();
  readonly #providers = new Shares();
  readonly #rules = new Map<string, CountedRule>();
  readonly #verdicts = new Map<string, Mutable<RuleVerdicts>>();
  readonly #tokens = new Map<string, Mutable<TokenShare>>();
  readonly #heads: number[] = [];
  readonly #waits: number[] = [];
  readonly #names = new Map<string, string>();
  readonly #over: Record<
    | 'exchanges'
    | 'failed'
    | 'critical'
    | 'high'
    | 'other'
    | 'allowed'
    | 'denied'
    | 'unanswered'
    | 'would'
    | 'input'
    | 'output',
    number[]
  >;
  #withFindings = 0;

  constructor(edges: readonly number[]) {
    this.#edges = edges;
    const zeros = (): number[] => new Array<number>(edges.length - 1).fill(0);
    this.#over = {
      ...{ exchanges: zeros(), failed: zeros(), critical: zeros(), high: zeros(), other: zeros() },
      ...{ allowed: zeros(), denied: zeros(), unanswered: zeros(), would: zeros(), input: zeros(), output: zeros() },
    };
  }

  exchange(row: ExchangeRow): void {
    const column = this.#columnOf(row.started_at);
    const client = this.#clientOf(row.client);
    const folder = row.process === null ? undefined : this.folders.get(row.process);
    const shares = [
      this.#clients.of(client, 'client'),
      this.#projects.of(folder, 'repo'),
      this.#providers.of(this.#text(row.host), 'host'),
    ];
    this.#places.set(row.seq, { column, shares, hasFindings: false });
    this.#each(shares, 'exchanges');
    add(this.#over.exchanges, column, 1);
    if (row.state === 'failed' || row.state === 'cut') add(this.#over.failed, column, 1);
    if (row.head_after !== null) this.#heads.push(row.head_after);
    this.#addTokens(row, client, column);
  }

  finding({ exchange, rule, kind, severity, fingerprint }: FindingRow): void {
    const place = this.#places.get(exchange);
    if (place === undefined) return;
    if (!place.hasFindings) {
      place.hasFindings = true;
      this.#withFindings++;
    }
    add(
      severity === 'critical' ? this.#over.critical : severity === 'high' ? this.#over.high : this.#over.other,
      place.column,
      1,
    );
    this.#each(place.shares, 'findings');
    let found = this.#rules.get(rule);
    if (found === undefined) {
      found = { counted: { rule, kind, severity, findings: 0, values: 0, exchanges: 0 }, prints: new Set(), last: -1 };
      this.#rules.set(rule, found);
    }
    found.counted.findings++;
    found.prints.add(fingerprint);
    // In the order of exchanges, so one comparison tells whether this one was counted.
    if (found.last !== exchange) found.counted.exchanges++;
    found.last = exchange;
  }

  verdict({ exchange, verdict, answered_by, rules, waited }: VerdictRow): void {
    const place = this.#places.get(exchange);
    if (place === undefined) return;
    const outcome = outcomeOf(verdict, answered_by);
    if (outcome !== 'lost') add(this.#over[outcome], place.column, 1);
    if (outcome !== 'would') this.#each(place.shares, 'held');
    if (waited !== null) this.#waits.push(waited);
    for (const rule of new Set(JSON.parse(rules) as string[])) {
      let counted = this.#verdicts.get(rule);
      if (counted === undefined) {
        counted = { rule, allowed: 0, denied: 0, unanswered: 0, would: 0, lost: 0 };
        this.#verdicts.set(rule, counted);
      }
      counted[outcome]++;
    }
  }

  overview(): Overview {
    const { exchanges, failed, critical, high, other, allowed, denied, unanswered, would, input, output } = this.#over;
    return {
      exchanges: sum(exchanges),
      failed: sum(failed),
      findings: sum(critical) + sum(high) + sum(other),
      withFindings: this.#withFindings,
      held: sum(allowed) + sum(denied) + sum(unanswered),
      tokens: { input: sum(input), output: sum(output) },
      overTime: {
        ...{ exchanges, failed },
        findings: { critical, high, other },
        verdicts: { allowed, denied, unanswered, would },
        tokens: { input, output },
      },
      rules: top([...this.#rules.values()], ({ counted }) => counted.findings).map(({ counted, prints }) => ({
        ...counted,
        values: prints.size,
      })),
      verdicts: top(
        [...this.#verdicts.values()],
        (each) => each.allowed + each.denied + each.unanswered + each.would + each.lost,
      ),
      clients: this.#clients.top(most),
      projects: this.#projects.top(most),
      providers: this.#providers.top(most),
      tokensBy: top([...this.#tokens.values()], (each) => each.input + each.output),
      provider: spread(this.#heads),
      waits: spread(this.#waits),
    };
  }

  #addTokens(row: ExchangeRow, client: string, column: number): void {
    const { input_tokens: input, output_tokens: output } = row;
    if (input === null && output === null) return;
    add(this.#over.input, column, input ?? 0);
    add(this.#over.output, column, output ?? 0);
    const model = row.model === null ? 'no model named' : this.#text(row.model);
    const key = `${client}\n${model}`;
    let counted = this.#tokens.get(key);
    if (counted === undefined) {
      counted = { client, model, exchanges: 0, input: 0, output: 0 };
      this.#tokens.set(key, counted);
    }
    counted.exchanges++;
    counted.input += input ?? 0;
    counted.output += output ?? 0;
  }

  #each([client = -1, project = -1, provider = -1]: readonly number[], what: 'exchanges' | 'findings' | 'held'): void {
    this.#clients.add(client, what);
    this.#projects.add(project, what);
    this.#providers.add(provider, what);
  }

  #clientOf(stored: string): string {
    let name = this.#names.get(stored);
    if (name === undefined) this.#names.set(stored, (name = programOf(fromColumn(stored)).slice(0, 200)));
    return name;
  }

  #text(stored: string): string {
    let name = this.#names.get(` ${stored}`);
    if (name === undefined) this.#names.set(` ${stored}`, (name = fromColumn(stored).slice(0, 200)));
    return name;
  }

  /** The last edge that is not after it. */
  #columnOf(at: number): number {
    let low = 0;
    let high = this.#edges.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#edges[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function outcomeOf(verdict: string, by: string): 'allowed' | 'denied' | 'unanswered' | 'would' | 'lost' {
  if (verdict === 'lost') return 'lost';
  if (verdict.startsWith('would')) return 'would';
  if (by === 'deadline') return 'unanswered';
  return verdict === 'allowed' ? 'allowed' : 'denied';
}

function add(numbers: number[], place: number, value: number): void {
  numbers[place] = (numbers[place] ?? 0) + value;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function top<T>(all: readonly T[], by: (each: T) => number): T[] {
  return all.toSorted((a, b) => by(b) - by(a)).slice(0, most);
}

function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return { count: sorted.length, median: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
}
