// Collects what the log keeps of one exchange between two commands.

import { asMasked } from '../base/text.ts';
import type { RecordedFinding, RecordedPiece } from '../contract/records.ts';
import type { Finding } from '../masking/masking.ts';
import type { Command } from './events.ts';
import { masked } from './masked.ts';
import { createTextRewriter } from './rewrite-text.ts';
import type { BodyRewriter, MaskingInForce, RewriteOptions } from './rewriter.ts';

/** Characters of masked text that the log keeps of one body; the finding list is complete all the same. */
const maxRecorded = 256 * 1024;

const cutNotice = '\n[The log keeps no more of this response.]';

export interface Journal {
  text(channel: string, maskedText: string): void;
  finding(side: 'request' | 'response', channel: string, finding: Finding): void;
  /** Record commands for what came since the last call; `over`: nothing comes any more. */
  take(at: number, over?: boolean): Command[];
  findings(): number;
}

const nothingTold: RewriteOptions = {
  observe: false,
  found: () => undefined,
  passed: () => undefined,
  event: () => undefined,
};

/** Channels are named after what the provider sent (event types, keys), so their names are masked too. */
export function createJournal(masking: MaskingInForce): Journal {
  let texts: Map<string, string> | undefined;
  let found: RecordedFinding[] = [];
  let recorded = 0;
  let findings = 0;
  /** A body that is kept as it is written holds protocol too, which is text for the log: it is masked once more. */
  let again: BodyRewriter | undefined;
  const add = (channel: string, maskedText: string): void => {
    if (recorded >= maxRecorded || maskedText === '') return;
    const kept = maskedText.length > maxRecorded - recorded ? maskedText.slice(0, maxRecorded - recorded) : maskedText;
    recorded += kept.length;
    const text = recorded >= maxRecorded ? kept + cutNotice : kept;
    texts ??= new Map();
    const before = texts.get(channel);
    texts.set(channel, before === undefined ? text : before + text);
  };
  return {
    findings() {
      return findings;
    },
    text(channel, maskedText) {
      if (channel !== 'body' || recorded >= maxRecorded) add(channel, maskedText);
      else {
        again ??= createTextRewriter(masking, nothingTold);
        add(channel, again.push(maskedText));
      }
    },
    finding(side, channel, finding) {
      findings++;
      found.push({ ...finding, side, channel: masked(masking(), channel) });
    },
    take(at, over = false) {
      const commands: Command[] = [];
      if (over && again !== undefined) add('body', again.end());
      if (texts !== undefined) {
        const pieces: RecordedPiece[] = [];
        for (const [channel, text] of texts)
          pieces.push({ at, channel: masked(masking(), channel), text: asMasked(text) });
        texts = undefined;
        commands.push({ type: 'record-pieces', pieces });
      }
      if (found.length > 0) {
        commands.push({ type: 'record-findings', findings: found });
        found = [];
      }
      return commands;
    },
  };
}
