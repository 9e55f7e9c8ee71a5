// The states of clients as people read them.

import type { ClientRow, ClientState } from '../../../src/contract/procedures/clients.ts';

export const stateWords: Readonly<
  Record<ClientState, { readonly word: string; readonly tone: 'good' | 'bad' | 'warn' | 'plain' }>
> = {
  through: { word: 'Goes through Scrim', tone: 'good' },
  restart: { word: 'Set up, must be restarted', tone: 'warn' },
  changed: { word: 'Settings have changed', tone: 'warn' },
  around: { word: 'Goes around Scrim', tone: 'bad' },
  absent: { word: 'Not installed', tone: 'plain' },
  unknown: { word: 'Not known', tone: 'plain' },
};

/** Tools are set up by choice: that one is not is no alarm. */
export function wordOf({ state, isAssistant }: ClientRow): (typeof stateWords)[ClientState] {
  return state === 'around' && !isAssistant ? { word: 'Not set up', tone: 'plain' } : stateWords[state];
}

/** What a person should know besides the state; undefined: nothing. */
export function noteOf({ state, outside, problem }: ClientRow): string | undefined {
  if (problem !== null) return problem;
  const processes = `${outside.length === 1 ? 'process' : 'processes'} ${outside.join(', ')}`;
  switch (state) {
    case 'restart':
      return `Running since before it was set up (${processes}): end it, then start it anew.`;
    case 'changed':
      return "Its settings or Scrim's address are others now: set it up again.";
    case 'around':
      return outside.length === 0 ? undefined : `Runs now, past Scrim (${processes}).`;
    case 'through':
    case 'absent':
    case 'unknown':
      return undefined;
  }
}
