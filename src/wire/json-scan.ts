// An incremental JSON scanner (RFC 8259): it checks structure, follows keys, and hands out the insides of strings as they
// come. It keeps no text but an unfinished key, so a body of any size passes in constant memory.

export class JsonSyntaxError extends Error {
  constructor() {
    super('The body claims to be JSON but is not.');
    this.name = 'JsonSyntaxError';
  }
}

/** Positions are counted in characters from the beginning of the body, or of the text where `text` stands beside them. */
export interface JsonVisitor {
  open(isObject: boolean, at: number): void;
  /** An object or array ended; `end` is just after its bracket. */
  close(end: number): void;
  /** The inside of a key, with its escapes, stands at [from, to) of the body. */
  key(inside: string, from: number, to: number): void;
  /** The inside of a string value, or a part of it, is text[from, to). `first`, `last`: it begins, it ends here. */
  string(text: string, from: number, to: number, first: boolean, last: boolean): void;
  /** A number, true, false or null, all of it text[from, to), ended before `end` of the body. */
  scalar(text: string, from: number, to: number, end: number): void;
}

export interface JsonScanner {
  /** Takes text that cuts no escape (see `uncutLength`). Throws JsonSyntaxError. */
  push(text: string): void;
  /** Throws JsonSyntaxError when a value is not complete. */
  end(): void;
  /** Where the text of the last `push` began. */
  base(): number;
  /** Where an unfinished key, number or word began, or -1. */
  openToken(): number;
}

/** Length of the longest prefix of `text` that does not end inside an escape sequence of a string. */
export function uncutLength(text: string): number {
  // The longest escape is \uXXXX.
  for (let back = 1; back <= 6 && back <= text.length; back++) {
    const at = text.length - back;
    if (text.charCodeAt(at) !== 0x5c) continue;
    let slashes = 1;
    while (text.charCodeAt(at - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return text.length;
    const needed = text.charCodeAt(at + 1) === 0x75 ? 6 : 2;
    return back >= needed ? text.length : at;
  }
  return text.length;
}

/** Index of the quote that ends the string whose inside goes on at `from`, or -1. */
function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0) {
    let slashes = 0;
    while (quote - slashes > from && text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}

// What may come next.
const value = 0;
const firstValueOrEnd = 1;
const firstKeyOrEnd = 2;
const key = 3;
const colon = 4;
const commaOrEnd = 5;
const inKey = 6;
const inString = 7;
const inScalar = 8;

const maxDepth = 512;
const maxKey = 65_536;
const maxScalar = 4096;
const words = new Set(['true', 'false', 'null', 'NaN', 'Infinity', '-Infinity']);
const numberShape = /^-?\d[\d.eE+-]*$/;

export function createJsonScanner(visitor: JsonVisitor): JsonScanner {
  let state = value;
  /** For each open container: true for an object. */
  const stack: boolean[] = [];
  /** An unfinished key or scalar. */
  let carried = '';
  let firstPart = true;
  let base = 0;
  let length = 0;
  let openToken = -1;

  const afterValue = (): void => {
    // Several values one after the other are read like lines of JSON.
    state = stack.length === 0 ? value : commaOrEnd;
  };
  const endScalar = (end: number): void => {
    if (!numberShape.test(carried) && !words.has(carried)) throw new JsonSyntaxError();
    visitor.scalar(carried, 0, carried.length, end);
    carried = '';
    openToken = -1;
    afterValue();
  };
  const readString = (text: string, from: number): number => {
    const quote = closingQuote(text, from);
    const end = quote < 0 ? text.length : quote;
    visitor.string(text, from, end, firstPart, quote >= 0);
    firstPart = false;
    if (quote < 0) return end;
    afterValue();
    return quote + 1;
  };
  const readKey = (text: string, from: number): number => {
    const quote = closingQuote(text, from);
    if (quote < 0) {
      carried += text.slice(from);
      if (carried.length > maxKey) throw new JsonSyntaxError();
      return text.length;
    }
    visitor.key(carried === '' ? text.slice(from, quote) : carried + text.slice(from, quote), openToken, base + quote);
    carried = '';
    openToken = -1;
    state = colon;
    return quote + 1;
  };
  const readScalar = (text: string, from: number): number => {
    let end = from;
    let code = text.charCodeAt(end);
    let digits = carried === '' && code !== 0x2b && code !== 0x2e;
    while (isScalarCode(code)) {
      digits &&= code < 0x3a || code === 0x65 || code === 0x45;
      code = text.charCodeAt(++end);
    }
    if (digits && end < text.length && (end > from + 1 || text.charCodeAt(from) !== 0x2d)) {
      // The usual number, whole in this text: nothing is copied.
      if (text.charCodeAt(from) > 0x3a) throw new JsonSyntaxError();
      visitor.scalar(text, from, end, base + end);
      afterValue();
      return end;
    }
    if (carried === '') openToken = base + from;
    carried += text.slice(from, end);
    if (carried.length > maxScalar) throw new JsonSyntaxError();
    if (end < text.length) endScalar(base + end);
    return end;
  };
  const readStructure = (at: number, code: number): void => {
    const wantsValue = state === value || state === firstValueOrEnd;
    switch (code) {
      case 0x22:
        if (wantsValue) state = inString;
        else if (state === key || state === firstKeyOrEnd) state = inKey;
        else throw new JsonSyntaxError();
        if (state === inKey) openToken = at + 1;
        firstPart = true;
        return;
      case 0x7b:
      case 0x5b:
        if (!wantsValue || stack.length >= maxDepth) throw new JsonSyntaxError();
        stack.push(code === 0x7b);
        visitor.open(code === 0x7b, at);
        state = code === 0x7b ? firstKeyOrEnd : firstValueOrEnd;
        return;
      case 0x7d:
      case 0x5d: {
        const empty = code === 0x7d ? firstKeyOrEnd : firstValueOrEnd;
        if ((state !== commaOrEnd && state !== empty) || stack.pop() !== (code === 0x7d)) throw new JsonSyntaxError();
        visitor.close(at + 1);
        afterValue();
        return;
      }
      case 0x2c:
        if (state !== commaOrEnd) throw new JsonSyntaxError();
        state = stack.at(-1) === true ? key : value;
        return;
      case 0x3a:
        if (state !== colon) throw new JsonSyntaxError();
        state = value;
        return;
      default:
        if (!wantsValue || !isScalarCode(code)) throw new JsonSyntaxError();
        state = inScalar;
    }
  };

  return {
    base() {
      return base;
    },
    openToken() {
      return openToken;
    },
    push(text) {
      base = length;
      length += text.length;
      let at = 0;
      while (at < text.length) {
        if (state === inString) at = readString(text, at);
        else if (state === inKey) at = readKey(text, at);
        else if (state === inScalar) at = readScalar(text, at);
        else {
          const code = text.charCodeAt(at);
          // A byte order mark is no JSON, but it is what some servers send.
          const space =
            code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || (code === 0xfeff && base + at === 0);
          if (!space) readStructure(base + at, code);
          if (state !== inScalar || space) at++;
        }
      }
    },
    end() {
      if (state === inScalar) endScalar(length);
      if (stack.length > 0 || state !== value) throw new JsonSyntaxError();
    },
  };
}

function isScalarCode(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 43 ||
    code === 45 ||
    code === 46
  );
}
