// Shows open questions on the channels there are: all routes at once, the first answer wins, and the other displays go at once.

import type { Question } from '../contract/questions.ts';
import type { Approvals } from './approvals.ts';
import type { Channel, ChannelAnswer } from './channel.ts';

export interface Route {
  /** A fallback chain: a channel that cannot ask hands the question to the next one. */
  readonly channels: readonly Channel[];
  /** How many questions are shown at a time, in order of asking. */
  readonly atOnce: number;
}

/** A channel that was told to go has this long before the next question is shown all the same: a dialog that hangs must not stop the queue. */
const WITHDRAWAL_MS = 2_000;

/** Shows the questions that are open and all that follow, until it is disposed of; then all displays go. */
export function dispatch(approvals: Approvals, routes: readonly Route[]): Disposable {
  const running = routes.map((route) => runRoute(approvals, route));
  const stopListening = approvals.listen({
    asked: ({ id }) => running.forEach((route) => route.add(id)),
    answered: ({ id }) => running.forEach((route) => route.remove(id)),
  });
  for (const { id } of approvals.open()) running.forEach((route) => route.add(id));
  return {
    [Symbol.dispose]() {
      stopListening();
      for (const route of running) route.stop();
    },
  };
}

interface RunningRoute {
  add(id: string): void;
  remove(id: string): void;
  stop(): void;
}

function runRoute(approvals: Approvals, { channels, atOnce }: Route): RunningRoute {
  const waiting = new Set<string>();
  const shown = new Map<string, AbortController>();
  let free = Math.max(1, atOnce);

  function showNext(): void {
    while (free > 0) {
      const [id] = waiting;
      if (id === undefined) return;
      waiting.delete(id);
      const question = approvals.open().find((open) => open.id === id);
      if (question !== undefined) void show(question);
    }
  }

  async function show(question: Question): Promise<void> {
    const { id } = question;
    const controller = new AbortController();
    shown.set(id, controller);
    free--;
    await Promise.race([askInTurn(question, controller.signal), hasHadTimeToGo(controller.signal)]);
    shown.delete(id);
    free++;
    showNext();
  }

  async function askInTurn(question: Question, signal: AbortSignal): Promise<void> {
    const isOver = () => signal.aborted;
    for (const channel of channels) {
      const given = await askOn(channel, question, signal);
      if (isOver()) return;
      if (given !== undefined) {
        approvals.answer(question.id, { ...given, by: channel.name });
        return;
      }
    }
  }

  async function askOn(channel: Channel, question: Question, signal: AbortSignal): Promise<ChannelAnswer | undefined> {
    try {
      return await channel.ask(question, approvals.open().length - 1, signal);
    } catch {
      // It broke its word. What cannot ask hands on.
      return undefined;
    }
  }

  return {
    add(id) {
      waiting.add(id);
      showNext();
    },
    remove(id) {
      waiting.delete(id);
      shown.get(id)?.abort();
    },
    stop() {
      waiting.clear();
      for (const controller of shown.values()) controller.abort();
    },
  };
}

function hasHadTimeToGo(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => void setTimeout(resolve, WITHDRAWAL_MS).unref(), { once: true });
  });
}
