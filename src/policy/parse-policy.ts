// Policy text in, policy or problems out. Every problem has the line and column of what caused it.

import { LineCounter, parseDocument } from 'yaml';
import { checkRules, type CheckRule } from './check-rules.ts';
import { checkRiskRules, type CheckRiskRule } from './check-risk-rules.ts';
import { explainIssue } from './explain.ts';
import type { Policy } from './policy.ts';
import { locate } from './locate.ts';
import { resolvePolicy } from './resolve.ts';
import { sentence } from './sentence.ts';
import { policyFileSchema } from './schema.ts';

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

const maxLength = 1024 * 1024;
// Enough for any person's anchors, far too few for an alias bomb.
const maxAliases = 100;
const maxProblems = 50;
const tooDeep = 'Write the policy with less nesting: it cannot be read as it is.';

/**
 * Never throws. `checkRule` is the masking engine's test of custom rules, `checkRiskRule` the risk engine's. Empty text gives
 * the built-in policy.
 */
export function parsePolicy(
  text: string,
  checkRule: CheckRule = () => null,
  checkRiskRule: CheckRiskRule = () => null,
): ParsedPolicy {
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
      checkRiskRules(document, checked.data, checkRiskRule, report);
      return problems.length > 0 ? { problems: inOrder(problems) } : { policy: resolvePolicy(checked.data) };
    }
    for (const issue of checked.error.issues.flatMap((each) => explainIssue(each, value))) {
      report(locate(document, issue.path, issue.at), issue.message);
    }
    return { problems: inOrder(problems) };
  } catch (error) {
    // Left over: the alias limit (ReferenceError), and nesting so deep that the stack ends (RangeError).
    const message = error instanceof ReferenceError ? `Use at most ${maxAliases} aliases.` : tooDeep;
    return { problems: [{ line: 1, column: 1, message }] };
  }
}

function inOrder(problems: PolicyProblem[]): PolicyProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function syntaxMessage(message: string): string {
  // The parser turns the end of its stack into a syntax error.
  if (message.includes('call stack')) return tooDeep;
  return `Correct the YAML here: ${sentence(message.charAt(0).toLowerCase() + message.slice(1))}`;
}
