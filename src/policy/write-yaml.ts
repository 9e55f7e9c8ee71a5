// Values as people write them in a policy file.

import { stringify } from 'yaml';
import type { PolicyJson } from '../contract/policy.ts';

export interface Writing {
  /** Column of the key. */
  readonly indent: number;
  readonly newline: string;
  /** A comment for each entry of a list. */
  readonly note: string | undefined;
}

/** A key with its value: maps, and lists of maps, on lines of their own. The first line is not indented. */
export function keyed(key: string, value: PolicyJson, writing: Writing): string {
  const { indent, newline, note } = writing;
  const inner = ' '.repeat(indent + 2);
  const lines = linesOf(value, { ...writing, indent: indent + 2 });
  if (lines.length === 0 || (Array.isArray(value) && note === undefined && !value.some(isLarge)))
    return `${scalar(key)}: ${inFlow(value)}`;
  return [`${scalar(key)}:`, ...lines.map((line) => `${inner}${line}`)].join(newline);
}

function linesOf(value: PolicyJson, writing: Writing): string[] {
  if (!isLarge(value)) return [];
  const behind = writing.note === undefined ? '' : ` # ${writing.note}`;
  if (isList(value)) return value.map((entry) => `- ${inFlow(entry)}${behind}`);
  return Object.entries(value).map(([key, part]) => keyed(key, part, writing));
}

/** On one line, and so quoted that it can stand anywhere. */
export function inFlow(value: PolicyJson): string {
  if (!isLarge(value)) return scalar(value);
  if (isList(value)) return `[${value.map(inFlow).join(', ')}]`;
  const entries = Object.entries(value).map(([key, part]) => `${scalar(key)}: ${inFlow(part)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Inside a list in flow style, commas and brackets are quoted. */
function scalar(value: PolicyJson): string {
  const listed = stringify([value], { collectionStyle: 'flow', lineWidth: 0, singleQuote: true });
  return listed.trimEnd().slice(1, -1).trim();
}

function isLarge(value: PolicyJson): value is readonly PolicyJson[] | { readonly [key: string]: PolicyJson } {
  return typeof value === 'object' && value !== null;
}

function isList(value: PolicyJson): value is readonly PolicyJson[] {
  return Array.isArray(value);
}
