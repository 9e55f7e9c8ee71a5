// The one error of this folder: a rule that cannot be used, and why.

export type RuleProblemCode =
  | 'syntax'
  | 'unsupported'
  | 'matches-nothing'
  | 'matches-empty'
  | 'too-large'
  | 'holds-too-long'
  | 'explodes'
  | 'incomplete';

/** Why a custom rule is refused: where in its pattern, and what to write instead. */
export interface RuleProblem {
  readonly code: RuleProblemCode;
  readonly rule: string;
  /** Index in the rule's pattern, or 0 where the whole rule is meant. */
  readonly position: number;
  readonly message: string;
  readonly suggestion: string;
}

export class MaskingError extends Error {
  readonly code: RuleProblemCode;
  readonly rule: string;
  readonly position: number;
  readonly suggestion: string;

  constructor(problem: RuleProblem) {
    super(`masking rule ${problem.rule}: ${problem.message}; ${problem.suggestion}`);
    this.name = 'MaskingError';
    this.code = problem.code;
    this.rule = problem.rule;
    this.position = problem.position;
    this.suggestion = problem.suggestion;
  }
}

/** Thrown while a pattern is read; the caller knows the rule's name and adds it. */
export class PatternProblem extends Error {
  readonly code: RuleProblemCode;
  readonly position: number;
  readonly suggestion: string;

  constructor(code: RuleProblemCode, position: number, message: string, suggestion: string) {
    super(message);
    this.code = code;
    this.position = position;
    this.suggestion = suggestion;
  }
}
