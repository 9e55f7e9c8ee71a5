// The steps of a replay as a script that can be shown at any moment: blocks that grow, and marks where something was masked,
// held or decided. Pure, so that a scrubber may jump as it likes.

import type { ReplayStep, ShownVerdict } from '../../../src/contract/sessions.ts';
import { textParts } from '../../parts/masked-parts.ts';
import { durationOf } from '../../words.ts';
import { verdictWords } from './session-words.ts';

export type ScriptBlock =
  | { readonly is: 'begin'; readonly first: number; readonly step: Extract<ReplayStep, { event: 'begin' }> }
  | {
      readonly is: 'channel';
      readonly first: number;
      readonly channel: string;
      readonly text: string;
      /** With step `steps[i]` the text reaches `ends[i]`. */
      readonly steps: readonly number[];
      readonly ends: readonly number[];
    }
  | { readonly is: 'hold'; readonly first: number; readonly step: Extract<ReplayStep, { event: 'hold' }> }
  | { readonly is: 'verdict'; readonly first: number; readonly step: Extract<ReplayStep, { event: 'verdict' }> }
  | { readonly is: 'end'; readonly first: number; readonly step: Extract<ReplayStep, { event: 'end' }> }
  | { readonly is: 'silence'; readonly first: number; readonly step: Extract<ReplayStep, { event: 'silence' }> };

export interface Mark {
  readonly is: 'mask' | 'hold' | 'allowed' | 'denied';
  /** The step with which it is to be seen. */
  readonly step: number;
  readonly label: string;
}

export interface Script {
  readonly steps: readonly ReplayStep[];
  readonly blocks: readonly ScriptBlock[];
  /** In time; 300 at most, spread over all of it. */
  readonly marks: readonly Mark[];
}

const mostMarks = 300;

export function scriptOf(steps: readonly ReplayStep[]): Script {
  const blocks: ScriptBlock[] = [];
  const marks: Mark[] = [];
  const channels = new Map<
    string,
    { first: number; channel: string; texts: string[]; steps: number[]; ends: number[] }
  >();
  const places = new Map<typeof channels extends Map<string, infer Open> ? Open : never, number>();
  for (const [i, step] of steps.entries()) {
    switch (step.event) {
      case 'delta': {
        const key = `${step.exchange}\n${step.channel}`;
        let open = channels.get(key);
        if (open === undefined) {
          open = { first: i, channel: step.channel, texts: [], steps: [], ends: [] };
          channels.set(key, open);
          places.set(open, blocks.length);
          // Its place; the text is put in when it is known.
          blocks.push({ is: 'channel', first: i, channel: step.channel, text: '', steps: [], ends: [] });
        }
        open.texts.push(step.text);
        open.steps.push(i);
        open.ends.push((open.ends.at(-1) ?? 0) + step.text.length);
        break;
      }
      case 'hold':
        blocks.push({ is: 'hold', first: i, step });
        marks.push({ is: 'hold', step: i, label: `Held: ${step.tool}` });
        break;
      case 'verdict':
        blocks.push({ is: 'verdict', first: i, step });
        marks.push({ is: step.verdict === 'denied' ? 'denied' : 'allowed', step: i, label: verdictLabel(step) });
        break;
      case 'begin':
        blocks.push({ is: 'begin', first: i, step });
        break;
      case 'end':
        blocks.push({ is: 'end', first: i, step });
        break;
      case 'silence':
        blocks.push({ is: 'silence', first: i, step });
    }
  }
  for (const [open, place] of places) {
    const { first, channel, texts, steps: at, ends } = open;
    const text = texts.join('');
    blocks[place] = { is: 'channel', first, channel, text, steps: at, ends };
    let offset = 0;
    for (const part of textParts(text)) {
      offset += part.text.length;
      const step = part.isPlaceholder ? at[ends.findIndex((end) => end >= offset)] : undefined;
      if (step !== undefined) marks.push({ is: 'mask', step, label: `Masked: ${part.text}` });
    }
  }
  marks.sort((a, b) => a.step - b.step);
  const every = Math.ceil(marks.length / mostMarks);
  return { steps, blocks, marks: marks.filter(({ is }, i) => is !== 'mask' || i % every === 0) };
}

function verdictLabel(step: Pick<ShownVerdict, 'verdict' | 'by' | 'waited'>): string {
  const words = verdictWords(step);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The text of a channel after so many steps. */
export function textAfter({ text, steps, ends }: Extract<ScriptBlock, { is: 'channel' }>, count: number): string {
  const shown = upTo(steps, count - 1);
  return shown === 0 ? '' : text.slice(0, ends[shown - 1]);
}

/** When each step is played, in milliseconds: at its own time, or with long pauses shortened. */
export function timesOf(steps: readonly ReplayStep[], longestPause: number): number[] {
  let played = 0;
  let before = steps[0]?.at ?? 0;
  return steps.map(({ at }) => {
    played += Math.min(Math.max(0, at - before), longestPause);
    before = Math.max(before, at);
    return played;
  });
}

/** How many of the rising numbers are at most `limit`. */
export function upTo(rising: readonly number[], limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function silenceWords(lasted: number): string {
  return `${durationOf(lasted)} of silence`;
}
