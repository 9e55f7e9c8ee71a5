// The queue of questions that wait for a person. Every question ends in exactly one recorded outcome.
// Long, because the interface stands beside what keeps it.

import type { TimedClock } from '../base/clock.ts';
import { asMasked, type MaskedText } from '../base/text.ts';
import type {
  Answer,
  AnswerChannel,
  AnsweredQuestion,
  AnswerScope,
  Grant,
  HeldAction,
  Question,
} from '../contract/questions.ts';
import { createListeners, type QuestionListener } from './listeners.ts';
import { keptNote } from './note.ts';
import { createRecords } from './records.ts';
import { grantOf, repeatUntil, soundScope } from './remembering.ts';
import { newShortId } from './short-ids.ts';
import { openStore } from './store.ts';

export interface AskRequest {
  readonly held: HeldAction;
  readonly exchange: string;
  readonly session: string;
  readonly program: MaskedText;
  readonly folder: MaskedText | null;
  readonly host: MaskedText;
  readonly model: MaskedText | null;
  /** Keyed hash of the normalised action, folder and program: what grants are bound to. */
  readonly actionKey: string;
  /** Keyed hash of the logical request (provider, model, messages), null where unknown: a repeat of it gets the same verdict without a second question. */
  readonly requestKey: string | null;
  /** Milliseconds; already the shorter of the policy's and the client's own. */
  readonly timeout: number;
  readonly onTimeout: 'allow' | 'deny';
}

export interface Asked {
  /** Of the question; one that is open already where the request is a repeat of it. */
  readonly id: string;
  /** The client has left: it is not answered any more. Where nobody else waits, the question is lost. */
  readonly withdraw: () => void;
}

export interface GivenAnswer {
  readonly verdict: 'allow' | 'deny';
  readonly by: AnswerChannel;
  readonly scope: AnswerScope;
  /** As typed. It is masked before it is kept. */
  readonly note: string;
}

/** `too-late`: the question ended in another way, which `question(id)` tells. */
export type Taken = 'taken' | 'too-late' | 'unknown';

export interface Approvals {
  /** `answered` is called exactly once and never synchronously, unless withdrawn before. */
  ask(request: AskRequest, answered: (answer: Answer) => void): Asked;
  answer(id: string, given: GivenAnswer): Taken;
  /** Those of this process, in order of asking. */
  open(): readonly Question[];
  /** What an open question ends as when nobody answers; undefined: there is no such question. */
  atDeadline(id: string): 'allow' | 'deny' | undefined;
  /** This and the three below throw ApprovalsError `store-failed`. */
  question(id: string): Question | AnsweredQuestion | undefined;
  /** The newest first; `before`: those that come after this question there. */
  history(limit: number, before?: string): readonly AnsweredQuestion[];
  grants(): readonly Grant[];
  /** False: there is no such grant. */
  revoke(id: string): boolean;
  /** @returns what ends it */
  listen(listener: QuestionListener): () => void;
  /** Open questions end as lost. */
  close(): Promise<void>;
}

export interface ApprovalsOptions {
  /** The store's own folder: its rights are narrowed to the owner. */
  readonly folder: string;
  readonly clock: TimedClock;
  readonly maskNote: (text: string) => MaskedText;
  readonly onFailure: (error: Error) => void;
}

/** More open questions than a person can answer before they end. */
const MAX_OPEN = 1_000;

const MAX_TIMEOUT = 30 * 24 * 60 * 60 * 1_000;

/** A timer does not run while the machine sleeps: deadlines are compared with the clock at least this often. */
const LOOK_EVERY = 5_000;

/** One client that waits. Several wait for one question when they sent the same request. */
interface Asker {
  readonly answered: (answer: Answer) => void;
  readonly onTimeout: 'allow' | 'deny';
  hasLeft: boolean;
}

interface OpenQuestion {
  question: Question;
  readonly actionKey: string;
  readonly requestKey: string | null;
  readonly askers: Set<Asker>;
}

/**
 * Opens the store; questions that a dead process left open are closed as lost.
 * @throws ApprovalsError `cannot-open`, `damaged`, `newer-version`
 */
export function openApprovals({ folder, clock, maskNote, onFailure }: ApprovalsOptions): Approvals {
  const failed = (error: unknown) => onFailure(error instanceof Error ? error : new Error(String(error)));
  const records = createRecords(openStore(folder, clock.now()), onFailure);
  const listeners = createListeners(failed);
  const open = new Map<string, OpenQuestion>();
  let cancelTimer = (): void => undefined;
  let isClosed = false;

  function ask(request: AskRequest, answered: (answer: Answer) => void): Asked {
    endExpired();
    const asker: Asker = { answered, onTimeout: request.onTimeout, hasLeft: false };
    const now = clock.now();
    if (isClosed) return refuse(request, asker, 'Scrim is stopping.');
    const remembered = records.remembered(request, now);
    if (remembered === undefined) return refuse(request, asker, cannotRecord);
    if (remembered !== null) return decide(request, asker, { ...remembered, at: now });
    const same = request.requestKey === null ? undefined : findSame(request);
    if (same !== undefined) return join(same, request, asker);
    if (open.size >= MAX_OPEN) return refuse(request, asker, `${MAX_OPEN} other questions wait for an answer.`);
    const waiting = waitingFor(request, asker);
    const { question } = waiting;
    if (!records.put({ ...waiting, answer: null, repeatUntil: null, grant: null })) {
      return refuse(request, asker, cannotRecord);
    }
    open.set(question.id, waiting);
    setTimer();
    listeners.tell((listener) => listener.asked(question));
    return { id: question.id, withdraw: () => leave(waiting, asker) };
  }

  const isTaken = (id: string) => !isClosed && records.isTaken(id);

  function waitingFor(request: AskRequest, asker: Asker): OpenQuestion {
    const { held, exchange, session, program, folder, host, model, actionKey, requestKey } = request;
    const id = newShortId('q', isTaken);
    const askedAt = clock.now();
    const deadline = deadlineOf(request, askedAt);
    const question = { ...held, id, exchange, session, askedAt, deadline, program, folder, host, model };
    return { question, actionKey, requestKey, askers: new Set([asker]) };
  }

  /** Nobody is asked: the question has its outcome when it is made. */
  function decide(request: AskRequest, asker: Asker, answer: Answer): Asked {
    const waiting = waitingFor(request, asker);
    if (isClosed) deliver(waiting, answer);
    else record(waiting, answer);
    return { id: waiting.question.id, withdraw: () => void (asker.hasLeft = true) };
  }

  function refuse(request: AskRequest, asker: Asker, why: string): Asked {
    return decide(request, asker, ourAnswer('deny', 'refused', clock.now(), why));
  }

  function findSame({ actionKey, requestKey }: AskRequest): OpenQuestion | undefined {
    return [...open.values()].find((other) => other.actionKey === actionKey && other.requestKey === requestKey);
  }

  function join(waiting: OpenQuestion, request: AskRequest, asker: Asker): Asked {
    waiting.askers.add(asker);
    // The least patient of them: who waits longer would be answered after a client has given up.
    const deadline = Math.min(waiting.question.deadline, deadlineOf(request, clock.now()));
    if (deadline < waiting.question.deadline) {
      const question = { ...waiting.question, deadline };
      waiting.question = question;
      setTimer();
      listeners.tell((listener) => listener.changed?.(question));
    }
    return { id: waiting.question.id, withdraw: () => leave(waiting, asker) };
  }

  function leave(waiting: OpenQuestion, asker: Asker): void {
    asker.hasLeft = true;
    waiting.askers.delete(asker);
    if (waiting.askers.size === 0) endIfOpen(waiting, ourAnswer('deny', 'lost', clock.now()));
  }

  function answer(id: string, { verdict, by, scope, note }: GivenAnswer): Taken {
    endExpired();
    const waiting = open.get(id);
    if (waiting === undefined) return hasEnded(id) ? 'too-late' : 'unknown';
    const given = { verdict, by, scope: soundScope(scope), note: keptNote(note, maskNote), at: clock.now() };
    const { grant, outcome } = end(waiting, given);
    if (grant !== null) {
      listeners.tell((listener) => listener.grantsChanged?.());
      const same = [...open.values()].filter((other) => holdsFor(grant, waiting, other));
      for (const other of same) endIfOpen(other, { ...outcome, by: 'grant' });
    }
    return outcome.by === by ? 'taken' : 'too-late';
  }

  function hasEnded(id: string): boolean {
    try {
      const found = records.question(id);
      return found !== undefined && 'answer' in found;
    } catch (error) {
      failed(error);
      return false;
    }
  }

  function end(waiting: OpenQuestion, answer: Answer): Recorded {
    open.delete(waiting.question.id);
    setTimer();
    const recorded = record(waiting, answer);
    const { question } = waiting;
    listeners.tell((listener) => listener.answered(question, recorded.outcome));
    return recorded;
  }

  /** For those that come after another one: a listener that was told of the first may have ended the rest. */
  function endIfOpen(waiting: OpenQuestion, answer: Answer): void {
    if (open.has(waiting.question.id)) end(waiting, answer);
  }

  /** SECURITY: nothing is allowed that is not on disk. */
  function record(waiting: OpenQuestion, answer: Answer): Recorded {
    const isOfOld = answer.by === 'grant' || answer.by === 'repeat';
    const grant = isOfOld ? null : grantOf(waiting.question, answer, newShortId('g', isTaken));
    const isRecorded = records.put({ ...waiting, answer, repeatUntil: repeatUntil(answer), grant });
    if (!isRecorded && answer.verdict === 'allow') {
      return record(waiting, ourAnswer('deny', 'refused', answer.at, cannotRecord));
    }
    deliver(waiting, answer);
    return { outcome: answer, grant };
  }

  function deliver({ askers }: OpenQuestion, answer: Answer): void {
    queueMicrotask(() => {
      for (const asker of askers) {
        try {
          if (!asker.hasLeft) asker.answered(answer);
        } catch (error) {
          failed(error);
        }
      }
    });
  }

  function endExpired(): void {
    const now = clock.now();
    for (const waiting of [...open.values()]) {
      if (waiting.question.deadline > now) continue;
      endIfOpen(waiting, ourAnswer(unanswered(waiting), 'deadline', now));
    }
  }

  function setTimer(): void {
    cancelTimer();
    if (open.size === 0) return;
    const next = Math.min(...[...open.values()].map(({ question }) => question.deadline));
    const delay = Math.min(Math.max(next - clock.now(), 0), LOOK_EVERY);
    cancelTimer = clock.after(delay, () => {
      endExpired();
      setTimer();
    });
  }

  function close(): Promise<void> {
    if (!isClosed) {
      // Before the listeners are told: one of them may ask again.
      isClosed = true;
      for (const waiting of [...open.values()]) endIfOpen(waiting, ourAnswer('deny', 'lost', clock.now()));
      records.close();
    }
    // Answers are delivered in microtasks: these stood in the queue before this one.
    return Promise.resolve();
  }

  return {
    ask,
    answer,
    open() {
      endExpired();
      return [...open.values()].map(({ question }) => question);
    },
    atDeadline(id) {
      const waiting = open.get(id);
      return waiting === undefined ? undefined : unanswered(waiting);
    },
    question: (id) => open.get(id)?.question ?? records.question(id),
    history: (limit, before) => records.history(limit, before),
    grants: () => records.grants(clock.now()),
    revoke(id) {
      const isRevoked = records.revoke(id);
      if (isRevoked) listeners.tell((listener) => listener.grantsChanged?.());
      return isRevoked;
    },
    listen: (listener) => listeners.add(listener),
    close,
  };
}

interface Recorded {
  readonly outcome: Answer;
  readonly grant: Grant | null;
}

const cannotRecord = 'Scrim cannot record the question: look for the failure event, and at free disk space.';

/** An answer that no person gave. `why`: our own words. */
function ourAnswer(verdict: 'allow' | 'deny', by: 'deadline' | 'lost' | 'refused', at: number, why?: string): Answer {
  return { verdict, by, scope: { kind: 'once' }, note: why === undefined ? null : asMasked(why), at };
}

/** One who wants it denied is enough. */
function unanswered({ askers }: OpenQuestion): 'allow' | 'deny' {
  return [...askers].every(({ onTimeout }) => onTimeout === 'allow') ? 'allow' : 'deny';
}

function deadlineOf({ timeout }: AskRequest, now: number): number {
  // Not a number: it counts as not answered at once.
  return now + (timeout > 0 ? Math.min(timeout, MAX_TIMEOUT) : 0);
}

function holdsFor(grant: Grant, granted: OpenQuestion, other: OpenQuestion): boolean {
  if (other.actionKey !== granted.actionKey) return false;
  return grant.session === null || grant.session === other.question.session;
}
