// Reads the JSON of one event: which strings belong to channels, and which other strings must change at once.

import { applyEdits, type Edit, type Finding, type Masking } from '../masking/masking.ts';
import { isObject, isUntouched, type Dialect, type KnownString, type Path } from '../wire/parts.ts';

/** A string whose text belongs to a channel. */
export interface ChannelString {
  readonly kind: 'delta' | 'arguments' | 'piece';
  readonly channel: string;
  readonly position: string;
  readonly path: Path;
  readonly text: string;
}

/** A string that is complete by itself and must change. */
export interface ChangedString {
  readonly path: Path;
  readonly edits: readonly Edit[];
}

export interface FrameReading {
  readonly strings: readonly ChannelString[];
  readonly changed: readonly ChangedString[];
  readonly findings: readonly Finding[];
  /** Values that repeat the text in another form, with what takes their place when the frame changes. */
  readonly repeats: readonly { readonly path: Path; readonly source: string }[];
  /** Tool calls that came whole, masked, for the log. */
  readonly toolCalls: readonly string[];
  readonly closes: readonly string[] | 'all';
}

/** Deep enough for any provider; deeper input is refused rather than walked. */
const maxDepth = 256;

/** `event`: parsed JSON. `streams`: strings of unknown shape are also read as pieces of longer texts. */
export function readFrame(event: unknown, dialect: Dialect, masking: Masking, streams: boolean): FrameReading {
  const reading = isObject(event) ? dialect.read(event) : { strings: [], closes: [] };
  const strings: ChannelString[] = [];
  const changed: ChangedString[] = [];
  const findings: Finding[] = [];
  const repeats: { path: Path; source: string }[] = [];
  const toolCalls: string[] = [];
  const path: (string | number)[] = [];

  const known = (holder: object, key: string): KnownString | undefined => {
    for (const candidate of reading.strings) if (candidate.holder === holder && candidate.key === key) return candidate;
    return undefined;
  };
  const change = (edits: readonly Edit[]): void => {
    if (edits.length === 0) return;
    changed.push({ path: [...path], edits });
    for (const edit of edits) if (edit.finding !== undefined) findings.push(edit.finding);
  };
  const text = (value: string, key: string | undefined, protocol: boolean): void => {
    if (protocol && key !== undefined && dialect.jsonText.has(key)) {
      if (value.length > 1) change(masking.jsonEdits(value));
      return;
    }
    if (value.length < masking.shortestMatch && (key === undefined || !masking.sensitiveName(key))) {
      if (!streams) return;
    } else if (!streams || (key !== undefined && masking.sensitiveName(key))) {
      change(masking.valueEdits(key, value));
      return;
    }
    const channel = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
    strings.push({ kind: 'piece', channel, position: '', path: [...path], text: value });
  };
  /** `key`: the nearest object key above the value; `protocol`: not below a tool's input. */
  const walk = (value: unknown, key: string | undefined, protocol: boolean): void => {
    if (typeof value === 'string') text(value, key, protocol);
    else if (typeof value === 'object' && value !== null) {
      if (path.length >= maxDepth) throw new RangeError('An event is nested too deeply.');
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) {
          path.push(i);
          walk(value[i], key, protocol);
          path.pop();
        }
      } else members(value as Record<string, unknown>, protocol);
    }
  };
  const members = (holder: Record<string, unknown>, protocol: boolean): void => {
    for (const key of Object.keys(holder)) {
      const value = holder[key];
      if (typeof value === 'number' || typeof value === 'boolean' || value === null) continue;
      path.push(key);
      const owner = typeof value === 'string' ? known(holder, key) : undefined;
      if (owner !== undefined) {
        const { kind, channel, position } = owner;
        strings.push({ kind, channel, position, path: [...path], text: value as string });
      } else if (protocol && dialect.repeats.has(key)) {
        repeats.push({ path: [...path], source: dialect.repeats.get(key) ?? 'null' });
      } else if (!(protocol && isUntouched(dialect, key, typeof value === 'object'))) {
        if (protocol && dialect.toolInput.has(key) && isObject(value)) noteCall(holder, value);
        // A string under such a key is JSON source itself: what is protocol decides how it is read.
        walk(value, key, protocol && (typeof value === 'string' || !dialect.toolInput.has(key)));
      }
      path.pop();
    }
  };
  const noteCall = (holder: Record<string, unknown>, input: Record<string, unknown>): void => {
    if (Object.keys(input).length === 0) return;
    const name = typeof holder['name'] === 'string' ? holder['name'] : '';
    const source = JSON.stringify(input);
    toolCalls.push(`${applyEdits(name, masking.edits(name))} ${applyEdits(source, masking.jsonEdits(source))}`.trim());
  };
  walk(event, undefined, true);
  return { strings, changed, findings, repeats, toolCalls, closes: reading.closes };
}
