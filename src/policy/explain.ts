// A schema issue in words: what stands there, what may stand there, and what was probably meant.

import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { policyFileSchema } from './schema.ts';

export interface PolicyIssue {
  readonly path: readonly PropertyKey[];
  /** Whether the key at the end of the path is wrong, or its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** One issue of the schema may be several of ours. `value`: the parsed file. */
export function explainIssue(issue: Issue, value: unknown): PolicyIssue[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = keysAt(policyFileSchema, issue.path);
        return {
          path: [...issue.path, key],
          at: 'key',
          message: `Remove or correct "${key}": there is no such key here.${didYouMean(key, known)}`,
        };
      });
    case 'invalid_value': {
      if (ownMessage(issue)) break;
      const choices = issue.values.map(String);
      return [
        {
          path: issue.path,
          at: 'value',
          message: `Write ${either(choices)}.${didYouMean(valueAt(value, issue.path), choices)}`,
        },
      ];
    }
    case 'invalid_union':
      return explainUnion(issue, value);
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path: issue.path, at: 'key', message }));
    case 'invalid_type':
      if (ownMessage(issue)) break;
      return [
        { path: issue.path, at: 'value', message: typeMessage(issue.expected, valueAt(value, issue.path), issue.path) },
      ];
    case 'too_small':
      return [{ path: issue.path, at: 'value', message: 'Write at least one entry or character here.' }];
    case 'too_big':
      return [
        {
          path: issue.path,
          at: 'value',
          message: `Write at most ${String(issue.maximum)} entries or characters here.`,
        },
      ];
    default:
      break;
  }
  return [{ path: issue.path, at: 'value', message: issue.message }];
}

/** The branch of a union that came furthest says what is wrong; where none did, their messages together. */
function explainUnion(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): PolicyIssue[] {
  const branches = issue.errors.filter((errors) => errors.length > 0);
  const fitting = branches.filter((errors) =>
    errors.every(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  const best = (fitting.length > 0 ? fitting : branches).at(-1) ?? [];
  return best.flatMap((inner) => explainIssue({ ...inner, path: [...issue.path, ...inner.path] }, value));
}

function typeMessage(expected: string, found: unknown, path: readonly PropertyKey[]): string {
  const names: Record<string, string> = {
    object: 'a map (key: value)',
    array: 'a list',
    string: 'a text',
    boolean: 'true or false',
    record: 'a map (key: value)',
  };
  const here =
    path.length === 0 ? 'Write the policy as' : found === undefined ? `Add "${String(path.at(-1))}":` : 'Write';
  const hint =
    expected === 'string' && (typeof found === 'number' || typeof found === 'boolean') ? ' Put it in quotes.' : '';
  return `${here} ${names[expected] ?? expected} here.${hint}`;
}

/** The key names that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let candidates = unwrap(schema);
  for (const step of path) {
    candidates = candidates.flatMap((candidate) => {
      if (candidate instanceof z.ZodObject)
        return unwrap((candidate.shape as Record<PropertyKey, z.ZodType | undefined>)[step]);
      if (candidate instanceof z.ZodArray) return unwrap(candidate.element as z.ZodType);
      return candidate instanceof z.ZodRecord ? unwrap(candidate.valueType as z.ZodType) : [];
    });
  }
  return candidates.flatMap((candidate) => (candidate instanceof z.ZodObject ? Object.keys(candidate.shape) : []));
}

function unwrap(schema: z.ZodType | undefined): z.ZodType[] {
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => unwrap(option as z.ZodType));
  return schema === undefined ? [] : [schema];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  );
}

/** Messages of our own end in a full stop; those of the library do not. */
function ownMessage(issue: Issue): boolean {
  return issue.message.endsWith('.');
}

function either(choices: readonly string[]): string {
  return choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}
