// Reads what is written in a policy, whatever it is: the form shows what it knows, and leaves the rest alone.

import type { PolicyEdit, PolicyJson } from '../../../src/contract/policy.ts';

export type Path = readonly (string | number)[];
export type Entry = Readonly<Record<string, PolicyJson>>;

/** Undefined: not written. */
export function at(written: PolicyJson | undefined, path: Path): PolicyJson | undefined {
  let value = written;
  for (const step of path) {
    if (typeof step === 'number') value = Array.isArray(value) ? (value as readonly PolicyJson[])[step] : undefined;
    else value = isEntry(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value ?? undefined;
}

export function isEntry(value: PolicyJson | undefined): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: PolicyJson | undefined): readonly PolicyJson[] {
  return Array.isArray(value) ? (value as readonly PolicyJson[]) : [];
}

export function textsOf(value: PolicyJson | undefined): readonly string[] {
  return listOf(value).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
}

export function entriesOf(value: PolicyJson | undefined): readonly Entry[] {
  return listOf(value).map((each) => (isEntry(each) ? each : {}));
}

export function textOf(value: PolicyJson | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One or several: `match` of a scope takes both. */
export function someOf(value: PolicyJson | undefined): readonly string[] {
  return value === undefined ? [] : Array.isArray(value) ? textsOf(value) : [textOf(value)];
}

/** The changes that make one entry into another, key by key, so that comments inside it stay. */
export function changesOf(path: Path, before: Entry, after: Entry): PolicyEdit[] {
  const gone = Object.keys(before).filter((key) => !(key in after));
  const set = Object.entries(after).filter(([key, value]) => JSON.stringify(before[key]) !== JSON.stringify(value));
  return [
    ...set.map(([key, value]): PolicyEdit => ({ kind: 'set', path: [...path, key], value })),
    ...gone.map((key): PolicyEdit => ({ kind: 'remove', path: [...path, key] })),
  ];
}

/** Without what is empty: what nobody has said is not written. */
export function said(entry: Readonly<Record<string, PolicyJson | undefined>>): Entry {
  const isSaid = (value: PolicyJson | undefined): value is PolicyJson =>
    value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(entry).flatMap(([key, value]) => (isSaid(value) ? [[key, value]] : [])));
}
