// What a policy has to say after an edit, by its values alone: the measure that an edited text is held against.

import type { PolicyEdit } from '../contract/policy.ts';

/** What the text has to say after the edit. */
export function applied(value: unknown, edit: PolicyEdit): unknown {
  const [step, ...rest] = edit.path;
  if (step === undefined) {
    if (edit.kind === 'add') return [...((value ?? []) as unknown[]), edit.value];
    return edit.kind === 'set' ? edit.value : undefined;
  }
  const next = (inner: unknown): unknown => applied(inner, { ...edit, path: rest });
  if (Array.isArray(value) && typeof step === 'number') {
    if (edit.kind === 'remove' && rest.length === 0) return value.filter((_, i) => i !== step);
    return value.length <= step && edit.kind === 'remove'
      ? value
      : Object.assign([...(value as unknown[])], { [step]: next(value[step]) });
  }
  if (edit.kind === 'remove' && (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)))
    return value;
  const map = { ...(value as Record<string, unknown> | null) };
  const inner = next(map[step]);
  const isGone =
    edit.kind === 'remove' && (inner === undefined || (isObject(inner) && Object.keys(inner).length === 0));
  if (isGone) return Object.fromEntries(Object.entries(map).filter(([key]) => key !== String(step)));
  return { ...map, [step]: inner };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(a: unknown, b: unknown): boolean {
  return sorted(a ?? {}) === sorted(b ?? {});
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
