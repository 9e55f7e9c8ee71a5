// Rewrites a body of frames (server-sent events, lines, elements of an array). A frame leaves when every character of
// text in it is final; frames leave in the order they came; a frame in which nothing changed leaves as it came. The queue and what
// decides over it stand together: hence its length.

import { applyEdits } from '../masking/masking.ts';
import type { FrameData, Framing } from '../wire/framing.ts';
import { findSpans, pathKey } from '../wire/json-spans.ts';
import { isObject, type Dialect, type Path } from '../wire/parts.ts';
import type { Channel } from './channel.ts';
import { createChannels } from './channels.ts';
import { offsetEdits } from './edits.ts';
import { ExchangeError } from './exchange-error.ts';
import { createFrameRefusals } from './frame-refusals.ts';
import { createHeldCalls, type HeldCall } from './held-calls.ts';
import type { Judge } from './judge.ts';
import { createKeyNames, type KeyNames } from './key-names.ts';
import { createTemplate, type FrameTemplate } from './frame-template.ts';
import { readFrame, type FrameReading } from './read-frame.ts';
import { renderFrame, type StringChange } from './render-frame.ts';
import type { BodyRewriter, MaskingInForce, RewriteOptions } from './rewriter.ts';

/** A string of a waiting frame, with its place in the channel's text. */
interface Slot {
  readonly channel: Channel;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  /** Where the string stands in the frame's JSON; `'data'` or `'frame'` when the text is no JSON. */
  readonly place: Path | 'data' | 'frame';
}

interface WaitingFrame {
  /** As it came. */
  readonly original: string;
  /** The same with what stands beside the data masked. */
  readonly source: string;
  readonly data: FrameData | undefined;
  readonly slots: readonly Slot[];
  readonly reading: FrameReading | undefined;
  /** The tool calls it belongs to. */
  readonly calls: readonly HeldCall[];
}

/** Characters that may wait for the rest of a finding, a tool call or a frame. */
const maxWaiting = 32 * 1024 * 1024;
/** Frames of other channels behind a held one after which its text counts as ended: a stream must not stand still. */
const patience = 64;
const maxTemplates = 4;

export function createFrameRewriter(
  framing: Framing,
  dialect: Dialect,
  masking: MaskingInForce,
  options: RewriteOptions,
  judge: Judge | undefined,
): BodyRewriter {
  const channels = createChannels(masking, (channel, finding) => options.found(channel, finding), judge);
  const held = judge === undefined ? undefined : createHeldCalls(judge);
  const refusals =
    held === undefined
      ? undefined
      : createFrameRefusals({
          framing,
          dialect,
          masking,
          held,
          channels,
          tell: (text) => options.passed('refusal', text),
        });
  const templates: { readonly template: FrameTemplate; readonly channel: Channel }[] = [];
  let queue: WaitingFrame[] = [];
  let waiting = 0;
  let maskedBefore = false;
  let lastSource: string | undefined;
  const unknownShape = dialect.id === 'generic';

  let judged = masking();
  let names = createKeyNames(dialect, judged);
  /** The keys as judged by the masking in force. */
  const nameOf = (): KeyNames => {
    if (masking() !== judged) {
      judged = masking();
      names = createKeyNames(dialect, judged);
    }
    return names;
  };
  const take = (channel: Channel, text: string, place: Slot['place']): Slot => ({
    channel,
    ...channels.take(channel, text),
    text,
    place,
  });

  const takeFrame = (source: string): string => {
    for (const { template, channel } of templates) {
      const text = template.match(source);
      if (text === undefined) continue;
      const slot = take(channel, text, 'frame');
      if (queue.length === 0 && channel.settled() === slot.to && channel.clean()) {
        options.passed(channel.name, text);
        lastSource = source;
        return source;
      }
      const { data, event } = parse(source);
      const reading = readFrame(event, dialect, masking(), nameOf(), false);
      return enqueue({
        original: source,
        source,
        data,
        reading,
        slots: [{ ...slot, place: reading.strings[0]?.path ?? [] }],
        calls: [],
      });
    }
    return readSource(source);
  };
  const parse = (source: string): { data: FrameData | undefined; event: unknown } => {
    const data = framing.data(source);
    if (data === undefined) return { data, event: undefined };
    try {
      return { data, event: JSON.parse(data.source) };
    } catch {
      return { data, event: undefined };
    }
  };
  const readSource = (original: string): string => {
    const source = maskedAround(original);
    const { data, event } = parse(source);
    if (data === undefined || event === undefined) return readPlain(original, source, data);
    options.event(event);
    const reading = readFrame(event, dialect, masking(), nameOf(), unknownShape);
    for (const finding of reading.findings) options.found('event', finding);
    const slots = reading.strings.map((s) => take(channels.of(s.kind, s.channel, s.position), s.text, s.path));
    const calls = isObject(event) && dialect.toolCalls !== undefined ? held?.take(dialect.toolCalls.read(event)) : [];
    channels.closeAt(reading.closes);
    held?.close(reading.closes);
    if (slots.length === 1 && slots[0] !== undefined && source === original)
      learn(source, data, reading, slots[0].channel);
    return enqueue({
      original,
      source,
      data,
      slots,
      reading,
      calls: calls ?? [],
    });
  };
  /** Comments, event names and ids beside the data are text too, complete by itself. */
  const maskedAround = (source: string): string => {
    const data = framing.data(source);
    if (data === undefined) return source;
    const mask = (text: string): string => {
      const edits = masking().edits(text);
      for (const { finding } of edits) if (finding !== undefined) options.found('event', finding);
      return applyEdits(text, edits);
    };
    if (data.at >= 0) {
      const end = data.at + data.source.length;
      return mask(source.slice(0, data.at)) + data.source + mask(source.slice(end));
    }
    const lines = source.split(/(\r\n|\r|\n)/);
    return lines.map((line) => (line.startsWith('data') ? line : mask(line))).join('');
  };
  /** A comment, a terminator such as `[DONE]`, or text that is no JSON: still text that somebody reads. */
  const readPlain = (original: string, source: string, data: FrameData | undefined): string => {
    const plain = (slots: readonly Slot[]): WaitingFrame => ({
      original,
      source,
      data,
      slots,
      reading: undefined,
      calls: [],
    });
    if (data?.source === '[DONE]') {
      channels.closeAt('all');
      held?.close('all');
      return enqueue(plain([]));
    }
    if (data === undefined && source.length < masking().shortestMatch) return enqueue(plain([]));
    const slot =
      data !== undefined && data.at >= 0
        ? take(channels.of('piece', 'data', ''), data.source, 'data')
        : take(channels.of('piece', 'frame', ''), source, 'frame');
    return enqueue(plain([slot]));
  };
  const learn = (source: string, data: FrameData, reading: FrameReading, channel: Channel): void => {
    const [only] = reading.strings;
    if (judge?.anyRefused() === true) return;
    if (only?.kind !== 'delta' || reading.changed.length > 0 || data.at < 0 || reading.closes.length > 0) return;
    const [found, ...more] = findSpans(data.source, new Set([pathKey(only.path)]));
    if (found === undefined || more.length > 0) return;
    const template = createTemplate(source, data.at + found.span.start + 1, data.at + found.span.end - 1);
    templates.unshift({ template, channel });
    if (templates.length > maxTemplates) templates.pop();
  };

  const enqueue = (frame: WaitingFrame): string => {
    queue.push(frame);
    waiting += frame.source.length;
    if (waiting > maxWaiting)
      throw new ExchangeError('too-large', 'The response holds back more than Scrim keeps in memory; ask for less.');
    return release();
  };
  const release = (): string => {
    let out = '';
    let gone = 0;
    for (let frame = queue[gone]; frame !== undefined; frame = queue[gone]) {
      if (frame.calls.some((call) => !call.resolved())) break;
      const waits = frame.slots.find((slot) => slot.channel.settled() < slot.to);
      if (waits !== undefined) {
        if (!overdue(waits.channel)) break;
        channels.close(waits.channel);
        // What holds it may be a question: only its answer lets it go.
        if (waits.channel.settled() < waits.to) break;
      }
      waiting -= frame.source.length;
      gone++;
      out += written(frame);
    }
    if (gone > 0) queue = queue.slice(gone);
    return out;
  };
  const overdue = (slow: Channel): boolean =>
    queue.length > patience &&
    !slow.whole &&
    !queue.slice(-patience).some((frame) => frame.slots.some((slot) => slot.channel === slow));

  /** The frame as it leaves; its masked texts go to the log. */
  const written = ({ original, source, data, slots, reading, calls }: WaitingFrame): string => {
    lastSource = source;
    const isRefused = calls.some((call) => call.refusal() !== undefined);
    if (!isRefused) for (const call of reading?.toolCalls ?? []) options.passed('tool call', call);
    const changes: StringChange[] = [...(reading?.changed ?? [])];
    let masked = source;
    for (const slot of slots) {
      const edits = offsetEdits(slot.channel.editsWithin(slot.from, slot.to), -slot.from);
      const text = applyEdits(slot.text, edits);
      if (!unknownShape && !isRefused) options.passed(slot.channel.name, text);
      if (edits.length === 0) continue;
      if (slot.place === 'frame') masked = text;
      else if (slot.place === 'data') masked = data === undefined ? text : framing.withData(source, data, text);
      else changes.push({ path: slot.place, edits });
    }
    const repeats = reading?.repeats ?? [];
    const replaced = reading?.replaced ?? [];
    const changed = changes.length + replaced.length > 0;
    maskedBefore ||= changed;
    // A later event may repeat what was masked in an earlier one: Ollama's last line holds the tokens of the whole answer.
    if (data !== undefined && (changed || (maskedBefore && repeats.length > 0)))
      masked = renderFrame(framing, source, data, changes, [...repeats, ...replaced]);
    if (unknownShape) options.passed('body', masked);
    if (options.observe) return original;
    if (data === undefined || refusals === undefined || judge?.anyRefused() !== true) return masked;
    // A frame that is only compared is not rewritten.
    templates.length = 0;
    return refusals.apply(masked, calls);
  };
  return {
    push(text) {
      let out = '';
      for (const source of framing.push(text)) out += takeFrame(source);
      if (framing.waiting() > maxWaiting)
        throw new ExchangeError('too-large', 'One event of the response is larger than Scrim keeps in memory.');
      return out;
    },
    keepAlive() {
      if (queue.length === 0) return '';
      // What is held may be the first of the stream: of it the filler takes no more than the name of the answer.
      const last = parse(lastSource ?? queue[0]?.source ?? '').event;
      return dialect.keepAlive(isObject(last) ? last : undefined);
    },
    end() {
      const rest = framing.end();
      const out = rest === '' ? '' : readSource(rest);
      channels.closeAt('all');
      held?.close('all');
      return out + release();
    },
    resume: () => release(),
    waits: () => queue.length > 0,
  };
}
