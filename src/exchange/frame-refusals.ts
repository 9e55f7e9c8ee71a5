// The frames that take the place of a masked frame, once something in the response was refused.

import { applyEdits } from '../masking/masking.ts';
import type { Framing } from '../wire/framing.ts';
import { isObject, type Dialect } from '../wire/parts.ts';
import type { Channels } from './channels.ts';
import type { HeldCall, HeldCalls } from './held-calls.ts';
import { refusedEvent, type RefusedText } from './refused-event.ts';
import type { MaskingInForce } from './rewriter.ts';

export interface FrameRefusals {
  /** `calls`: those the frame belongs to. */
  apply(maskedFrame: string, calls: readonly HeldCall[]): string;
}

export interface FrameRefusalsOptions {
  readonly framing: Framing;
  readonly dialect: Dialect;
  readonly masking: MaskingInForce;
  readonly held: HeldCalls;
  readonly channels: Channels;
  /** Told each refusal once, for the log. */
  readonly tell: (refusal: string) => void;
}

export function createFrameRefusals(options: FrameRefusalsOptions): FrameRefusals {
  const { framing, dialect, masking, held, channels } = options;
  const refuser = dialect.toolCalls?.refuser();
  const texts: RefusedText[] = [];
  const told = new Set<HeldCall>();

  const tell = (call: HeldCall): void => {
    const refusal = call.refusal();
    if (refusal === undefined || told.has(call)) return;
    told.add(call);
    options.tell(refusal);
  };
  return {
    apply(source, calls) {
      for (const { text, block } of channels.takeRefused())
        texts.push({ text: applyEdits(text, masking().edits(text)), refusal: block.refusal ?? '' });
      const data = framing.data(source);
      const event = data === undefined ? undefined : parsed(data.source);
      if (data === undefined || !isObject(event)) return source;
      for (const call of calls) tell(call);
      const events = refusedEvent(event, refuser, held.verdicts(calls), texts);
      const [only] = events;
      if (events.length === 1 && only === event) return source;
      if (events.length === 1 && only?.['type'] === event['type'])
        return framing.withData(source, data, JSON.stringify(only));
      return events.map((each) => framing.frame(JSON.stringify(each), typeOf(each), source)).join('');
    },
  };
}

function typeOf(event: Readonly<Record<string, unknown>>): string | undefined {
  return typeof event['type'] === 'string' ? event['type'] : undefined;
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
