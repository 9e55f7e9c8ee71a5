// Follows one run of the core: its status, and the questions that wait. Ends with it.

import type { ScrimClient } from '../src/contract/contract.ts';
import type { Status } from '../src/contract/control.ts';
import type { ApprovalsEvent } from '../src/contract/procedures/approvals.ts';
import type { Question } from '../src/contract/questions.ts';
import type { Clock } from './clock.ts';

export interface CoreListener {
  readonly status: (status: Status) => void;
  /** Those that wait, in order of asking. */
  readonly questions: (questions: readonly Question[]) => void;
}

/** Milliseconds until a stream that broke is asked for again; where the core has gone, the next run is followed instead. */
const again = 1_000;

/** @returns ends it */
export function followCore(client: ScrimClient, clock: Clock, listener: CoreListener): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const wait = (): Promise<void> => new Promise((resolve) => clock.after(again, resolve));

  async function follow(read: () => Promise<void>): Promise<void> {
    for (;;) {
      await read().catch(() => undefined);
      if (signal.aborted) return;
      await wait();
    }
  }

  void follow(async () => {
    for await (const status of await client.status.watch(undefined, { signal })) {
      if (!signal.aborted) listener.status(status);
    }
  });
  void follow(async () => {
    let questions: readonly Question[] = [];
    for await (const event of await client.approvals.watch(undefined, { signal })) {
      questions = after(questions, event);
      if (!signal.aborted) listener.questions(questions);
    }
  });
  return () => controller.abort();
}

function after(questions: readonly Question[], event: ApprovalsEvent): readonly Question[] {
  switch (event.kind) {
    case 'waiting':
      return event.questions;
    case 'asked':
      return [...questions.filter(({ id }) => id !== event.question.id), event.question];
    case 'changed':
      return questions.map((each) => (each.id === event.question.id ? event.question : each));
    case 'answered':
      return questions.filter(({ id }) => id !== event.question.id);
    case 'grants':
      return questions;
  }
}
