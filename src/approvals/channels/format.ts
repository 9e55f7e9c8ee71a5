// A question in words, the same in every channel. All of it may be printed as it stands: model text went through shown-text.ts.

import type { Question } from '../../contract/questions.ts';
import { shownLine, shownText } from '../../contract/shown-text.ts';

export interface QuestionInWords {
  /** One line, what and who: `Run the tool Bash, for claude?` */
  readonly title: string;
  /** One line: `claude in ~/shop, model some-model at api.example.com, session 4f2a` */
  readonly origin: string;
  /** The whole action, several lines. */
  readonly action: string;
  /** One line each: `Runs: git push --force`. */
  readonly effects: readonly string[];
  /** One line each: the rule's sentence, its severity, its id. */
  readonly reasons: readonly string[];
}

const effectNames = {
  runs: 'Runs',
  writes: 'Writes to',
  hosts: 'Reaches',
  credentials: 'Uses credentials',
} as const;

export function questionInWords(question: Question): QuestionInWords {
  const { kind, tool, program, folder, host, model, session, reasons, effects } = question;
  const what = kind === 'tool-call' ? `Run the tool ${shownLine(tool)}` : `Hand over the ${shownLine(tool)} code`;
  const place = folder === null ? '' : ` in ${shownLine(folder)}`;
  const from = `${model === null ? '' : `model ${shownLine(model)} at `}${shownLine(host)}`;
  return {
    title: `${what}, for ${shownLine(program)}?`,
    origin: `${shownLine(program)}${place}, ${from}, session ${shownLine(session)}`,
    action: shownText(question.action),
    effects: (Object.keys(effectNames) as (keyof typeof effectNames)[]).flatMap((kindOfEffect) =>
      effects[kindOfEffect].map((text) => `${effectNames[kindOfEffect]}: ${shownLine(text)}`),
    ),
    reasons: reasons.map(({ reason, severity, rule }) => `${shownLine(reason)} (${severity}, ${shownLine(rule)})`),
  };
}

/**
 * The whole question as plain text. The action comes last and behind a bar, so that it cannot pass a part of itself off as
 * a part of the question.
 */
export function wholeText({ title, origin, reasons, effects, action }: QuestionInWords): string {
  const barred = action.split('\n').map((line) => `│ ${line}`);
  const sections = [[title, origin], reasons, effects, barred];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** `58 s left`, `4 min left`; milliseconds since the Unix epoch in. */
export function timeLeft(deadline: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((deadline - now) / 1000));
  return seconds < 120 ? `${seconds} s left` : `${Math.floor(seconds / 60)} min left`;
}

/** `2 more questions wait.`, or nothing. */
export function othersWait(waiting: number): string {
  return waiting === 0 ? '' : waiting === 1 ? '1 more question waits.' : `${waiting} more questions wait.`;
}
