// Where the values of a JSON source stand, so that a change touches only its own characters.

import type { Path } from './parts.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A key for `Path` in maps. */
export function pathKey(path: Path): string {
  return path.join('\u0000');
}

/** The same for the key itself that ends the path, rather than its value. */
export function keyKey(path: Path): string {
  return `${pathKey(path)}\u0001`;
}

/**
 * Spans of the values at `wanted` paths (keys by `pathKey`) in valid JSON. A string's span includes its quotes.
 * Where a key stands twice in an object, both values are given: a client may read either.
 */
export function findSpans(source: string, wanted: ReadonlySet<string>): { key: string; span: Span }[] {
  const found: { key: string; span: Span }[] = [];
  const path: (string | number)[] = [];
  let at = 0;

  const skipSpace = (): void => {
    for (let code = source.charCodeAt(at); code === 32 || (code >= 9 && code <= 13); code = source.charCodeAt(at)) at++;
  };
  const skipString = (): void => {
    at++;
    for (;;) {
      const quote = source.indexOf('"', at);
      if (quote < 0) throw new SyntaxError('Unterminated string.');
      let slashes = 0;
      while (source.charCodeAt(quote - 1 - slashes) === 0x5c && quote - 1 - slashes >= at) slashes++;
      at = quote + 1;
      if (slashes % 2 === 0) return;
    }
  };
  const value = (): void => {
    skipSpace();
    const start = at;
    const first = source.charCodeAt(at);
    if (first === 0x22) skipString();
    else if (first === 0x7b || first === 0x5b) container(first === 0x7b);
    else while (at < source.length && !/[\s,\]}]/.test(source.charAt(at))) at++;
    const key = pathKey(path);
    if (wanted.has(key)) found.push({ key, span: { start, end: at } });
  };
  const container = (isObject: boolean): void => {
    const close = isObject ? 0x7d : 0x5d;
    at++;
    skipSpace();
    if (source.charCodeAt(at) === close) {
      at++;
      return;
    }
    for (let index = 0; ; index++) {
      skipSpace();
      if (isObject) {
        const start = at;
        skipString();
        path.push(JSON.parse(source.slice(start, at)) as string);
        const ownKey = keyKey(path);
        if (wanted.has(ownKey)) found.push({ key: ownKey, span: { start, end: at } });
        skipSpace();
        at++;
      } else path.push(index);
      value();
      path.pop();
      skipSpace();
      const next = source.charCodeAt(at++);
      if (next === close) return;
      if (next !== 0x2c) throw new SyntaxError('Not JSON.');
    }
  };
  value();
  return found;
}
