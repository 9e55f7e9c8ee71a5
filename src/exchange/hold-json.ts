// A body of one JSON value that may hold tool calls: it is kept whole until everything in it is judged.

import { applyEdits } from '../masking/masking.ts';
import { isObject, isUntouched, type Dialect } from '../wire/parts.ts';
import { ExchangeError } from './exchange-error.ts';
import { createFences, type Fences } from './fences.ts';
import { createHeldCalls, type HeldCall } from './held-calls.ts';
import type { Judge } from './judge.ts';
import { refusedEvent, type RefusedText } from './refused-event.ts';
import type { BodyRewriter, MaskingInForce, RewriteOptions } from './rewriter.ts';

/** Characters. An answer of a model is shorter, unless it holds pictures: what is longer leaves as it comes, as long as
 * nothing in it could be a call or code. */
const maxHeld = 4 * 1024 * 1024;
/** Without any of these there is no call and no code to judge. Serializers may escape the backtick. */
const longestSign = 16;
const mayHold = /_call|tool_use|functionCall|mcp_approval|```|~~~|\\u0060|\\u007[eE]|\\u00[46][0-9a-fA-F]/;

/** `inner`: makes the rewriter that masks the body as it comes, with the options given. */
export function holdJson(
  dialect: Dialect,
  masking: MaskingInForce,
  options: RewriteOptions,
  judge: Judge,
  inner: (options: RewriteOptions) => BodyRewriter,
): BodyRewriter {
  const raw: string[] = [];
  const masked: string[] = [];
  const passed: { readonly channel: string; readonly text: string }[] = [];
  let length = 0;
  let held: Held | undefined;
  let left = false;
  /** Too long to be held whole; `tail`: its last characters, since a sign of a call may be cut anywhere. */
  let streams = false;
  let tail = '';
  const rewriter = inner({
    ...options,
    passed: (channel, text) => passed.push({ channel, text }),
  });

  const tellPassed = (): void => {
    for (const { channel, text } of passed) options.passed(channel, text);
    passed.length = 0;
  };
  /** SECURITY: a call so far behind cannot be judged with what came before it. */
  const pass = (text: string, out: string): string => {
    if (mayHold.test(text) || mayHold.test(tail + text.slice(0, longestSign)))
      throw new ExchangeError('too-large', 'The response is larger than Scrim can judge as a whole; ask for less.');
    tail = (tail + text.slice(-longestSign)).slice(-longestSign);
    tellPassed();
    return out;
  };
  const leave = (): string => {
    if (left || held?.pending() === true) return '';
    left = true;
    const body = masked.join('');
    const changed = held?.changed(body) ?? body;
    if (changed === body) tellPassed();
    else options.passed('body', changed);
    return changed;
  };
  return {
    push(text) {
      length += text.length;
      const out = rewriter.push(text);
      if (streams) return pass(text, out);
      raw.push(text);
      masked.push(out);
      if (length <= maxHeld) return '';
      streams = true;
      const [begun, before] = [raw.join(''), masked.join('')];
      raw.length = masked.length = 0;
      return pass(begun, before);
    },
    end() {
      if (streams) {
        left = true;
        const rest = rewriter.end();
        tellPassed();
        return rest;
      }
      masked.push(rewriter.end());
      const source = raw.join('');
      raw.length = 0;
      if (mayHold.test(source)) held = judgeBody(source, dialect, masking, judge);
      return leave();
    },
    resume: leave,
    waits: () => !left,
    // Whitespace may stand before a JSON value (RFC 8259 §2).
    keepAlive: () => (held?.pending() === true ? '\n' : ''),
  };
}

interface Held {
  pending(): boolean;
  /** The masked body without what was refused. */
  changed(maskedBody: string): string;
}

function judgeBody(source: string, dialect: Dialect, masking: MaskingInForce, judge: Judge): Held | undefined {
  let body: unknown;
  try {
    body = JSON.parse(source);
  } catch {
    // Not what it claims to be; the rewriter has said what is to be said.
    return undefined;
  }
  if (!isObject(body)) return undefined;
  const calls = createHeldCalls(judge);
  const own: readonly HeldCall[] = calls.take(dialect.toolCalls?.read(body) ?? []);
  calls.close('all');
  const texts: Fences[] = [];
  eachText(body, dialect, (text) => {
    const fences = createFences(judge);
    fences.push(text);
    fences.end();
    texts.push(fences);
  });
  return {
    pending: () => judge.asks(),
    changed(maskedBody) {
      if (!judge.anyRefused()) return maskedBody;
      const refused = texts.flatMap((fences) =>
        fences.takeRefused().map(({ text, block }): RefusedText => ({
          text: applyEdits(text, masking().edits(text)),
          refusal: block.refusal ?? '',
        })),
      );
      const [event] = refusedEvent(
        JSON.parse(maskedBody) as Record<string, unknown>,
        dialect.toolCalls?.refuser(),
        calls.verdicts(own),
        refused,
      );
      return JSON.stringify(event);
    },
  };
}

/** Calls `take` with each string in which a fence may stand, outside of protocol and of what a tool is given. */
function eachText(value: unknown, dialect: Dialect, take: (text: string) => void): void {
  if (typeof value === 'string') {
    if (/```|~~~/.test(value)) take(value);
  } else if (Array.isArray(value)) for (const each of value) eachText(each, dialect, take);
  else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      const isContainer = typeof inner === 'object';
      if (!dialect.toolInput.has(key) && !isUntouched(dialect, key, isContainer)) eachText(inner, dialect, take);
    }
  }
}
