// What a dialect knows about tool calls: which events belong to one, and how a response goes on when one is refused.
// Real clients loop or retry on half a call, an in-stream error or a bare end; the one end that all of them take is
// ordinary assistant text, with stop reason, indexes and repeated copies that agree with it.

/** An event's part in a tool call. */
export interface CallPart {
  /** Position in the answer; the parts of one call share it. */
  readonly call: string;
  /** No other event belongs to this call, though its position may come again. */
  readonly single?: true;
  /** The tool's name, where the event has it. */
  readonly name?: string;
  /** The next piece of the input's source. */
  readonly piece?: string;
  /** The input as far as the event has it whole: parsed JSON, or text. */
  readonly input?: unknown;
  /** The call is complete with this event. Others are complete when their position closes. */
  readonly complete?: true;
}

export interface Verdicts {
  /** What takes the place of a refused call; undefined where the call is allowed. */
  refusal(call: string): string | undefined;
  /** An allowed call is at or below the position; anywhere, where none is given. */
  allows(position?: string): boolean;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Rewrites the events of one response, from the first refused call on: the events that take an event's place. */
export type Refuser = (event: JsonObject, verdicts: Verdicts) => readonly JsonObject[];

export interface ToolCalls {
  /** Reads an event of a stream, or a whole answer. Calls that the provider runs itself do not count. */
  read(event: JsonObject): readonly CallPart[];
  refuser(): Refuser;
}

/** `text` with the refusal behind it; where texts of one answer are joined, a paragraph of its own. */
export function withRefusal(text: unknown, refusal: string): string {
  return `${typeof text === 'string' ? text : ''}\n\n${refusal}`;
}

export function without(holder: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
}
