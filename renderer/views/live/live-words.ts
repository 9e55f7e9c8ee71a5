// What an exchange of the list says in words and figures.

import type { LiveExchange, LiveState } from '../../../src/contract/procedures/live.ts';
import { numberOf } from '../../words.ts';

export const stateWords: Readonly<Record<LiveState, string>> = {
  running: 'Running',
  held: 'Waits for you',
  done: 'Done',
  failed: 'Failed',
  cut: 'Cut off',
};

export type StateTone = 'accent' | 'warn' | 'good' | 'bad' | 'plain';

export const stateTones: Readonly<Record<LiveState, StateTone>> = {
  running: 'accent',
  held: 'warn',
  done: 'plain',
  failed: 'bad',
  cut: 'bad',
};

export interface Rate {
  /** Tokens a second. */
  readonly value: number;
  /** Counted from the text, four characters a token, since the provider has not told yet, or never did. */
  readonly isEstimate: boolean;
}

/** A stream shorter than this says nothing about speed, in milliseconds. */
const shortest = 250;

/** Waits for a person are not counted. Null: nothing has streamed, or too short. */
export function rateOf(exchange: LiveExchange, now: number): Rate | null {
  const { firstTextAt, lastTextAt, endedAt, startedAt, heldAt, heldFor, usage, characters } = exchange;
  if (firstTextAt === null || lastTextAt === null) return null;
  const until = endedAt === null ? (heldAt ?? now - startedAt) : lastTextAt;
  const span = until - firstTextAt - heldFor;
  if (span < shortest) return null;
  const told = endedAt === null ? null : (usage?.output ?? null);
  return { value: ((told ?? characters / 4) / span) * 1_000, isEstimate: told === null };
}

export function rateText(rate: Rate): string {
  const value = rate.value < 10 ? rate.value.toFixed(1) : numberOf(Math.round(rate.value));
  return rate.isEstimate ? `≈ ${value}` : value;
}

/** Milliseconds since it began, or that it took. */
export function elapsedOf({ startedAt, endedAt }: LiveExchange, now: number): number {
  return Math.max(0, (endedAt ?? now) - startedAt);
}

/** `0:07`, `12:40`, `1:02:03`: of something that goes on, so that it does not jump in width. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number): string => value.toString().padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

const channelWords: Readonly<Record<string, string>> = {
  text: 'Text',
  reasoning: 'Reasoning',
  'tool call': 'Tool call',
  body: 'Body',
};

/** `text 0` is `Text`, `tool call 0.1` is `Tool call 2`. */
export function channelTitle(channel: string): string {
  const [, name = channel, choice = '', part] = /^(.*?)(?: (\d+)(?:\.(\d+))?)?$/.exec(channel) ?? [];
  const number = Number(part ?? choice);
  return `${channelWords[name] ?? name}${number > 0 ? ` ${number + 1}` : ''}`;
}
