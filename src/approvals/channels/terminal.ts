// A question on the terminal, answered by a line. No cursor tricks: it reads the same in a log, a narrow window, a screen reader.

import { randomInt } from 'node:crypto';
import type { TimedClock } from '../../base/clock.ts';
import type { Question } from '../../contract/questions.ts';
import type { Channel, ChannelAnswer } from '../channel.ts';
import { othersWait, questionInWords, timeLeft, wholeText } from './format.ts';
import { readTypedAnswer, typedHelp } from './typed-answer.ts';
import { untilDeadline } from './until-deadline.ts';

/** A terminal that we may use for one question. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** A program that is not ours can type on it: an approval must then repeat a number that only the screen shows. */
  readonly othersType: boolean;
  /** Another program has taken it over since (a full-screen client): it gets the keys, and the screen. */
  readonly isTaken: () => Promise<boolean>;
  /** Only what was opened for the question. */
  readonly close: () => void;
}

export interface TerminalOptions {
  readonly clock: TimedClock;
  /** Undefined: there is none, or it is taken. */
  readonly open: () => Promise<Terminal | undefined>;
}

/** What was typed before the question stood there is no answer to it: it is read and dropped for so long, in milliseconds. */
const TYPED_AHEAD = 50;
/** When the time left is said again, in milliseconds before the end. */
const REMINDERS = [30_000, 10_000];
const MAX_LINE = 4096;

/** Undefined: no terminal, a program that has taken it over, its end, or nobody answered in time. */
export function terminalChannel({ clock, open }: TerminalOptions): Channel {
  // One question at a time: a line answers the one that stands last.
  let last: Promise<unknown> = Promise.resolve();
  return {
    name: 'terminal',
    ask(question, waiting, withdrawn) {
      const answer = last.then(() => askOne(question, waiting, withdrawn)).catch(() => undefined);
      last = answer;
      return answer;
    },
  };

  async function askOne(
    question: Question,
    waiting: number,
    withdrawn: AbortSignal,
  ): Promise<ChannelAnswer | undefined> {
    if (isOver(withdrawn)) return undefined;
    const terminal = await open();
    if (terminal === undefined) return undefined;
    const { signal, end } = untilDeadline(clock, question.deadline, withdrawn);
    const cancels: (() => void)[] = [end];
    try {
      return await converse(terminal, question, waiting, signal, cancels);
    } finally {
      for (const cancel of cancels) cancel();
      if (signal.aborted)
        terminal.output.write(isOver(withdrawn) ? '\nAnswered elsewhere.\n' : '\nNobody answered in time.\n');
      terminal.close();
    }
  }

  async function converse(
    { input, output, othersType, isTaken }: Terminal,
    question: Question,
    waiting: number,
    signal: AbortSignal,
    cancels: (() => void)[],
  ): Promise<ChannelAnswer | undefined> {
    const { promise, resolve } = Promise.withResolvers<ChannelAnswer | undefined>();
    const code = othersType ? String(randomInt(100, 1000)) : undefined;
    const behind = code === undefined ? '' : ` Behind y, s, m and a goes the number ${code}, as in: y ${code}`;
    const prompt = (): void => {
      const left = timeLeft(question.deadline, clock.now());
      output.write(`Approve? y once, s session, m MINUTES, a always, ? help; Return denies (${left}).${behind}\n> `);
    };
    let isAsked = false;
    const hear = (line: string): void => {
      if (!isAsked) return;
      const typed = readTypedAnswer(line, code);
      if (typed.kind === 'answer') {
        resolve(typed.answer);
        return;
      }
      output.write(typed.kind === 'help' ? typedHelp : 'That is none of the answers.\n');
      prompt();
    };
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    if (signal.aborted) return undefined;
    cancels.push(readLines(input, hear, () => resolve(undefined)));
    const show = (): void => {
      isAsked = true;
      output.write(`\n── Scrim asks ──\n${wholeText(questionInWords(question))}\n\n`);
      if (waiting > 0) output.write(`${othersWait(waiting)}\n`);
      prompt();
    };
    cancels.push(clock.after(TYPED_AHEAD, show));
    const remind = async (): Promise<void> => {
      if (await isTaken()) {
        resolve(undefined);
        return;
      }
      output.write('\n');
      prompt();
    };
    for (const left of REMINDERS) {
      const delay = question.deadline - left - clock.now();
      if (delay > TYPED_AHEAD) cancels.push(clock.after(delay, () => void remind().catch(() => resolve(undefined))));
    }
    return promise;
  }
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Lines as they are typed; the function it returns stops reading. */
function readLines(input: NodeJS.ReadableStream, hear: (line: string) => void, end: () => void): () => void {
  let open = '';
  const take = (chunk: Buffer | string): void => {
    const lines = (open + chunk.toString('utf8')).split(/\r\n|\r|\n/);
    open = (lines.pop() ?? '').slice(-MAX_LINE);
    for (const line of lines) hear(line);
  };
  input.on('data', take);
  input.once('end', end);
  input.once('error', end);
  input.resume();
  return () => {
    input.off('data', take);
    input.off('end', end);
    input.pause();
  };
}
