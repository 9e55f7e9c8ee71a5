// A dialog of the operating system, in front of everything else. It shows the whole action, and its default answer is no.

import type { TimedClock } from '../../base/clock.ts';
import type { Question } from '../../contract/questions.ts';
import type { Channel, ChannelAnswer } from '../channel.ts';
import type { DialogOutcome, DialogProgram, DialogStep, DialogView } from './dialog-program.ts';
import { none } from './dialog-program.ts';
import { othersWait, questionInWords, wholeText } from './format.ts';
import { osascript } from './osascript.ts';
import { runProgram } from './run-program.ts';
import { untilDeadline } from './until-deadline.ts';
import { windowsPopup } from './windows-popup.ts';
import { zenity } from './zenity.ts';

export interface DialogOptions {
  readonly clock: TimedClock;
  /** For the dialog's program: it needs the display, the language, the theme. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

/** Milliseconds from the start of a dialog in which nobody can have read it: an approval was meant for what lay under it. */
const TOO_SOON = 500;
/** Dialogs for one question: a person who goes back and forth gets there; a program that does not work does not loop. */
const MAX_DIALOGS = 20;

/** Undefined: no display, no such program, too much to show without scrolling, or nobody answered in time. */
export function dialogChannel({ clock, env, platform }: DialogOptions): Channel {
  const program = programFor(platform);
  const ownEnvironment = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SCRIM_')));
  return {
    name: 'dialog',
    async ask(question, waiting, withdrawn) {
      const { signal, end } = untilDeadline(clock, question.deadline, withdrawn);
      try {
        return await converse(question, waiting, signal);
      } finally {
        end();
      }
    },
  };

  async function converse(
    question: Question,
    waiting: number,
    signal: AbortSignal,
  ): Promise<ChannelAnswer | undefined> {
    let step = program.ask;
    for (let shown = 0; shown < MAX_DIALOGS; shown++) {
      const openedAt = clock.now();
      if (signal.aborted) return undefined;
      const outcome = await show(step, dialogView(question, waiting, openedAt), signal);
      if (outcome.kind === 'none') return undefined;
      if (outcome.kind !== 'answered') {
        step = outcome.kind === 'more' ? (program.more ?? program.ask) : program.ask;
      } else if (outcome.verdict === 'deny' || clock.now() - openedAt >= TOO_SOON) {
        return { verdict: outcome.verdict, scope: outcome.scope, note: '' };
      }
    }
    return undefined;
  }

  async function show(step: DialogStep, view: DialogView, signal: AbortSignal): Promise<DialogOutcome> {
    const call = step.call(view);
    if (call === undefined) return none;
    const end = await runProgram({ ...call, env: { ...ownEnvironment, ...call.env } }, signal);
    return end === undefined ? none : step.outcome(end);
  }
}

function programFor(platform: NodeJS.Platform): DialogProgram {
  return platform === 'darwin' ? osascript : platform === 'win32' ? windowsPopup : zenity;
}

function dialogView(question: Question, waiting: number, now: number): DialogView {
  const words = questionInWords(question);
  const end = new Date(question.deadline).toLocaleTimeString();
  const lines = [wholeText(words), '', `Open until ${end}. ${othersWait(waiting)}`.trimEnd()];
  const seconds = Math.max(1, Math.ceil((question.deadline - now) / 1000));
  return { title: 'Scrim', text: lines.join('\n'), seconds };
}
