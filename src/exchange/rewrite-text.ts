// Rewrites a text body: one channel from beginning to end.

import { applyEdits } from '../masking/masking.ts';
import { createChannel } from './channel.ts';
import { ExchangeError } from './exchange-error.ts';
import type { BodyRewriter, MaskingInForce, RewriteOptions } from './rewriter.ts';

/** More than the masking engine ever holds back. */
const maxHeld = 8 * 1024 * 1024;

export function createTextRewriter(masking: MaskingInForce, options: RewriteOptions): BodyRewriter {
  const channel = createChannel('delta', 'body', '', masking, undefined);
  let buffer = '';
  let bufferStart = 0;

  const release = (): string => {
    for (const finding of channel.takeFindings()) options.found('body', finding);
    const length = channel.settled() - bufferStart;
    const raw = length === buffer.length ? buffer : buffer.slice(0, length);
    const out = channel.clean()
      ? raw
      : applyEdits(raw, channel.editsWithin(bufferStart, bufferStart + length), bufferStart);
    buffer = buffer.slice(length);
    bufferStart += length;
    if (buffer.length > maxHeld)
      throw new ExchangeError('too-large', 'The response holds back more than Scrim keeps in memory; ask for less.');
    if (out !== '') options.passed('body', out);
    return options.observe ? raw : out;
  };
  return {
    push(text) {
      buffer = buffer === '' ? text : buffer + text;
      channel.push(text);
      return release();
    },
    end() {
      channel.close();
      return release();
    },
    resume: () => '',
    waits: () => false,
  };
}
