// Verifies an exported log, line by line, without the log it came from. Each line is `ChainedRecord` as JSON (docs/log.md).
// A part of a log is verified as far as it goes: where lines are missing, the next one stands for itself.

import type { LogRecord, RecordedAnchor } from '../contract/records.ts';
import { anchorIsSigned } from './anchor.ts';
import { digestOf, linkHash, toHex } from './proof.ts';
import { firstDifference, toRuns, type Run } from './runs.ts';

export interface ExportDamage {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Number in the chain, as far as the line says. */
  readonly n: number | null;
  readonly exchange: string | null;
  readonly what: string;
}

export interface ExportVerification {
  readonly damage: ExportDamage | null;
  readonly records: number;
  readonly exchanges: number;
  readonly purged: number;
  /** Records of the log that are not in this file, between its first and its last. */
  readonly missing: number;
  /** Lines without a place in the chain: they are not proven. */
  readonly unproven: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly head: string | null;
  readonly anchors: { readonly signed: number; readonly keys: readonly string[]; readonly last: RecordedAnchor | null };
}

interface Line {
  readonly n?: unknown;
  readonly record?: unknown;
  readonly digest?: unknown;
  readonly prev?: unknown;
  readonly hash?: unknown;
}

const members = new Set(['n', 'record', 'digest', 'prev', 'hash']);

export async function verifyExport(lines: AsyncIterable<string>): Promise<ExportVerification> {
  let line = 0;
  let records = 0;
  let exchanges = 0;
  let missing = 0;
  let unproven = 0;
  let first = null as number | null;
  let last = null as { n: number; hash: string } | null;
  const gone: Run[] = [];
  const purges: Run[] = [];
  const keys = new Set<string>();
  let signed = 0;
  let lastAnchor = null as RecordedAnchor | null;

  const result = (damage: ExportDamage | null): ExportVerification => ({
    damage,
    records,
    exchanges,
    purged: gone.reduce((total, [from, to]) => total + to - from + 1, 0),
    missing,
    unproven,
    first,
    last: last?.n ?? null,
    head: last?.hash ?? null,
    anchors: { signed, keys: [...keys], last: lastAnchor },
  });
  /** @returns what is wrong */
  const check = (read: Line): string | undefined => {
    const { n, digest, prev, hash } = read;
    const names = Object.keys(read);
    if (names.length === 1 && names[0] === 'record') {
      unproven++;
      return undefined;
    }
    if (read.record === undefined || !names.every((name) => members.has(name))) return 'it is no record of a chain';
    if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 1) return 'it has no number';
    if (!isHash(prev) || !isHash(hash)) return 'it has no hashes';
    const record = (read.record ?? null) as LogRecord | null;
    if (record !== null && typeof record !== 'object') return 'its record is none';
    if (record === null && !isHash(digest)) return 'it has neither content nor digest';
    const own = record === null ? (digest as string) : toHex(digestOf(record));
    if (digest !== undefined && digest !== own) return 'its content is not what was recorded';
    if (toHex(linkHash(fromHex(prev), n, fromHex(own))) !== hash)
      return 'its content or its place is not what was recorded';
    if (last !== null && n <= last.n) return 'it stands behind a later record';
    if (last === null ? n === 1 && prev !== '0'.repeat(64) : n === last.n + 1 && prev !== last.hash)
      return 'the record before it is another one';
    if (record?.kind === 'anchor') {
      if (record.count !== n - 1 || record.head !== prev) return 'the anchor is about another chain';
      if ((record.key ?? null) !== null && !anchorIsSigned(record)) return 'the signature of the anchor does not hold';
    }
    first ??= n;
    missing += last === null ? 0 : n - last.n - 1;
    last = { n, hash };
    records++;
    if (record === null) gone.push([n, n]);
    else take(record);
    return undefined;
  };
  const take = (record: LogRecord): void => {
    if (record.kind === 'exchange') exchanges++;
    if (record.kind === 'purge') purges.push(...record.records);
    if (record.kind === 'anchor' && (record.key ?? null) !== null) {
      signed++;
      keys.add(record.key as string);
      lastAnchor = record;
    }
  };

  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    let read: Line | undefined;
    let what: string | undefined;
    try {
      const parsed: unknown = JSON.parse(text);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) read = parsed;
      what = read === undefined ? 'it is no record' : check(read);
    } catch {
      what = 'it is not valid JSON';
    }
    if (what !== undefined) {
      const n = typeof read?.n === 'number' ? read.n : null;
      const id = (read?.record as { id?: unknown } | null | undefined)?.id;
      return result({ line, n, exchange: typeof id === 'string' ? id : null, what });
    }
  }
  // Only a whole log tells of every purge.
  if (first === 1 && missing === 0) {
    const n = firstDifference(toRuns(gone), toRuns(purges));
    if (n !== undefined)
      return result({ line, n, exchange: null, what: 'purges and the records whose content is gone do not agree' });
  }
  return result(null);
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function fromHex(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}
