// The way back to the client: the head decides how the body is read, the body leaves masked.

import type { TextCodec } from '../base/lossless-text.ts';
import { Utf8Error } from '../base/utf8.ts';
import { headerValue, withoutHeaders, type RawHeaders, type ResponseHead } from '../http/head.ts';
import { streamsJsonArray } from '../wire/dialects.ts';
import type { Command, ExchangeEvent } from './events.ts';
import { ExchangeError } from './exchange-error.ts';
import type { Journal } from './journal.ts';
import type { Judge } from './judge.ts';
import type { ResponseNotes } from './response-notes.ts';
import { planFor, rewriterFor } from './response-plan.ts';
import type { BodyRewriter } from './rewriter.ts';
import type { ExchangeSetup } from './setup.ts';

/** A body known to be at most this long (bytes) is read whole before its head leaves: a failure is still a clean 502. */
const wholeBelow = 256 * 1024;
/** Headers that no longer hold once the body may change (RFC 9110 §8.4, §8.6, §8.8.3; RFC 9530). */
const bodyHeaders = new Set([
  'content-length',
  'content-encoding',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
  'etag',
  'accept-ranges',
]);

interface Body {
  readonly rewriter: BodyRewriter;
  readonly codec: TextCodec;
}

export interface ResponseSide {
  step(event: Extract<ExchangeEvent, { type: `response-${string}` }>): Command[];
  /** Questions were answered: what may leave now. */
  resume(at: number): Command[];
  /** The response is complete and everything of it is on its way. */
  ended(): boolean;
  tick(at: number): Command[];
  /** True once the head is on its way: a failure is then a reset, never text. */
  headSent(): boolean;
  status(): number | null;
  bytes(): number;
}

export function createResponseSide(
  setup: ExchangeSetup,
  journal: Journal,
  notes: ResponseNotes,
  judge: Judge | undefined,
): ResponseSide {
  let headSent = false;
  let status: number | null = null;
  let bytes = 0;
  const isArray = streamsJsonArray(setup.head.path);
  let body: Body | undefined;
  let waitingHead: ResponseHead | undefined;
  /** The body so far, where it is sent whole. */
  let whole: string[] | undefined;
  let wholeLength = 0;

  let lastSent = 0;
  /** Trailers of a response that is complete, while something of it waits for an answer. */
  let ending: RawHeaders | undefined;
  let ended = false;

  const sent = (commands: Command[], at: number): Command[] => {
    if (commands.length > 0) lastSent = at;
    return commands;
  };
  const respond = (head: ResponseHead): Command => {
    headSent = true;
    return { type: 'respond', head };
  };
  const begin = (head: ResponseHead): Command[] => {
    status = head.status;
    const plan = planFor(setup, head);
    if (plan === 'pass') return [respond(head), { type: 'receive', coding: undefined }];
    const { kind, codec, coding } = plan;
    body = { rewriter: rewriterFor(kind, setup, journal, notes, judge), codec };
    const changed: ResponseHead = { ...head, headers: withoutHeaders(head.headers, bodyHeaders) };
    const receive: Command = { type: 'receive', coding };
    const length = Number(headerValue(head.headers, 'content-length') ?? NaN);
    if (kind === 'json' && length <= wholeBelow) whole = [];
    // The first characters of a JSON body tell whether it is one; a stream's head must not wait (clients give up).
    if (kind !== 'json') return [respond(changed), receive];
    waitingHead = changed;
    return [receive];
  };
  /** `original`: the bytes that `text` came from, where it is still the same. */
  const send = (text: string, original?: Uint8Array): Command[] => {
    if (whole !== undefined) {
      whole.push(text);
      wholeLength += text.length;
      if (wholeLength <= 4 * wholeBelow) return [];
      text = whole.join('');
      whole = undefined;
    }
    if (text === '') return [];
    const head: Command[] = waitingHead === undefined ? [] : [respond(waitingHead)];
    waitingHead = undefined;
    return [...head, { type: 'send-client', data: original ?? body?.codec.encode(text) ?? text }];
  };
  const rewrite = ({ rewriter, codec }: Body, taken: Uint8Array): Command[] => {
    const text = codec.decode(taken);
    const out = rewriter.push(text);
    return out === text && codec.aligned() && whole === undefined ? send(out, taken) : send(out);
  };
  const end = (trailers: RawHeaders): Command[] => {
    if (body === undefined) return finish('', trailers);
    const rest = body.rewriter.push(body.codec.finish()) + body.rewriter.end();
    if (!body.rewriter.waits()) return finish(rest, trailers);
    ending = trailers;
    return [...send(rest), ...headWhileHeld()];
  };
  /** A client that waits for a person must see the head: some give up without one. */
  const headWhileHeld = (): Command[] => {
    if (waitingHead === undefined || judge?.asks() !== true) return [];
    const head = respond(waitingHead);
    const before = whole?.join('') ?? '';
    waitingHead = undefined;
    whole = undefined;
    return [head, ...send(before)];
  };
  const finish = (rest: string, trailers: RawHeaders): Command[] => {
    ended = true;
    if (body === undefined) return [{ type: 'end-client', trailers }];
    if (whole === undefined || waitingHead === undefined) {
      const commands = send(rest);
      const head: Command[] = waitingHead === undefined ? [] : [respond(waitingHead)];
      return [...commands, ...head, { type: 'end-client', trailers }];
    }
    const data = body.codec.encode(whole.join('') + rest);
    const head = { ...waitingHead, headers: [...waitingHead.headers, 'Content-Length', data.length.toString()] };
    return [respond(head), { type: 'send-client', data }, { type: 'end-client', trailers }];
  };

  return {
    headSent() {
      return headSent;
    },
    status() {
      return status;
    },
    bytes() {
      return bytes;
    },
    resume(at) {
      if (body === undefined) return [];
      const text = body.rewriter.resume();
      if (ending !== undefined && !body.rewriter.waits()) return finish(text, ending);
      return sent([...send(text), ...headWhileHeld()], at);
    },
    ended: () => ended,
    tick(at) {
      if (body?.rewriter.keepAlive === undefined || waitingHead !== undefined || at - lastSent < setup.keepAlive)
        return [];
      // Between the elements of an array, whitespace means nothing (RFC 8259 §2).
      const frame = isArray ? (body.rewriter.waits() ? '\n' : '') : body.rewriter.keepAlive();
      return frame === '' ? [] : sent([{ type: 'send-client', data: frame }], at);
    },
    step(event) {
      try {
        switch (event.type) {
          case 'response-head':
            return begin(event.head);
          case 'response-bytes':
            bytes += event.bytes.length;
            if (body === undefined) return [{ type: 'send-client', data: event.bytes }];
            return sent([...rewrite(body, event.bytes), ...headWhileHeld()], event.at);
          case 'response-end':
            return end(event.trailers);
        }
      } catch (error) {
        if (error instanceof Utf8Error)
          throw new ExchangeError(
            'cannot-read',
            'The response is not valid UTF-8; ask the provider, or let this host pass in the policy.',
          );
        throw error;
      }
    },
  };
}
