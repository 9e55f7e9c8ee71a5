// The store as the queue sees it: a failure is told once and fails closed. What denies may be recorded late, what allows may not.

import type { AnsweredQuestion, Grant, Question } from '../contract/questions.ts';
import { asApprovalsError } from './approvals-error.ts';
import type { QuestionRow, Remembered, Store } from './store.ts';

export interface Records {
  /** False: it is not on disk. A denial is tried again with the next change. */
  put(row: QuestionRow): boolean;
  /** Undefined: the store could not be read. */
  remembered(...of: Parameters<Store['remembered']>): Remembered | null | undefined;
  isTaken(id: string): boolean;
  /** The three below throw ApprovalsError `store-failed`. */
  question(id: string): Question | AnsweredQuestion | undefined;
  history(limit: number, before?: string): readonly AnsweredQuestion[];
  grants(now: number): readonly Grant[];
  revoke(id: string): boolean;
  close(): void;
}

const MAX_UNRECORDED = 1_000;

export function createRecords(store: Store, onFailure: (error: Error) => void): Records {
  /** Denials that are not on disk yet. After a crash their questions count as lost. */
  const unrecorded = new Map<string, QuestionRow>();
  let isFailing = false;

  function put(row: QuestionRow): boolean {
    try {
      store.put(row);
    } catch (error) {
      failed(error);
      if (row.answer?.verdict === 'deny') keep(row);
      return false;
    }
    isFailing = false;
    recordTheLate();
    return true;
  }

  function failed(error: unknown): void {
    if (!isFailing) onFailure(storeFailed(error));
    isFailing = true;
  }

  function keep(row: QuestionRow): void {
    const [oldest] = unrecorded.keys();
    if (unrecorded.size >= MAX_UNRECORDED && oldest !== undefined) unrecorded.delete(oldest);
    unrecorded.set(row.question.id, row);
  }

  function recordTheLate(): void {
    try {
      for (const [id, row] of unrecorded) {
        store.put(row);
        unrecorded.delete(id);
      }
    } catch {
      // It was reported when it failed first. If it never succeeds, the next start closes these questions as lost.
    }
  }

  return {
    put,
    remembered(...of) {
      try {
        return store.remembered(...of);
      } catch (error) {
        failed(error);
        return undefined;
      }
    },
    isTaken(id) {
      try {
        return store.isTaken(id);
      } catch (error) {
        failed(error);
        return false;
      }
    },
    question(id) {
      const { question, answer } = unrecorded.get(id) ?? orThrow(() => store.question(id)) ?? {};
      return question === undefined || !answer ? question : { question, answer };
    },
    history(limit, before) {
      const late = [...unrecorded.values()].reverse();
      const ended = late.flatMap(({ question, answer }) => (answer === null ? [] : [{ question, answer }]));
      const place = ended.findIndex(({ question }) => question.id === before);
      const recorded = orThrow(() => store.history(limit, place === -1 ? before : undefined));
      const unread = before === undefined || place !== -1 ? ended.slice(place + 1) : [];
      return [...unread, ...recorded].slice(0, Math.max(0, limit));
    },
    grants: (now) => orThrow(() => store.grants(now)),
    revoke: (id) => orThrow(() => store.revoke(id)),
    close() {
      recordTheLate();
      store.close();
    },
  };
}

function orThrow<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw storeFailed(error);
  }
}

function storeFailed(error: unknown): Error {
  return asApprovalsError(error, 'of questions and grants', 'store-failed', 'Using the store');
}
