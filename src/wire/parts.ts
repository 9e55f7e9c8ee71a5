// The vocabulary between framings, dialects and the exchange: frames, and the strings of a frame that carry text.

import type { ToolCalls } from './tool-calls/tool-calls.ts';

/** A step into a JSON value: a key of an object or an index of an array. */
export type Path = readonly (string | number)[];

/** A string of an event that a dialect knows by its place. */
export interface KnownString {
  /**
   * `delta`: the next piece of a text that is spread over many events. `arguments`: the next piece of JSON source
   * (a tool call's arguments), useless to a client before it is whole.
   */
  readonly kind: 'delta' | 'arguments';
  /** Where the string stands: `holder[key]`. */
  readonly holder: object;
  readonly key: string;
  /** Stable within one response: `text 0`, `tool call 1`. */
  readonly channel: string;
  /** Position in the answer, outermost first (`choice.tool call`): closing `0` closes `0` and `0.1`. */
  readonly position: string;
}

export interface Reading {
  readonly strings: readonly KnownString[];
  /** Positions whose channels end with this event; `'all'` ends every channel. */
  readonly closes: readonly string[] | 'all';
}

/** Provider knowledge, as data and one pure function. */
export interface Dialect {
  readonly id: string;
  /** Reads one event (parsed JSON object). */
  read(event: object): Reading;
  /** Keys whose values are protocol, never text: ids, signatures, encrypted reasoning, usage. Ask `isUntouched`. */
  readonly untouched: ReadonlySet<string>;
  /** Keys that hold what the model wrote for a tool: below them nothing is protocol any more. */
  readonly toolInput: ReadonlySet<string>;
  /** Keys whose string value is JSON source. */
  readonly jsonText: ReadonlySet<string>;
  /** Keys that repeat the text token by token, and what takes their place where something was masked. */
  readonly repeats: ReadonlyMap<string, string>;
  /**
   * A frame that means nothing and keeps a waiting client from giving up, as real clients of the dialect accept it.
   * `last`: the event before it. An empty text where the dialect has no such frame.
   */
  keepAlive(last: Record<string, unknown> | undefined): string;
  /** Undefined where the dialect has no tool calls that are known. */
  readonly toolCalls: ToolCalls | undefined;
}

/** The server-sent frame that every client passes over: a blank line. Comments break several (Gemini CLI, google-genai). */
export const blankFrame = '\n';

export const nothingRead: Reading = { strings: [], closes: [] };

/** `isContainer`: the value is an object or an array. `data` is base64 as a string, but else a list of stored answers. */
export function isUntouched(dialect: Dialect, key: string, isContainer: boolean): boolean {
  return dialect.untouched.has(key) && !(isContainer && key === 'data');
}

/** `value` as an object to look into, or undefined. */
export function objectAt(value: unknown, key: string): Record<string, unknown> | undefined {
  const inner: unknown = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : undefined;
}

/** `value[key]` as an array, or an empty one. */
export function arrayAt(value: unknown, key: string): readonly unknown[] {
  const inner: unknown = isObject(value) ? value[key] : undefined;
  return Array.isArray(inner) ? (inner as unknown[]) : [];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `holder[key]` as a number, or `otherwise`. */
export function numberAt(holder: Record<string, unknown>, key: string, otherwise: number): number {
  const value = holder[key];
  return typeof value === 'number' ? value : otherwise;
}
