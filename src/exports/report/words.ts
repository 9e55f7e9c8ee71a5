// How a report says numbers, times and outcomes: the same in every format.

import type { RecordedVerdict } from '../../contract/records.ts';
import { isoTime } from '../exported.ts';
import type { Report, ReportProof } from './report.ts';

export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** In UTC, to the minute. */
export function moment(time: number): string {
  return isoTime(time).slice(0, 16).replace('T', ' ');
}

export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

export function periodWords({ about }: Report): string {
  return `${about.since === null ? 'from the beginning of the log' : moment(about.since)} to ${moment(about.until)} UTC`;
}

export const verdictWords: Record<RecordedVerdict['verdict'], string> = {
  allowed: 'Allowed',
  denied: 'Denied',
  'would-ask': 'Observed (would have asked)',
  'would-deny': 'Observed (would have denied)',
  lost: 'Unanswered: the exchange ended',
};

const answeredByWords: Partial<Record<RecordedVerdict['by'], string>> = {
  deadline: 'nobody in time',
  grant: 'an earlier answer',
  repeat: 'the answer to the same request',
  lost: 'nobody',
  refused: 'Scrim',
  policy: 'the policy',
  dialog: 'a person (dialog)',
  notification: 'a person (notification)',
  terminal: 'a person (terminal)',
  command: 'a person (command)',
  window: 'a person (window)',
  hook: 'a hook',
};

export function answeredBy(by: RecordedVerdict['by']): string {
  return answeredByWords[by] ?? by;
}

export const gapWords = {
  off: 'Scrim was not running: what happened is not known',
  bypass: 'A client went around Scrim',
} as const;

export interface ProofWords {
  readonly state: 'proven' | 'damaged' | 'empty';
  readonly headline: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export function proofWords(proof: ReportProof): ProofWords {
  const facts: (readonly [string, string])[] = [
    ['Records in the chain', number(proof.records)],
    ['Exchanges in it', number(proof.exchanges)],
    ['Deleted on purpose, on record', number(proof.purged)],
    ['Exchanges of an older version, without proof', number(proof.unproven)],
    ['Signed anchors', number(proof.signedAnchors)],
    ...proof.keys.map((key) => ['Signed with the key', key] as const),
    ['Hash of the last record', proof.head ?? 'none'],
  ];
  if (proof.damage !== null) {
    const { n, exchange, what } = proof.damage;
    const record = n === 0 ? 'a row outside the chain' : `record ${number(n)}`;
    const where = exchange === null ? '' : ` (exchange ${exchange})`;
    return {
      state: 'damaged',
      headline: `The log is not what was recorded, from ${record}${where} on: ${what}. Counts may miss what could not be read.`,
      facts,
    };
  }
  if (proof.records === 0)
    return { state: 'empty', headline: 'The log holds no record that could be verified.', facts };
  return {
    state: 'proven',
    headline: `All ${number(proof.records)} records of the log were verified: each is what was recorded, in its place.`,
    facts,
  };
}
