// An event as it leaves once something in the response was refused: without the refused calls, and with the refusal
// where a later copy repeats a refused block of code.

import type { JsonObject, Refuser, Verdicts } from '../wire/tool-calls/tool-calls.ts';

/** A refused block of code as the client would have seen it, with what takes its place. */
export interface RefusedText {
  readonly text: string;
  readonly refusal: string;
}

export function refusedEvent(
  event: JsonObject,
  refuser: Refuser | undefined,
  verdicts: Verdicts,
  texts: readonly RefusedText[],
): readonly JsonObject[] {
  const events = refuser === undefined ? [event] : refuser(event, verdicts);
  return texts.length === 0 ? events : events.map((each) => withoutTexts(each, texts) as JsonObject);
}

function withoutTexts(value: unknown, texts: readonly RefusedText[]): unknown {
  if (typeof value === 'string')
    return texts.reduce((text, { text: refused, refusal }) => text.replaceAll(refused, () => refusal), value);
  if (Array.isArray(value)) return value.map((each) => withoutTexts(each, texts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutTexts(inner, texts)]));
}
