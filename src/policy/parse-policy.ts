// Policy text in, policy or problems out. Every problem has the line and column of what caused it.

import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { explainIssue, type PolicyIssue } from './explain.ts';
import type { CustomRule, Policy } from './policy.ts';
import { locate } from './locate.ts';
import { customRule, resolvePolicy } from './resolve.ts';
import { policyFileSchema, type PolicyFile } from './schema.ts';

export interface PolicyProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** One sentence that says what to do. */
  readonly message: string;
}

export type ParsedPolicy =
  | { readonly policy: Policy; readonly problems?: undefined }
  | { readonly policy?: undefined; readonly problems: readonly PolicyProblem[] };

/** What the masking engine says about a rule it cannot use; null when it can. `position`: offset in the regex. */
export type CheckRule = (rule: CustomRule) => RuleProblem | null;

export interface RuleProblem {
  readonly message: string;
  readonly position?: number;
  readonly suggestion?: string;
}

const maxLength = 1024 * 1024;
// Enough for any person's anchors, far too few for an alias bomb.
const maxAliases = 100;
const maxProblems = 50;
const tooDeep = 'Write the policy with less nesting: it cannot be read as it is.';

/** Never throws. `checkRule` is the masking engine's test of custom rules. Empty text gives the built-in policy. */
export function parsePolicy(text: string, checkRule: CheckRule = () => null): ParsedPolicy {
  if (text.length > maxLength)
    return { problems: [{ line: 1, column: 1, message: 'Shorten the policy to 1 MiB at most.' }] };
  const lines = new LineCounter();
  const problems: PolicyProblem[] = [];
  const report = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    const problem = { line: Math.max(line, 1), column: Math.max(col, 1), message };
    // One mistake often has several consequences at the same place: the first says it.
    const last = problems.at(-1);
    const repeated = last?.line === problem.line && last.column === problem.column;
    if (!repeated && problems.length < maxProblems) problems.push(problem);
  };
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: false, logLevel: 'silent' });
    // A warning here is a tag that nobody knows: mostly a name such as !max_token without its quotes.
    for (const fault of document.errors) report(fault.pos[0], syntaxMessage(fault.message));
    for (const fault of document.warnings) report(fault.pos[0], 'Put quotes around a value that starts with "!".');
    if (problems.length > 0) return { problems };
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    const checked = policyFileSchema.safeParse(value ?? {});
    if (checked.success) {
      checkRules(document, checked.data, checkRule, report);
      return problems.length > 0 ? { problems: inOrder(problems) } : { policy: resolvePolicy(checked.data) };
    }
    for (const issue of checked.error.issues.flatMap((each) => explainIssue(each, value))) {
      report(locateIssue(document, issue), issue.message);
    }
    return { problems: inOrder(problems) };
  } catch (error) {
    // Left over: the alias limit (ReferenceError), and nesting so deep that the stack ends (RangeError).
    const message = error instanceof ReferenceError ? `Use at most ${maxAliases} aliases.` : tooDeep;
    return { problems: [{ line: 1, column: 1, message }] };
  }
}

function locateIssue(document: Document.Parsed, issue: PolicyIssue): number {
  return locate(document, issue.path, issue.at);
}

type Report = (offset: number, message: string) => void;

function checkRules(document: Document.Parsed, file: PolicyFile, checkRule: CheckRule, report: Report): void {
  const lists = [
    { path: ['masking', 'rules'], rules: file.masking?.rules ?? [] },
    ...(file.scopes ?? []).map((scope, i) => ({
      path: ['scopes', i, 'masking', 'rules'],
      rules: scope.masking?.rules ?? [],
    })),
  ];
  const seen = new Set<string>();
  for (const { path, rules } of lists) {
    for (const [i, rule] of rules.entries()) {
      if (seen.has(rule.id))
        report(locate(document, [...path, i, 'id'], 'value'), `Give the rule another id: "${rule.id}" is taken.`);
      seen.add(rule.id);
      const problem = checkRule(customRule(rule));
      if (problem === null) continue;
      const key = rule.regex === undefined ? 'words' : 'regex';
      const offset = locate(document, [...path, i, key], 'value');
      const inside = key === 'regex' ? offsetInside(document, [...path, i, key], problem.position) : 0;
      const suggestion = problem.suggestion === undefined ? '' : ` ${sentence(problem.suggestion)}`;
      report(offset + inside, `${sentence(problem.message)}${suggestion}`);
    }
  }
}

/** Where a position of the regex stands in the file, when the value is written without escapes on one line; else 0. */
function offsetInside(document: Document.Parsed, path: readonly (string | number)[], position = 0): number {
  const node = document.getIn(path, true);
  if (!isNode(node) || node.range === undefined || node.range === null) return 0;
  const value: unknown = document.getIn(path);
  const written = node.range[1] - node.range[0];
  if (typeof value !== 'string' || position > value.length) return 0;
  if (written === value.length) return position;
  return written === value.length + 2 ? position + 1 : 0;
}

function inOrder(problems: PolicyProblem[]): PolicyProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function syntaxMessage(message: string): string {
  // The parser turns the end of its stack into a syntax error.
  if (message.includes('call stack')) return tooDeep;
  return `Correct the YAML here: ${sentence(message.charAt(0).toLowerCase() + message.slice(1))}`;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
