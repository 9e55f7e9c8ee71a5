// From candidates to edits: checks, allow list, overlaps, names, placeholders.
import type { Certainty, Edit, Finding } from './finding.ts';
import type { Placeholders } from './placeholder.ts';
import type { Candidate } from './resolver.ts';
import type { Rule } from './rule.ts';
import type { RuleBook } from './rule-book.ts';
import type { Region, Verdicts } from './text-masker.ts';

export interface Judge {
  readonly placeholders: Placeholders;
  /** Whether the value is, or holds, a placeholder. */
  isPlaceholder(value: string): boolean;
  /** Value, and value with the public text before it: `AKIA…` is allowed under its full name. */
  allows(value: string, whole: string): boolean;
  /** Whether the value with this keyed hash is allowed. */
  allowsHash(hash: string): boolean;
  fingerprint(value: string): string;
  remember(placeholder: string, value: string, hash: string): void;
}

interface Span extends Candidate {
  readonly certainty: Certainty;
}

interface Cluster {
  start: number;
  end: number;
  readonly spans: Span[];
}

const certaintyRank: Readonly<Record<Certainty, number>> = { 'key-name': 1, format: 2, checksum: 3, 'known-value': 4 };

/** Characters of a token that its public prefix may show. */
export const longestShown = 9;

/** Why a candidate is masked or not. */
export type Reason = 'masked' | 'placeholder' | 'check' | 'allowed';

export class SpanVerdicts implements Verdicts {
  readonly #judge: Judge;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  decide(book: RuleBook, region: Region): { edits: readonly Edit[]; open: number; openRules: readonly number[] } {
    const { elements, context } = region.before;
    const candidates = book.resolver.resolve(region.text, elements, context, region.rules, region.ended, region.cut);
    const spans: Span[] = [];
    // In order of their beginnings: what lies inside an accepted span of the same rule changes nothing.
    const reached = new Map<number, number>();
    for (const candidate of candidates.sort((a, b) => a.start - b.start)) {
      if (candidate.end <= (reached.get(candidate.rule) ?? -1)) continue;
      const rule = book.rules[candidate.rule] as Rule;
      if (candidate.open && rule.pack === 'pii') continue;
      const certainty = this.judgeCandidate(rule, candidate, region.text);
      if (certainty === null) continue;
      spans.push({ ...candidate, certainty });
      if (!candidate.open) reached.set(candidate.rule, Math.max(candidate.end, reached.get(candidate.rule) ?? -1));
    }
    if (spans.length === 0) return { edits: [], open: -1, openRules: [] };
    const openSpans = spans.filter((span) => span.open);
    const open = openSpans.reduce((first, span) => Math.min(first, span.start), Infinity);
    const openEnd = region.text.length;
    const edits = clustersOf(spans, open === Infinity ? -1 : openEnd).flatMap(
      (cluster) => this.#editOf(book, region, cluster) ?? [],
    );
    return { edits, open: open === Infinity ? -1 : open, openRules: openSpans.map((span) => span.rule) };
  }

  /** The certainty with which a candidate is masked, or null when it is not. */
  judgeCandidate(rule: Rule, candidate: Candidate, text: string): Certainty | null {
    const reason = this.reasonFor(rule, candidate, text);
    return typeof reason === 'string' ? null : reason.certainty;
  }

  reasonFor(rule: Rule, candidate: Candidate, text: string): { certainty: Certainty } | Exclude<Reason, 'masked'> {
    const value = text.slice(candidate.start, candidate.end);
    const whole = candidate.lead + text.slice(Math.max(0, candidate.matchStart), candidate.end);
    if (this.#judge.isPlaceholder(value)) return 'placeholder';
    if (rule.certainty === 'key-name' && this.#judge.placeholders.isRestIn(value)) return 'placeholder';
    if (this.#judge.allows(value, whole)) return 'allowed';
    // A checksum needs the whole value; what looks chosen or random shows in its beginning.
    const result = rule.check?.(rule.certainty === 'key-name' ? value.slice(0, 160) : value) ?? 'yes';
    if (result === 'no') return 'check';
    return { certainty: result === 'checksum' ? 'checksum' : rule.certainty };
  }

  /** Whether a candidate that would be masked is let through by its fingerprint. */
  knows(value: string): boolean {
    return this.#judge.allowsHash(this.#judge.fingerprint(value));
  }

  /** Null: the policy allows this very value. */
  #editOf(book: RuleBook, region: Region, cluster: Cluster): Edit | null {
    const winner = cluster.spans.reduce((best, span) => (outranks(book, span, best) ? span : best));
    trimToToken(book, cluster, winner);
    const rule = book.rules[winner.rule] as Rule;
    const value = region.text.slice(cluster.start, cluster.end);
    const prefix = winner.lead + region.text.slice(Math.max(0, winner.matchStart), winner.start);
    const hash = this.#judge.fingerprint(value);
    if (this.#judge.allowsHash(hash) && cluster.spans.every((span) => mayBeAllowed(book, span))) return null;
    const text = this.#judge.placeholders.textFor(rule, hash, prefix);
    this.#judge.remember(text, value, hash);
    const start = region.at + cluster.start;
    const end = region.at + cluster.end;
    const finding: Finding = {
      rule: rule.id,
      kind: rule.kind,
      severity: rule.severity,
      certainty: winner.certainty,
      start,
      end,
      fingerprint: hash.slice(0, 16),
    };
    return { start, end, text, finding };
  }
}

/**
 * SECURITY: of a value that runs on, the hash is that of its beginning only, and another one may begin alike. Known values
 * are secrets because somebody said so, the keys that Scrim stores among them.
 */
function mayBeAllowed(book: RuleBook, span: Span): boolean {
  return !span.open && (book.rules[span.rule] as Rule).pack !== 'known';
}

/** Overlapping spans become one: masking less because two rules agree would be absurd. */
function clustersOf(spans: readonly Span[], openEnd: number): Cluster[] {
  const clusters: Cluster[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const end = span.open ? openEnd : span.end;
    const last = clusters[clusters.length - 1];
    if (last !== undefined && span.start < last.end) {
      last.end = Math.max(last.end, end);
      last.spans.push(span);
    } else {
      clusters.push({ start: span.start, end, spans: [span] });
    }
  }
  return clusters;
}

function outranks(book: RuleBook, a: Span, b: Span): boolean {
  const rank = (span: Span): number => {
    const rule = book.rules[span.rule] as Rule;
    return (
      certaintyRank[span.certainty] +
      (rule.pack === 'pii' ? 0 : 10) +
      (rule.pack === 'custom' && rule.certainty === 'format' ? 5 : 0)
    );
  };
  const [rankA, rankB] = [rank(a), rank(b)];
  if (rankA !== rankB) return rankA > rankB;
  const [lengthA, lengthB] = [a.end - a.start, b.end - b.start];
  return lengthA === lengthB ? a.rule < b.rule : lengthA > lengthB;
}

/**
 * `TOKEN=ghp_…` is found by its name (with `ghp_`) and by its format (without). Where the first adds nothing but the
 * public prefix, the format's span wins, so that the value has one placeholder wherever it stands.
 */
function trimToToken(book: RuleBook, cluster: Cluster, winner: Span): void {
  if (winner.certainty === 'key-name' || winner.open) return;
  const covered = cluster.spans.every((span) => {
    if (span === winner) return true;
    return span.certainty === 'key-name'
      ? span.start >= winner.matchStart && span.end <= winner.end
      : span.start >= winner.start;
  });
  if (!covered || cluster.end !== winner.end || (book.rules[winner.rule] as Rule).pack === 'pii') return;
  // SECURITY: a rule that shows more than a short prefix must not take back what a name has covered.
  if (winner.start - cluster.start <= longestShown) cluster.start = Math.max(cluster.start, winner.start);
}
