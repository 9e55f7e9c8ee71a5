// Edits in JSON source: strings are decoded, masked by name and by content, and written back as JSON strings.
import type { Edit } from './finding.ts';

export interface JsonMasking {
  valueEdits(name: string | undefined, value: string): readonly Edit[];
  /** The edit for a number under a telling name, or null. */
  numberEdit(name: string | undefined, source: string): Edit | null;
  readonly shortestMatch: number;
  sensitiveName(name: string): boolean;
}

interface Frame {
  readonly object: boolean;
  /** The key whose value comes next. */
  key: string | undefined;
  /** What a `name` member said: in {"name": "DB_PASSWORD", "value": …} it names the `value`. */
  label: string | undefined;
  expectsKey: boolean;
}

const labelKeys = new Set(['name', 'key', 'variable', 'field', 'env', 'header']);
const labelledKeys = new Set(['value', 'val', 'content', 'data', 'default']);

/** Edits of a source that `JSON.parse` accepts; positions are those of the source. */
export function editJson(source: string, masking: JsonMasking): Edit[] {
  const edits: Edit[] = [];
  const frames: Frame[] = [];
  let at = 0;
  while (at < source.length) {
    const frame = frames[frames.length - 1];
    const unit = source.charCodeAt(at);
    switch (unit) {
      case 0x22: {
        const end = stringEnd(source, at);
        if (frame?.object === true && frame.expectsKey) {
          frame.key = decoded(source, at, end);
          frame.expectsKey = false;
          editString(source, at, end, undefined, masking, edits);
        } else {
          editString(source, at, end, nameFor(frame), masking, edits);
          if (frame?.key !== undefined && labelKeys.has(frame.key)) frame.label = decoded(source, at, end);
        }
        at = end + 1;
        break;
      }
      case 0x7b:
      case 0x5b:
        // Values of an array are named by the key of the array.
        frames.push({
          object: unit === 0x7b,
          key: unit === 0x5b ? nameFor(frame) : undefined,
          label: undefined,
          expectsKey: unit === 0x7b,
        });
        at++;
        break;
      case 0x7d:
      case 0x5d:
        frames.pop();
        at++;
        break;
      case 0x2c:
        if (frame?.object === true) frame.expectsKey = true;
        at++;
        break;
      default: {
        if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) {
          let end = at + 1;
          while (end < source.length && /[0-9.eE+-]/u.test(source[end] as string)) end++;
          const edit = masking.numberEdit(nameFor(frame), source.slice(at, end));
          if (edit !== null) edits.push(shifted(edit, at, JSON.stringify(edit.text)));
          at = end;
        } else {
          at++;
        }
      }
    }
  }
  return edits;
}

function nameFor(frame: Frame | undefined): string | undefined {
  if (frame?.label !== undefined && frame.key !== undefined && labelledKeys.has(frame.key)) return frame.label;
  return frame?.key;
}

function stringEnd(source: string, start: number): number {
  let end = source.indexOf('"', start + 1);
  while (end !== -1 && escapesBefore(source, end) % 2 === 1) end = source.indexOf('"', end + 1);
  return end === -1 ? source.length : end;
}

function escapesBefore(source: string, at: number): number {
  let count = 0;
  while (source.charCodeAt(at - 1 - count) === 0x5c) count++;
  return count;
}

function decoded(source: string, start: number, end: number): string {
  const raw = source.slice(start + 1, end);
  return raw.includes('\\') ? (JSON.parse(source.slice(start, end + 1)) as string) : raw;
}

function editString(
  source: string,
  start: number,
  end: number,
  name: string | undefined,
  masking: JsonMasking,
  edits: Edit[],
): void {
  const tooShort = end - start - 1 < masking.shortestMatch;
  if (tooShort && (name === undefined || !masking.sensitiveName(name))) return;
  const value = decoded(source, start, end);
  const found = masking.valueEdits(name, value);
  if (found.length === 0) return;
  const offsets = value.length === end - start - 1 ? null : sourceOffsets(source, start + 1, value.length);
  for (const edit of found) {
    const from = offsets === null ? start + 1 + edit.start : (offsets[edit.start] as number);
    const to = offsets === null ? start + 1 + edit.end : (offsets[edit.end] as number);
    const finding = edit.finding === undefined ? {} : { finding: { ...edit.finding, start: from, end: to } };
    edits.push({ start: from, end: to, text: JSON.stringify(edit.text).slice(1, -1), ...finding });
  }
}

/** Where each decoded code unit begins in the source; one entry more for the end. */
function sourceOffsets(source: string, from: number, length: number): Int32Array {
  const offsets = new Int32Array(length + 1);
  let at = from;
  for (let index = 0; index < length; index++) {
    offsets[index] = at;
    at += source.charCodeAt(at) !== 0x5c ? 1 : source.charCodeAt(at + 1) === 0x75 ? 6 : 2;
  }
  offsets[length] = at;
  return offsets;
}

function shifted(edit: Edit, by: number, text: string): Edit {
  const moved = { start: edit.start + by, end: edit.end + by };
  return { ...moved, text, ...(edit.finding === undefined ? {} : { finding: { ...edit.finding, ...moved } }) };
}
