// What the queue should do, told a second time and as plainly as can be: lists, and the last word of a person counts.

import type { AnswerScope, AnsweredBy } from '../../src/contract/questions.ts';

type Verdict = 'allow' | 'deny';

export interface Outcome {
  readonly verdict: Verdict;
  readonly by: AnsweredBy;
}

interface ModelQuestion {
  readonly action: string;
  readonly request: string | null;
  readonly session: string;
  readonly askers: Set<number>;
  readonly onTimeout: Verdict;
  deadline: number;
}

/** A verdict that holds for later: a grant (`request` null), or the verdict of a request. */
interface Memory extends Outcome {
  readonly scope: AnswerScope['kind'];
  readonly action: string;
  readonly request: string | null;
  readonly session: string | null;
  readonly at: number;
  readonly until: number;
}

const MINUTE = 60_000;

export interface Model {
  ask(asker: number, asked: Omit<ModelQuestion, 'askers' | 'deadline'> & { timeout: number }): void;
  /** @returns whether the answer counts */
  answer(asker: number, verdict: Verdict, by: AnsweredBy, scope: AnswerScope): boolean;
  withdraw(asker: number): void;
  advance(milliseconds: number): void;
  open(): number;
  ended(): number;
  grants(): number;
  outcomeOf(asker: number): Outcome | undefined;
}

export function createModel(start: number): Model {
  const outcomes = new Map<number, Outcome>();
  /** By asker: the question it waits for. */
  const questions = new Map<number, ModelQuestion>();
  let now = start;
  let open: ModelQuestion[] = [];
  let memories: Memory[] = [];
  let ended = 0;

  function close(question: ModelQuestion): void {
    open = open.filter((other) => other !== question);
    ended++;
  }

  function end(question: ModelQuestion, outcome: Outcome, scope: AnswerScope): void {
    close(question);
    for (const asker of question.askers) outcomes.set(asker, outcome);
    if (outcome.by === 'grant') return;
    const { action, request, session } = question;
    const given = { verdict: outcome.verdict, scope: scope.kind, action, at: now };
    const holds = scope.kind === 'minutes' ? now + scope.minutes * MINUTE : Infinity;
    if (request !== null) {
      const until = Math.min(now + 10 * MINUTE, holds);
      memories.push({ ...given, request, session: null, by: 'repeat', until });
    }
    if (scope.kind === 'once') return;
    const isForSession = scope.kind === 'session';
    const grant: Memory = {
      ...given,
      request: null,
      session: isForSession ? session : null,
      by: 'grant',
      until: isForSession ? now + 24 * 60 * MINUTE : holds,
    };
    memories = [...memories.filter((memory) => !isReplacedBy(grant, memory)), grant];
    for (const other of open) {
      const isSame = other.action === action && (grant.session === null || other.session === grant.session);
      if (isSame) end(other, { verdict: outcome.verdict, by: 'grant' }, scope);
    }
  }

  function lastWord(action: string, request: string | null, session: string): Memory | undefined {
    const applies = (memory: Memory) =>
      memory.action === action &&
      memory.until > now &&
      (memory.session === null || memory.session === session) &&
      (memory.request === null || memory.request === request);
    // Of two memories of one time the grant goes first: it is the same answer.
    const isForRequest = (memory: Memory) => Number(memory.request !== null);
    const found = memories.filter(applies).reverse();
    return found.sort((a, b) => b.at - a.at || isForRequest(a) - isForRequest(b))[0];
  }

  return {
    open: () => open.length,
    ended: () => ended,
    grants: () => memories.filter((memory) => memory.request === null && memory.until > now).length,
    outcomeOf: (asker) => outcomes.get(asker),
    ask(asker, { action, request, session, onTimeout, timeout }) {
      const last = lastWord(action, request, session);
      if (last !== undefined) {
        outcomes.set(asker, { verdict: last.verdict, by: last.by });
        ended++;
        return;
      }
      const deadline = now + timeout;
      const same = open.find((other) => request !== null && other.action === action && other.request === request);
      const question = same ?? { action, request, session, onTimeout, deadline, askers: new Set() };
      if (same === undefined) open.push(question);
      question.askers.add(asker);
      question.deadline = Math.min(question.deadline, deadline);
      questions.set(asker, question);
    },
    answer(asker, verdict, by, scope) {
      const question = questions.get(asker);
      if (question === undefined || !open.includes(question)) return false;
      end(question, { verdict, by }, scope);
      return true;
    },
    withdraw(asker) {
      const question = questions.get(asker);
      if (question === undefined || !open.includes(question)) return;
      question.askers.delete(asker);
      if (question.askers.size === 0) close(question);
    },
    advance(milliseconds) {
      const until = now + milliseconds;
      for (;;) {
        const next = Math.min(...open.map(({ deadline }) => deadline));
        if (next > until) break;
        now = next;
        for (const question of open.filter(({ deadline }) => deadline <= next)) {
          end(question, { verdict: question.onTimeout, by: 'deadline' }, { kind: 'once' });
        }
      }
      now = until;
    },
  };
}

function isReplacedBy(grant: Memory, memory: Memory): boolean {
  return (
    memory.request === null &&
    memory.action === grant.action &&
    memory.scope === grant.scope &&
    memory.session === grant.session
  );
}
