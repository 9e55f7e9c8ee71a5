// The tray's menu as plain entries. An id stays with what it stands for, so a click in a menu that has been open
// for a while never means another question.

import type { TrayQuestion, TrayScreen, TrayState } from './tray-state.ts';

export type MenuAction =
  { readonly kind: 'open'; readonly screen: TrayScreen } | { readonly kind: 'resume' } | { readonly kind: 'stop' };

export interface MenuEntry {
  readonly id: number;
  /** Plain text; none: a separator. */
  readonly label?: string;
  /** None: cannot be pressed, unless it has children. */
  readonly action?: MenuAction;
  readonly children?: readonly MenuEntry[];
}

const MAX_QUESTIONS = 5;
const MAX_LABEL = 60;
const PAUSES = [5, 15, 60];
const FIRST_QUESTION = 100;
/** dbusmenu's ids are signed 32-bit numbers. */
const LAST_QUESTION = 0x7fff_ffff;

/** Gives each question a number of its own, and forgets those that are not asked for any more. */
export function createQuestionIds(): (questions: readonly TrayQuestion[]) => ReadonlyMap<string, number> {
  let ids = new Map<string, number>();
  let next = FIRST_QUESTION;
  return (questions) => {
    ids = new Map(
      questions.map(({ id }) => {
        const known = ids.get(id) ?? next++;
        if (next > LAST_QUESTION) next = FIRST_QUESTION;
        return [id, known];
      }),
    );
    return ids;
  };
}

/** `ids`: of the questions that are to be shown. */
export function menuOf(state: TrayState, ids: ReadonlyMap<string, number>): readonly MenuEntry[] {
  return [{ id: 1, label: statusLine(state) }, ...waitingEntries(state, ids), ...pauseEntries(state), ...lastEntries];
}

/** The questions that the menu has room for. */
export function shownQuestions({ newest }: TrayState): readonly TrayQuestion[] {
  return newest.slice(0, MAX_QUESTIONS);
}

/** `1 output waits for you` */
export function waitingLine(pending: number): string {
  return pending === 1 ? '1 output waits for you' : `${pending} outputs wait for you`;
}

/** One sentence without a full stop. The time is the local one. */
export function statusLine({ state, pausedUntil }: TrayState): string {
  if (pausedUntil !== null) return `Paused until ${timeOfDay(pausedUntil)}: nothing is masked or held`;
  switch (state) {
    case 'on':
    case 'asking':
      return 'Scrim is on';
    case 'observing':
      return 'Observing: nothing is masked or held';
    case 'off':
      return 'Scrim is off';
    case 'failed':
      return 'Scrim has failed: open it to see why';
  }
}

function waitingEntries(state: TrayState, ids: ReadonlyMap<string, number>): readonly MenuEntry[] {
  if (state.pending === 0) return [];
  const questions = shownQuestions(state).flatMap(({ id, label }) => {
    const number = ids.get(id);
    return number === undefined ? [] : [{ id: number, label: shortened(label), action: open(`approvals/${id}`) }];
  });
  return [{ id: 2, label: waitingLine(state.pending), action: open('approvals') }, ...questions];
}

function pauseEntries({ state, pausedUntil }: TrayState): readonly MenuEntry[] {
  if (pausedUntil !== null) return [{ id: 3 }, { id: 4, label: 'Resume', action: { kind: 'resume' } }];
  if (state !== 'on' && state !== 'asking') return [];
  const children = PAUSES.map((minutes, index) => ({
    id: 11 + index,
    label: `For ${minutes} minutes…`,
    action: open(`pause/${minutes}`),
  }));
  return [{ id: 3 }, { id: 5, label: 'Pause masking and holding', children }];
}

const lastEntries: readonly MenuEntry[] = [
  { id: 6 },
  { id: 7, label: 'Open Scrim', action: open('home') },
  { id: 8, label: 'Stop Scrim', action: { kind: 'stop' } },
];

function open(screen: TrayScreen): MenuAction {
  return { kind: 'open', screen };
}

function shortened(label: string): string {
  // No half of a pair of surrogates is left at the end: D-Bus takes valid UTF-8 only.
  return label.length > MAX_LABEL
    ? `${label
        .slice(0, MAX_LABEL - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
    : label;
}

function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
