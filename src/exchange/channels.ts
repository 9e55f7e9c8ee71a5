// The channels of one response, made as their first text comes.

import type { Finding } from '../masking/masking.ts';
import { createChannel, type Channel, type ChannelKind } from './channel.ts';
import { ExchangeError } from './exchange-error.ts';
import type { FencedBlock } from './fences.ts';
import type { Judge } from './judge.ts';
import type { MaskingInForce } from './rewriter.ts';

export interface Channels {
  of(kind: ChannelKind, name: string, position: string): Channel;
  /** Gives a channel its next text; returns where the text stands in the channel. */
  take(channel: Channel, text: string): { readonly from: number; readonly to: number };
  close(channel: Channel): void;
  /** Refused blocks of code that this has not given before. */
  takeRefused(): readonly FencedBlock[];
  /** Closes the channels at and below the positions. */
  closeAt(positions: readonly string[] | 'all'): void;
}

const maxChannels = 4096;

/** `found`: told of each finding as soon as it is final. `judge`: of the code blocks in what the model says. */
export function createChannels(
  masking: MaskingInForce,
  found: (channel: string, finding: Finding) => void,
  judge: Judge | undefined,
): Channels {
  const channels = new Map<string, Channel>();
  const report = (channel: Channel): void => {
    for (const finding of channel.takeFindings()) found(channel.name, finding);
  };
  const close = (channel: Channel): void => {
    channel.close();
    report(channel);
  };
  return {
    of(kind, name, position) {
      const known = channels.get(name);
      if (known !== undefined) return known;
      if (channels.size >= maxChannels)
        throw new ExchangeError('too-large', 'The response has more parallel texts than Scrim follows; ask for fewer.');
      const isText = kind === 'delta' && name.startsWith('text ');
      const made = createChannel(kind, name, position, masking, isText ? judge : undefined);
      channels.set(name, made);
      return made;
    },
    take(channel, text) {
      const from = channel.taken();
      channel.push(text);
      report(channel);
      return { from, to: channel.taken() };
    },
    close,
    takeRefused: () => [...channels.values()].flatMap((channel) => channel.takeRefused()),
    closeAt(positions) {
      if (positions !== 'all' && positions.length === 0) return;
      for (const channel of channels.values()) {
        const at = channel.position;
        if (positions === 'all' || positions.some((position) => at === position || at.startsWith(`${position}.`)))
          close(channel);
      }
    },
  };
}
