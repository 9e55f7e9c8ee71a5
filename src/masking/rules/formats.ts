// Vendor token formats as one line each: public prefixes, then the secret body as a sketch.
import type { Severity } from '../finding.ts';
import type { Check, Rule } from '../rule.ts';
import { sketchPattern } from '../sketch.ts';

export interface FormatOptions {
  readonly severity?: Severity;
  readonly check?: Check;
  /** Prefixes count in either case. */
  readonly anyCase?: boolean;
}

/** [id, kind, prefixes separated by spaces (`␣` is a space), bodies separated by spaces, options] */
export type FormatRow = readonly [id: string, kind: string, prefixes: string, bodies: string, options?: FormatOptions];

const notAfterWord = '(?<![A-Za-z0-9])';

export function formats(rows: readonly FormatRow[]): Rule[] {
  return rows.map(([id, kind, prefixes, bodies, options = {}]) => {
    const prefixList = prefixes.split(' ').map((prefix) => prefix.replaceAll('␣', ' '));
    const bodyList = bodies.split(' ').map((body) => body.replaceAll('␣', ' '));
    const shortestBody = Math.min(...bodyList.map(sketchLength));
    const branches = prefixList.map((prefix) => {
      const kept = keptLength(prefix, shortestBody);
      return [prefix.slice(0, kept), prefix.slice(kept)] as const;
    });
    const body = group(bodyList.map((each) => sketchPattern(each)));
    const open = bodyList.every((each) => each.endsWith('+'));
    const hidden = branches.some(([, rest]) => rest !== '');
    // One captured group per pattern: with hidden prefix ends, all prefixes share the shortest kept part.
    const pattern = hidden ? commonSplit(prefixList, shortestBody, body) : `${group(prefixList.map(escaped))}(${body})`;
    const rule: Rule = {
      id,
      kind,
      severity: options.severity ?? 'high',
      certainty: 'format',
      pack: 'secrets',
      pattern: `${prefixList.every(isDistinct) ? '' : notAfterWord}${pattern}${open ? '' : endOf(bodyList)}`,
      examples: prefixList.flatMap((prefix) => bodyList.map((each) => prefix + each)),
      ...(options.check === undefined ? {} : { check: options.check }),
      ...(options.anyCase === true ? { flags: 'i' } : {}),
    };
    return rule;
  });
}

/**
 * How much of a prefix stays readable. A reader recognises the vendor by a few characters; a longer prefix would leave
 * a large part of a short token in view.
 */
function keptLength(prefix: string, bodyLength: number): number {
  const most = Math.min(9, Math.floor((prefix.length + bodyLength) / 4));
  if (prefix.length <= most) return prefix.length;
  for (let length = most; length >= 2; length--) if (/[-_.:]/u.test(prefix[length - 1] as string)) return length;
  return Math.min(prefix.length, most);
}

function commonSplit(prefixes: readonly string[], bodyLength: number, body: string): string {
  const kept = Math.min(...prefixes.map((prefix) => keptLength(prefix, bodyLength)));
  const heads = new Set(prefixes.map((prefix) => prefix.slice(0, kept)));
  if (heads.size === 1)
    return `${escaped([...heads][0] as string)}(${group(prefixes.map((prefix) => escaped(prefix.slice(kept))))}${body})`;
  return `(${group(prefixes.map(escaped))}${body})`;
}

function group(alternatives: readonly string[]): string {
  return alternatives.length === 1 ? (alternatives[0] as string) : `(?:${alternatives.join('|')})`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
}

function sketchLength(sketch: string): number {
  return sketch.replace(/~[A-Za-z](\d+)\+?/gu, (_, count: string) => '.'.repeat(Number(count))).length;
}

/** `ghp_` is nothing else wherever it stands; `sk-` ends many words. */
function isDistinct(prefix: string): boolean {
  return (
    prefix.length >= 4 && /[-_]$/u.test(prefix) && !/^(?:key|api|pat|tok|sdk|task|risk|disk|desk|mask)/u.test(prefix)
  );
}

/** A token of fixed length ends where its alphabet does. */
function endOf(bodies: readonly string[]): string {
  if (bodies.some((body) => /~[wpBg]\d+\+?$/u.test(body))) return '(?![A-Za-z0-9_-])';
  return bodies.every((body) => /~b\d+\+?$/u.test(body)) ? '(?![A-Za-z0-9+/])' : '(?![A-Za-z0-9])';
}
