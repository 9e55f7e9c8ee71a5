// Linux: zenity (GTK). Return and Escape deny. A long action is scrolled, and cannot be approved before a box is ticked.

import type { AnswerScope } from '../../contract/questions.ts';
import { allowed, denied, none, once, type DialogProgram } from './dialog-program.ts';
import { linesAt } from '../../contract/shown-text.ts';

const MORE = 'More choices…';

/** What fits a small screen without scrolling. */
const MAX_LINES = 25;
const LINE = 70;

const choices: readonly (readonly [label: string, scope: AnswerScope | 'deny'])[] = [
  ['Deny', 'deny'],
  ['Approve once', once],
  ['Approve for this session', { kind: 'session' }],
  ['Approve for 10 minutes', { kind: 'minutes', minutes: 10 }],
  ['Always approve exactly this action', { kind: 'always' }],
];

/** Without a display, zenity ends as if "Deny" had been pressed. (When a display is lost later, it says nothing: that is a no.) */
const noDisplay = /open display/i;

export const zenity: DialogProgram = {
  ask: {
    call({ title, text, seconds }) {
      const common = [`--title=${title}`, '--ok-label=Approve', '--cancel-label=Deny', `--extra-button=${MORE}`];
      const timed = [...common, `--timeout=${seconds}`];
      if (linesAt(LINE, text) <= MAX_LINES) {
        const args = ['--question', '--no-markup', `--text=${text}`, '--default-cancel', '--width=560', ...timed];
        return { file: 'zenity', args };
      }
      // Its default button is the one that approves; the box keeps that one locked. The text comes in by stdin, which has no bound.
      const args = [
        '--text-info',
        '--font=Monospace 10',
        '--checkbox=I have read all of it',
        '--width=760',
        '--height=560',
        ...timed,
      ];
      return { file: 'zenity', args, input: text };
    },
    outcome({ code, out, err }) {
      if (out.trimEnd() === MORE) return { kind: 'more' };
      if (code === 0) return allowed(once);
      return code === 1 && !noDisplay.test(err) ? denied : none;
    },
  },
  more: {
    call({ title, seconds }) {
      const rows = ['--column=Answer', '--hide-header', ...choices.map(([label]) => label)];
      const labels = [
        `--title=${title}`,
        '--text=How long does the answer hold?',
        '--ok-label=Answer',
        '--cancel-label=Back',
      ];
      return {
        file: 'zenity',
        args: ['--list', ...labels, ...rows, '--width=420', '--height=300', `--timeout=${seconds}`],
      };
    },
    outcome({ code, out, err }) {
      if (code === 1 && !noDisplay.test(err)) return { kind: 'back' };
      if (code !== 0) return none;
      const choice = choices.find(([label]) => label === out.trimEnd())?.[1];
      if (choice === undefined) return { kind: 'more' };
      return choice === 'deny' ? denied : allowed(choice);
    },
  },
};
