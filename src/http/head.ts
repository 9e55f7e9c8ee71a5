// The heads of one exchange, as plain data.

/** Header fields as they stood on the wire: name, value, name, value …; order, case and duplicates kept. */
export type RawHeaders = readonly string[];

export interface RequestHead {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Host without brackets, lower case; never empty. */
  readonly host: string;
  readonly port: number;
  /** Origin form: path and query, as sent. */
  readonly path: string;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  readonly headers: RawHeaders;
}

export interface ResponseHead {
  readonly status: number;
  /** Reason phrase; empty in HTTP/2. */
  readonly statusText: string;
  readonly headers: RawHeaders;
}

/** The first value of a header, or undefined. `name` in lower case. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name) return headers[i + 1];
  }
  return undefined;
}

/** All values of a header joined by ", " (RFC 9110 §5.2), or undefined. `name` in lower case. */
export function headerValues(headers: RawHeaders, name: string): string | undefined {
  const values: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name) values.push(headers[i + 1] ?? '');
  }
  return values.length === 0 ? undefined : values.join(', ');
}

/** The headers without the named ones (names in lower case). */
export function withoutHeaders(headers: RawHeaders, names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (!names.has(name.toLowerCase())) kept.push(name, headers[i + 1] ?? '');
  }
  return kept;
}
