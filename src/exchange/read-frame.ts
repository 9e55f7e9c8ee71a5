// Reads the JSON of one event: which strings belong to channels, and which other strings must change at once.

import { applyEdits, type Edit, type Finding, type Masking } from '../masking/masking.ts';
import { isObject, type Dialect, type KnownString, type Path } from '../wire/parts.ts';
import { numberChange, type KeyName, type KeyNames } from './key-names.ts';

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
  /** The key that ends the path changes, rather than its value. */
  readonly isKey?: boolean;
}

export interface FrameReading {
  readonly strings: readonly ChannelString[];
  readonly changed: readonly ChangedString[];
  readonly findings: readonly Finding[];
  /** Numbers that must change, with what takes their place. */
  readonly replaced: readonly { readonly path: Path; readonly source: string }[];
  /** Values that repeat the text in another form, with what takes their place when the frame changes. */
  readonly repeats: readonly { readonly path: Path; readonly source: string }[];
  /** Tool calls that came whole, masked, for the log. */
  readonly toolCalls: readonly string[];
  readonly closes: readonly string[] | 'all';
}

/** Deep enough for any provider; deeper input is refused rather than walked. */
const maxDepth = 256;

/** `event`: parsed JSON. `streams`: strings of unknown shape are also read as pieces of longer texts. */
export function readFrame(
  event: unknown,
  dialect: Dialect,
  masking: Masking,
  nameOf: KeyNames,
  streams: boolean,
): FrameReading {
  const reading = isObject(event) ? dialect.read(event) : { strings: [], closes: [] };
  const strings: ChannelString[] = [];
  const changed: ChangedString[] = [];
  const findings: Finding[] = [];
  const repeats: { path: Path; source: string }[] = [];
  const replaced: { path: Path; source: string }[] = [];
  const toolCalls: string[] = [];
  const path: (string | number)[] = [];

  const known = (holder: object, key: string): KnownString | undefined => {
    for (const candidate of reading.strings) if (candidate.holder === holder && candidate.key === key) return candidate;
    return undefined;
  };
  const change = (edits: readonly Edit[], isKey = false): void => {
    if (edits.length === 0) return;
    changed.push({ path: [...path], edits, isKey });
    for (const edit of edits) if (edit.finding !== undefined) findings.push(edit.finding);
  };
  const text = (value: string, key: KeyName | undefined, protocol: boolean): void => {
    if (protocol && key?.json === true) {
      if (value.length > 1) change(masking.jsonEdits(value));
      return;
    }
    if (value.length < masking.shortestMatch && key?.sensitive !== true) {
      if (!streams) return;
    } else if (!streams || key?.sensitive === true) {
      change(masking.valueEdits(key?.text, value));
      return;
    }
    const channel = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
    strings.push({ kind: 'piece', channel, position: '', path: [...path], text: value });
  };
  /** `key`: the nearest object key above the value; `protocol`: not below a tool's input. */
  const walk = (value: unknown, key: KeyName | undefined, protocol: boolean): void => {
    if (typeof value === 'string') text(value, key, protocol);
    else if (typeof value === 'number') number(value, key);
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
  const number = (value: number, key: KeyName | undefined): void => {
    const edit = key?.sensitive === true ? numberChange(masking, key.text, value.toString()) : undefined;
    if (edit === undefined) return;
    replaced.push({ path: [...path], source: edit.text });
    if (edit.finding !== undefined) findings.push(edit.finding);
  };
  const members = (holder: Record<string, unknown>, protocol: boolean): void => {
    for (const key of Object.keys(holder)) {
      const value = holder[key];
      const name = nameOf(key);
      if (
        (typeof value === 'number' ? !name.sensitive : typeof value === 'boolean' || value === null) &&
        name.edits.length === 0
      )
        continue;
      path.push(key);
      change(name.edits, true);
      const owner = typeof value === 'string' ? known(holder, key) : undefined;
      if (owner !== undefined) {
        const { kind, channel, position } = owner;
        strings.push({ kind, channel, position, path: [...path], text: value as string });
      } else if (protocol && name.repeats !== undefined) {
        repeats.push({ path: [...path], source: name.repeats });
      } else if (!(
        protocol && (typeof value === 'object' ? name.untouchedContainer : name.untouched && !isPlainData(holder, key))
      )) {
        if (protocol && name.toolInput && isObject(value)) noteCall(holder, value);
        // A string under such a key is JSON source itself: what is protocol decides how it is read.
        walk(value, name, protocol && (typeof value === 'string' || !name.toolInput));
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
  return { strings, changed, findings, replaced, repeats, toolCalls, closes: reading.closes };
}

/** Base64 is protocol, a document's plain text under the same key is not (Anthropic `source: { type: 'text', data }`). */
function isPlainData(holder: Record<string, unknown>, key: string): boolean {
  return key === 'data' && holder['type'] === 'text';
}
