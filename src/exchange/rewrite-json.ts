// Rewrites a JSON body of any size as it comes: strings are masked, everything else leaves as it was sent.

import type { Finding } from '../masking/masking.ts';
import { createJsonScanner, uncutLength, JsonSyntaxError, type JsonVisitor } from '../wire/json-scan.ts';
import { changeJsonString, decodeJsonString } from '../wire/json-string.ts';
import type { Dialect } from '../wire/parts.ts';
import { ExchangeError } from './exchange-error.ts';
import { createKeyNames, numberChange, type KeyName } from './key-names.ts';
import { createLongString, type LongString, type SourceChange } from './long-string.ts';
import type { BodyRewriter, MaskingInForce, RewriteOptions } from './rewriter.ts';

/** What holds for the members of an open container. */
interface Level {
  readonly isObject: boolean;
  /** The nearest object key above the members. */
  key: KeyName | undefined;
  /** Not below a tool's input. */
  readonly protocol: boolean;
  /** Below a value that is never text. */
  readonly untouched: boolean;
  /** A document whose `data` is plain text, not base64: its `type` says so. */
  plainData: boolean;
}

/** A value that must be whole before it can be judged: JSON source in a string, the value of a secret's key. */
const maxWhole = 4 * 1024 * 1024;
const maxCounts = 64;

export function createJsonRewriter(dialect: Dialect, inForce: MaskingInForce, options: RewriteOptions): BodyRewriter {
  let masking = inForce();
  let nameOf = createKeyNames(dialect, masking);
  const levels: Level[] = [];
  let level: Level = { isObject: false, key: undefined, protocol: true, untouched: false, plainData: false };
  let buffer = '';
  /** Position in the body of the buffer's first character. */
  let bufferStart = 0;
  let changes: SourceChange[] = [];
  let masked = false;
  let cut = '';

  // The string that is being read across chunks.
  let long: LongString | undefined;
  let whole: { inside: string; start: number } | undefined;
  /** A value that repeats the text token by token, held until it is over. */
  let repeat: { depth: number; start: number; source: string } | undefined;

  const report = (finding: Finding | undefined): void => {
    masked = true;
    if (finding !== undefined) options.found('body', finding);
  };
  /** A string value here is protocol, never text. */
  const isProtocol = (): boolean =>
    level.untouched ||
    (level.protocol && level.key?.untouched === true && !(level.plainData && level.key.text === 'data'));
  const needsWhole = (): boolean =>
    level.key !== undefined && ((level.protocol && level.key.json) || level.key.sensitive);

  const changeWhole = (inside: string, start: number): void => {
    const { key } = level;
    const text = decodeJsonString(inside);
    const isJson = level.protocol && key?.json === true;
    const edits = isJson ? masking.jsonEdits(text) : masking.valueEdits(key?.text, text);
    if (edits.length === 0) return;
    for (const edit of edits) report(edit.finding);
    changes.push({ start, end: start + inside.length, text: changeJsonString(inside, edits) });
  };
  const changeNumber = (key: KeyName, source: string, end: number): void => {
    const edit = numberChange(masking, key.text, source);
    if (edit === undefined) return;
    report(edit.finding);
    changes.push({ start: end - source.length, end, text: edit.text });
  };
  const takePart = (inside: string, start: number, last: boolean): void => {
    long ??= createLongString(masking, report);
    changes.push(...long.take(inside, start, last));
    if (last) long = undefined;
  };

  const valueEnded = (end: number): void => {
    if (repeat === undefined || repeat.depth !== levels.length) return;
    // What was changed inside it does not matter where the whole value goes.
    const { start, source } = repeat;
    repeat = undefined;
    if (!masked) return;
    changes = changes.filter((change) => change.start < start);
    changes.push({ start, end, text: source });
  };

  /** Token counts, for what the log notes: below `usage`, or on the answer itself. */
  const counts: Record<string, number> = {};
  let counted = 0;
  const count = (text: string, from: number, to: number): void => {
    if (counted >= maxCounts || level.key === undefined) return;
    const parent = levels.at(-1)?.key?.text;
    const mayCount = parent === 'usage' || parent === 'usageMetadata' || levels.length === 1;
    if (!mayCount) return;
    const source = text.slice(from, to);
    if (!/^\d+$/.test(source)) return;
    counts[level.key.text] = Number(source);
    counted++;
  };

  const visitor: JsonVisitor = {
    open(isObject, at) {
      beginValue(at);
      const { key, protocol, untouched } = level;
      levels.push(level);
      level = {
        isObject,
        key,
        protocol: protocol && key?.toolInput !== true,
        untouched: untouched || (protocol && key?.untouchedContainer === true),
        plainData: false,
      };
    },
    close(end) {
      level = levels.pop() ?? level;
      valueEnded(end);
    },
    key(inside, from, to) {
      const name = nameOf(decodeJsonString(inside));
      level.key = name;
      if (name.edits.length === 0 || level.untouched) return;
      for (const edit of name.edits) report(edit.finding);
      changes.push({ start: from, end: to, text: changeJsonString(inside, name.edits) });
    },
    string(text, from, to, first, last) {
      const start = scanner.base() + from;
      if (first) beginValue(start - 1);
      if (last && to - from === 4 && level.key?.text === 'type') level.plainData = text.slice(from, to) === 'text';
      if (!isProtocol()) {
        if (first && last) {
          if (needsWhole() || !masking.isClean(text, from, to)) changeWhole(text.slice(from, to), start);
        } else if (first && needsWhole()) whole = { inside: text.slice(from, to), start };
        else if (whole !== undefined) {
          whole.inside += text.slice(from, to);
          if (whole.inside.length > maxWhole)
            throw new ExchangeError(
              'too-large',
              'A value that must be read whole is larger than Scrim keeps in memory.',
            );
          if (last) {
            changeWhole(whole.inside, whole.start);
            whole = undefined;
          }
        } else takePart(text.slice(from, to), start, last);
      }
      if (last) valueEnded(start + to - from + 1);
    },
    scalar(text, from, to, end) {
      if (to - from < 16) count(text, from, to);
      if (level.key?.sensitive === true && !isProtocol()) changeNumber(level.key, text.slice(from, to), end);
      if (repeat !== undefined) valueEnded(end);
    },
  };
  const beginValue = (at: number): void => {
    const source = level.protocol && level.isObject ? level.key?.repeats : undefined;
    if (source !== undefined && repeat === undefined) repeat = { depth: levels.length, start: at, source };
  };
  const scanner = createJsonScanner(visitor);

  /** Where the first character stands that must not leave yet. */
  const heldFrom = (end: number): number =>
    Math.min(
      repeat?.start ?? end,
      whole?.start ?? end,
      long?.heldFrom() ?? end,
      scanner.openToken() < 0 ? end : scanner.openToken(),
    );
  const release = (): string => {
    const to = heldFrom(bufferStart + buffer.length);
    let out = '';
    let at = bufferStart;
    if (changes.length > 0) {
      const due = changes.filter((change) => change.end <= to).sort((a, b) => a.start - b.start);
      changes = changes.filter((change) => change.end > to);
      for (const change of due) {
        out += buffer.slice(at - bufferStart, change.start - bufferStart) + change.text;
        at = change.end;
      }
    }
    const rest =
      to - bufferStart === buffer.length && at === bufferStart
        ? buffer
        : buffer.slice(at - bufferStart, to - bufferStart);
    const source = options.observe ? buffer.slice(0, to - bufferStart) : undefined;
    out = out === '' ? rest : out + rest;
    buffer = buffer.slice(to - bufferStart);
    bufferStart = to;
    if (buffer.length > maxBuffer)
      throw new ExchangeError('too-large', 'The response holds back more than Scrim keeps in memory; ask for less.');
    if (out !== '') options.passed('body', out);
    return source ?? out;
  };
  const scan = (text: string): void => {
    try {
      buffer = buffer === '' ? text : buffer + text;
      scanner.push(text);
    } catch (error) {
      throw error instanceof JsonSyntaxError || error instanceof SyntaxError ? notJson() : error;
    }
  };

  return {
    push(text) {
      if (long === undefined && masking !== inForce()) {
        masking = inForce();
        nameOf = createKeyNames(dialect, masking);
      }
      const all = cut === '' ? text : cut + text;
      const length = uncutLength(all);
      cut = all.slice(length);
      scan(length === all.length ? all : all.slice(0, length));
      return release();
    },
    end() {
      scan(cut);
      try {
        scanner.end();
      } catch {
        throw notJson();
      }
      if (counted > 0) options.event({ ...counts, done: true, usage: counts, usageMetadata: counts });
      return release();
    },
    resume: () => '',
    waits: () => false,
  };
}

const maxBuffer = 32 * 1024 * 1024;

function notJson(): ExchangeError {
  return new ExchangeError(
    'cannot-read',
    'The body claims to be JSON but is not; correct it where it is made, or let this host pass in the policy.',
  );
}
