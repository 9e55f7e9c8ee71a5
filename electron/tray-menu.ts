// The tray's menu as a template: what it says, and what each line does.
//
// SECURITY: no line answers a question: on Linux the menu lies on the session bus, where any process of the user can press it.

import type { MenuItemConstructorOptions } from 'electron';
import { shownLine } from '../src/core/question-card.ts';
import { statusLine, waitingLine, type ShellState } from './shell-state.ts';

export interface TrayActions {
  /** Shows the main window, there `route` as `approvals` or `clients`. */
  readonly open: (route?: string) => void;
  /** Shows this question in the window of its own. */
  readonly review: (question: string) => void;
  readonly pause: (minutes: number) => Promise<void>;
  readonly resume: () => void;
  /** Starts the core that was stopped, or that failed and waits. */
  readonly start: () => void;
  readonly setAutostart: (on: boolean) => Promise<void>;
  readonly quit: () => void;
}

export interface TrayOptions {
  readonly autostart: boolean;
  /** What else to know: lines without a full stop. */
  readonly notices?: readonly string[];
}

const pauses = [5, 15, 60];
const mostQuestions = 5;
const longestLabel = 60;

export function trayMenu(state: ShellState, options: TrayOptions, act: TrayActions): MenuItemConstructorOptions[] {
  return [
    { label: statusLine(state), enabled: false },
    ...waiting(state, act),
    { type: 'separator' },
    { label: 'Open Scrim', click: () => act.open() },
    { label: 'Set up clients…', click: () => act.open('clients') },
    ...power(state, act),
    { type: 'separator' },
    ...(options.notices ?? []).map((label) => ({ label, enabled: false })),
    {
      label: 'Start at login',
      type: 'checkbox',
      checked: options.autostart,
      click: ({ checked }) => void act.setAutostart(checked),
    },
    { label: 'Quit Scrim…', click: () => act.quit() },
  ];
}

function waiting({ questions }: ShellState, act: TrayActions): MenuItemConstructorOptions[] {
  if (questions.length === 0) return [];
  // The newest first: it is what has just been asked about.
  const newest = questions.toReversed().slice(0, mostQuestions);
  return [
    { label: waitingLine(questions.length), click: () => act.open('approvals') },
    ...newest.map(({ id, tool, program, action }) => ({
      label: shortened(`${shownLine(program)}: ${shownLine(tool)} ${shownLine(action)}`),
      click: () => act.review(id),
    })),
  ];
}

function power({ core, status }: ShellState, act: TrayActions): MenuItemConstructorOptions[] {
  if (core === 'stopped' || core === 'failed') return [{ label: 'Start now', click: () => act.start() }];
  if (core === 'starting' || status === undefined) return [];
  if (status.pausedUntil !== null) return [{ label: 'Resume', click: () => act.resume() }];
  if (status.mode === 'observe') return [];
  return [
    {
      label: 'Pause masking and holding',
      submenu: pauses.map((minutes) => ({ label: `For ${minutes} minutes`, click: () => void act.pause(minutes) })),
    },
  ];
}

/** `&` marks a key in menus; doubled it is one. */
function shortened(label: string): string {
  const characters = Array.from(label);
  const short = characters.length > longestLabel ? `${characters.slice(0, longestLabel - 1).join('')}…` : label;
  return short.replaceAll('&', '&&');
}
