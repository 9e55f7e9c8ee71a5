// The user's masking rules before the masking engine: what it refuses, told at the place in the file.

import { isNode, type Document } from 'yaml';
import { locate } from './locate.ts';
import type { CustomRule } from './policy.ts';
import { customRule } from './resolve.ts';
import type { PolicyFile } from './schema.ts';
import { sentence } from './sentence.ts';

/** What the masking engine says about a rule it cannot use; null when it can. */
export type CheckRule = (rule: CustomRule) => RuleProblem | null;

export interface RuleProblem {
  /** `holds-too-long` and `explodes`: the pattern is right, but too slow for a stream. */
  readonly code?: string;
  readonly message: string;
  /** Index in the regex. */
  readonly position?: number;
  readonly suggestion?: string;
}

type Path = readonly (string | number)[];
type Report = (offset: number, message: string) => void;

/** Reports every rule and every `/…/` of an allow list that `checkRule` refuses, and ids that two rules share. */
export function checkRules(document: Document.Parsed, file: PolicyFile, checkRule: CheckRule, report: Report): void {
  const places = [
    { path: ['masking'], masking: file.masking },
    ...(file.scopes ?? []).map(({ masking }, i) => ({ path: ['scopes', i, 'masking'], masking })),
  ];
  const taken = new Set<string>();
  for (const { path, masking } of places) {
    for (const [i, rule] of (masking?.rules ?? []).entries()) {
      const at = [...path, 'rules', i];
      if (taken.has(rule.id)) {
        report(locate(document, [...at, 'id'], 'value'), `Give the rule another id: "${rule.id}" is taken.`);
      }
      taken.add(rule.id);
      const problem = checkRule(customRule(rule));
      if (problem !== null) tell(document, [...at, rule.regex === undefined ? 'words' : 'regex'], problem, 0, report);
    }
    for (const [i, entry] of (masking?.allow ?? []).entries()) {
      const [, regex, flags] = /^\/(.+)\/([a-z]*)$/s.exec(entry) ?? [];
      if (regex === undefined || flags === undefined) continue;
      const problem = checkRule({ id: 'allow', kind: 'allow', regex, flags });
      // An allow list is asked about whole values, not about a stream.
      if (problem === null || problem.code === 'holds-too-long' || problem.code === 'explodes') continue;
      tell(document, [...path, 'allow', i], problem, 1, report);
    }
  }
}

/** `before`: how many characters of the value stand before the pattern. */
function tell(document: Document.Parsed, path: Path, problem: RuleProblem, before: number, report: Report): void {
  const suggestion = problem.suggestion === undefined ? '' : ` ${sentence(capital(problem.suggestion))}`;
  const offset = locate(document, path, 'value') + offsetInside(document, path, (problem.position ?? 0) + before);
  report(offset, `${sentence(capital(problem.message))}${suggestion}`);
}

/** Where a position of a text stands in the file, when the text is written without escapes on one line; else 0. */
function offsetInside(document: Document.Parsed, path: Path, position: number): number {
  const node = document.getIn(path, true);
  const value: unknown = document.getIn(path);
  if (!isNode(node) || !node.range || typeof value !== 'string' || position > value.length) return 0;
  const written = node.range[1] - node.range[0];
  if (written === value.length) return position;
  return written === value.length + 2 ? position + 1 : 0;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
