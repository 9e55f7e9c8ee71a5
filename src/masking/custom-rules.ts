// Rules of the policy, and the lint that refuses those which would not stream.
import type { Severity } from './finding.ts';
import { MaskingError, PatternProblem, type RuleProblem } from './masking-error.ts';
import { readPattern } from './pattern.ts';
import { problemOf } from './rule-book.ts';
import type { Rule } from './rule.ts';
import { streamProblem } from './stream-lint.ts';

export interface CustomRule {
  readonly id: string;
  readonly regex?: string;
  readonly words?: readonly string[];
  readonly kind: string;
  readonly severity?: Severity;
  readonly placeholder?: string;
  readonly flags?: string;
}

/** `g` says nothing here: every match is masked anyway. */
const allowedFlags = /^[gimsu]*$/u;

/** A policy rule as an engine rule. Throws `MaskingError` when it has neither a pattern nor words. */
export function customRule(rule: CustomRule): Rule {
  const patterns = [
    ...(rule.regex === undefined ? [] : [rule.regex]),
    ...(rule.words ?? []).filter((word) => word !== '').map(wordPattern),
  ];
  const flags = rule.flags?.replaceAll('g', '') ?? (rule.regex === undefined ? 'i' : '');
  if (patterns.length === 0)
    throw new MaskingError(incomplete(rule, 'the rule has neither `regex` nor `words`', 'give one of them'));
  if (!allowedFlags.test(flags))
    throw new MaskingError(incomplete(rule, `the flags "${flags}" are not supported`, 'use i, m, s or u'));
  return {
    id: rule.id,
    kind: rule.kind,
    severity: rule.severity ?? 'medium',
    certainty: 'format',
    pack: 'custom',
    pattern: patterns.join('|'),
    flags,
    examples: [],
    ...(rule.placeholder === undefined ? {} : { placeholder: rule.placeholder }),
  };
}

/** Why a custom rule must be refused, or null. */
export function checkRule(rule: CustomRule): RuleProblem | null {
  try {
    const made = customRule(rule);
    return streamProblem(made, readPattern(made.pattern, made.flags ?? '', 'named-group'));
  } catch (error) {
    if (error instanceof PatternProblem) return problemOf(rule.id, error);
    if (error instanceof MaskingError) {
      const { code, position, message, suggestion } = error;
      return { code, rule: rule.id, position, message, suggestion };
    }
    throw error;
  }
}

/** A word stands alone: not inside another word. */
function wordPattern(word: string): string {
  const escaped = word.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
  const before = /^\w/u.test(word) ? '(?<![A-Za-z0-9_])' : '';
  const after = /\w$/u.test(word) ? '(?![A-Za-z0-9_])' : '';
  return before + escaped + after;
}

function incomplete(rule: CustomRule, message: string, suggestion: string): RuleProblem {
  return { code: 'incomplete', rule: rule.id, position: 0, message, suggestion };
}
