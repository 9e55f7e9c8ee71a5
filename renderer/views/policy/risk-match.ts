// What a risk rule looks for, as the few things that people choose from; anything else is JSON.

import type { PolicyJson } from '../../../src/contract/policy.ts';
import { isEntry, said, textOf, type Entry } from './written.ts';

export const matchKinds = [
  { value: 'command', text: 'a command', hint: 'Word by word; * for any characters: git push *' },
  { value: 'builtin', text: 'a category or built-in rule', hint: 'destructive, git-force-push, …' },
  { value: 'upload', text: 'data sent to a host', hint: 'A pattern, or !approved' },
  { value: 'host', text: 'a connection to a host', hint: 'A pattern, approved or !approved' },
  { value: 'write', text: 'a file written', hint: '~/notes/**' },
  { value: 'delete', text: 'a file deleted', hint: '~/notes/**' },
  { value: 'read', text: 'a file read', hint: '~/notes/**' },
  { value: 'tool', text: 'a tool', hint: 'mcp__github__*' },
  { value: 'credential', text: 'a credential loaded', hint: 'true for any, or ~/.aws/*' },
  { value: 'secret', text: 'a secret in the input', hint: 'A masking rule: aws-*' },
  { value: 'json', text: 'several of these', hint: '{"host": "*.example.com", "tool": "Bash"}' },
] as const;

export type MatchKind = (typeof matchKinds)[number]['value'];

export interface Match {
  readonly kind: MatchKind;
  readonly text: string;
  /** Of an upload: the size from which it counts. */
  readonly over: string;
}

export function readMatch(value: PolicyJson | undefined, builtIn: ReadonlySet<string>): Match {
  if (value === undefined) return { kind: 'command', text: '', over: '' };
  if (typeof value === 'string') return { kind: builtIn.has(value) ? 'builtin' : 'command', text: value, over: '' };
  const json = { kind: 'json', text: JSON.stringify(value), over: '' } as const;
  const [only, ...others] = isEntry(value) ? Object.entries(value) : [];
  if (only === undefined || others.length > 0) return json;
  const [key, inner] = only;
  if (key === 'upload' && isEntry(inner))
    return { kind: 'upload', text: textOf(inner['to']), over: textOf(inner['over']) };
  const kind = matchKinds.find((each) => each.value === key)?.value;
  const isPlain = typeof inner === 'string' || inner === true;
  return kind === undefined || kind === 'command' || kind === 'builtin' || !isPlain
    ? json
    : { kind, text: textOf(inner), over: '' };
}

/** A sentence where it cannot be written. */
export function writtenMatch({ kind, text, over }: Match): { readonly match: PolicyJson } | string {
  const plain = text.trim();
  if (kind === 'upload') return { match: { upload: said({ to: plain, over: over.trim() }) } };
  if (plain === '') return 'Say what the rule looks for.';
  if (kind === 'command' || kind === 'builtin') return { match: plain };
  if (kind === 'credential' && plain === 'true') return { match: { credential: true } };
  if (kind !== 'json') return { match: { [kind]: plain } };
  try {
    return { match: JSON.parse(plain) as Entry };
  } catch {
    return 'Write JSON, such as {"host": "*.example.com", "tool": "Bash"}.';
  }
}

export function matchWords(value: PolicyJson | undefined, builtIn: ReadonlySet<string>): string {
  if (value === undefined) return 'what the built-in rule looks for';
  const { kind, text, over } = readMatch(value, builtIn);
  const name = matchKinds.find((each) => each.value === kind)?.text ?? '';
  return kind === 'json' ? text : `${name}: ${text === '' ? 'any' : text}${over === '' ? '' : `, over ${over}`}`;
}
