// A question in words for the window; what a model chose is made fit to be looked at first.

import { shownLine, shownText } from '../../../src/contract/shown-text.ts';
import type { Answer, AnsweredBy, AnswerScope, Question, Severity } from '../../../src/contract/questions.ts';

/** `Run the tool bash`: what, without who. */
export function whatOf({ kind, tool }: Pick<Question, 'kind' | 'tool'>): string {
  const name = shownLine(tool);
  return kind === 'tool-call' ? `Run the tool ${name}` : `Hand over ${name === '' ? '' : `${name} `}code`;
}

/** The first line of the action that says something. */
export function firstLine(action: string): string {
  return shownLine(action.split('\n').find((line) => line.trim() !== '') ?? '').slice(0, 300);
}

/** What the highlighting goes by: a tool's name or a fence's word, else the form of the text. */
export function languageWord({ tool, action }: Pick<Question, 'tool' | 'action'>): string {
  return /^\s*[[{]/.test(action) ? 'json' : tool;
}

const grades: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** The gravest of its reasons. */
export function severityOf({ reasons }: Pick<Question, 'reasons'>): Severity {
  return grades[Math.max(0, ...reasons.map(({ severity }) => grades.indexOf(severity)))] ?? 'low';
}

/** `allow this once`, `allow for 15 minutes`: for a button, after its verb. */
export function scopeWords(scope: AnswerScope): string {
  switch (scope.kind) {
    case 'once':
      return 'once';
    case 'session':
      return 'for this session';
    case 'minutes':
      return `for ${scope.minutes} ${scope.minutes === 1 ? 'minute' : 'minutes'}`;
    case 'always':
      return 'always';
  }
}

/** What the widest scope is bound to. */
export const alwaysMeans = 'This exact action, from this program, in this folder, until you take it back.';

const channels: Readonly<Record<AnsweredBy, string>> = {
  window: 'in the window',
  notification: 'in a notification',
  dialog: 'in a dialog',
  terminal: 'in the terminal',
  command: 'with scrim approvals',
  hook: 'by the hook of your policy',
  deadline: 'since nobody answered in time',
  grant: 'by a remembered answer',
  repeat: 'as before: the client sent the same request again',
  lost: 'since the client had gone',
  refused: 'since Scrim could not ask',
};

export function channelWords(by: AnsweredBy): string {
  return channels[by];
}

/** `Denied since nobody answered in time`. */
export function outcomeWords({ verdict, by, scope }: Answer): string {
  const how = scope.kind === 'once' ? '' : ` ${scopeWords(scope)}`;
  return `${verdict === 'allow' ? 'Allowed' : 'Denied'}${how} ${channels[by]}`;
}

/** `0:42`, `12:05`, `2 h 05 min`; milliseconds in. */
export function clockOf(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1_000));
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `just now`, `40 s ago`, `3 min ago`; milliseconds in. */
export function ageOf(passed: number): string {
  const seconds = Math.floor(passed / 1_000);
  if (seconds < 10) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3_600)} h ago`;
}

/** The note of a denial and other texts of several lines. */
export const noteWords = shownText;
