// The text of the exchange that somebody looks at, in blocks, so that only the last of them changes as it streams.
/* eslint-disable svelte/prefer-svelte-reactivity -- what is shown is replaced as a whole; finer reactions would cost more. */

import type { LiveText, LiveVerdict } from '../../../src/contract/procedures/live.ts';
import type { RecordedFinding } from '../../../src/contract/records.ts';

export interface ChannelText {
  readonly channel: string;
  /** Lines, of some thousand characters each; the last one grows. */
  readonly blocks: readonly string[];
}

export interface RuleCount {
  readonly rule: string;
  readonly severity: string;
  readonly side: 'request' | 'response';
  readonly count: number;
}

const blockSize = 4_000;
const longestLine = 16_000;
/** Blocks of a channel that are kept. */
const maxBlocks = 50;

export class ExchangeText {
  channels = $state.raw<readonly ChannelText[]>([]);
  findings = $state.raw<readonly RecordedFinding[]>([]);
  verdicts = $state.raw<readonly LiveVerdict[]>([]);
  isCut = $state(false);
  isLoaded = $state(false);
  isOver = $state(false);

  readonly rules = $derived(countRules(this.findings));

  take({ kind, pieces, cut, findings, verdicts, over }: LiveText): void {
    const isStart = kind === 'start';
    this.isLoaded = true;
    this.isOver = over;
    if (cut) this.isCut = true;
    if (isStart || findings.length > 0) this.findings = [...(isStart ? [] : this.findings), ...findings].slice(0, 500);
    if (isStart || verdicts.length > 0) this.verdicts = [...(isStart ? [] : this.verdicts), ...verdicts].slice(-20);
    if (!isStart && pieces.length === 0) return;
    const channels = new Map((isStart ? [] : this.channels).map(({ channel, blocks }) => [channel, blocks]));
    for (const { channel, text } of pieces) channels.set(channel, this.#add(channels.get(channel) ?? [], text));
    this.channels = [...channels].map(([channel, blocks]) => ({ channel, blocks }));
  }

  #add(blocks: readonly string[], text: string): readonly string[] {
    const added = blocks.slice(0, -1);
    let rest = (blocks.at(-1) ?? '') + text;
    while (rest.length > blockSize) {
      // A placeholder holds no line break and no blank, so none is taken apart.
      let end = rest.indexOf('\n', blockSize - 1) + 1;
      // A line without an end would be drawn anew, whole, with each piece.
      if (end === 0 && rest.length > longestLine) end = rest.lastIndexOf(' ', longestLine) + 1 || longestLine;
      if (end === 0) break;
      added.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    added.push(rest);
    if (added.length <= maxBlocks) return added;
    this.isCut = true;
    return added.slice(-maxBlocks);
  }
}

function countRules(findings: readonly RecordedFinding[]): RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const { rule, severity, side } of findings) {
    const key = `${side} ${rule}`;
    counts.set(key, { rule, severity, side, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
