// Files: one record after the other, so that a log of any size takes the memory of one record.

import { cefLines } from './cef.ts';
import { csvHead, csvRow } from './csv.ts';
import { exchangeOf, type Exported, type ExportedExchange, type Origin } from './exported.ts';
import { harEntry, harHead, harTail } from './har.ts';
import { jsonLine } from './jsonl.ts';
import { ocsfEvent } from './ocsf.ts';

export const exportFormats = ['jsonl', 'csv', 'har', 'ocsf', 'cef'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The text is `head`, then the entries with `between` them, then `tail`. */
export interface FileFormat {
  readonly head: string;
  /** Undefined: the format has no place for such a record. */
  entry(exported: Exported): string | undefined;
  readonly between: string;
  readonly tail: string;
}

export function fileFormat(format: ExportFormat, origin: Origin): FileFormat {
  switch (format) {
    case 'jsonl':
      return { head: '', entry: (exported) => `${jsonLine(exported)}\n`, between: '', tail: '' };
    case 'csv':
      return { head: csvHead, entry: ofExchange(csvRow), between: '', tail: '' };
    case 'har':
      return { head: harHead(origin), entry: ofExchange(harEntry), between: ',\n', tail: harTail };
    case 'ocsf':
    case 'cef': {
      const lines = lineFormat(format, origin);
      const entry = (exported: Exported): string | undefined => {
        const text = lines(exported).map((line) => `${line}\n`);
        return text.length === 0 ? undefined : text.join('');
      };
      return { head: '', entry, between: '', tail: '' };
    }
  }
}

/** The formats that consist of lines, and so can go to a receiver too. */
export type LineFormat = 'jsonl' | 'ocsf' | 'cef';

/** `maxBytes`: of UTF-8 in a line; only CEF can be cut. */
export function lineFormat(
  format: LineFormat,
  origin: Origin,
  maxBytes?: number,
): (exported: Exported) => readonly string[] {
  if (format === 'jsonl') return (exported) => [jsonLine(exported)];
  return (exported) => {
    const exchange = exchangeOf(exported);
    if (exchange === undefined) return [];
    return format === 'ocsf' ? [JSON.stringify(ocsfEvent(exchange, origin))] : cefLines(exchange, origin, maxBytes);
  };
}

function ofExchange(entry: (exchange: ExportedExchange) => string): (exported: Exported) => string | undefined {
  return (exported) => {
    const exchange = exchangeOf(exported);
    return exchange === undefined ? undefined : entry(exchange);
  };
}

/** The file, a record a piece. */
export async function* formatted(
  records: AsyncIterable<Exported> | Iterable<Exported>,
  format: FileFormat,
): AsyncGenerator<string> {
  if (format.head !== '') yield format.head;
  let first = true;
  for await (const record of records) {
    const entry = format.entry(record);
    if (entry === undefined) continue;
    yield (first ? '' : format.between) + entry;
    first = false;
  }
  if (format.tail !== '') yield format.tail;
}
