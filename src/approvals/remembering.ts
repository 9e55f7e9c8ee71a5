// How long an answer holds: as a grant for the same action, as the verdict for a repeat of the same request.

import type { Answer, AnswerScope, Grant, Question } from '../contract/questions.ts';

const MINUTE = 60_000;

/** Clients send a request again when they lose patience: the very same, without a second question. */
const REPEAT_MS = 10 * MINUTE;

/** Nobody tells us that a session has ended; one that goes on for longer asks again. */
const SESSION_MS = 24 * 60 * MINUTE;

const MAX_MINUTES = 30 * 24 * 60;

/** Minutes that make no sense hold once. */
export function soundScope(scope: AnswerScope): AnswerScope {
  if (scope.kind !== 'minutes') return scope;
  const minutes = Math.min(scope.minutes, MAX_MINUTES);
  return minutes > 0 ? { kind: 'minutes', minutes } : { kind: 'once' };
}

/** Null: the answer holds once. */
export function grantOf(question: Question, { verdict, scope, note, at }: Answer, id: string): Grant | null {
  if (scope.kind === 'once') return null;
  const { tool, action, program, folder } = question;
  const session = scope.kind === 'session' ? question.session : null;
  return {
    id,
    verdict,
    scope,
    tool,
    action,
    program,
    folder,
    session,
    createdAt: at,
    expiresAt: expiryOf(scope, at),
    note,
  };
}

function expiryOf(scope: AnswerScope, at: number): number | null {
  switch (scope.kind) {
    case 'minutes':
      return at + scope.minutes * MINUTE;
    case 'session':
      return at + SESSION_MS;
    default:
      return null;
  }
}

/** Only what a person or the deadline decided is repeated, and never for longer than the person said. */
export function repeatUntil({ by, scope, at }: Answer): number | null {
  if (by === 'grant' || by === 'repeat' || by === 'lost' || by === 'refused') return null;
  return Math.min(at + REPEAT_MS, expiryOf(scope, at) ?? Infinity);
}
