// scrim mask: a text in, the masked text out, as it comes.

import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { maskLine, maskStream, openMasking, readAll } from '../core/mask-text.ts';
import { CoreError } from '../core/core-error.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

export interface MaskFlags {
  readonly format?: string;
}

export async function mask(file: string | undefined, flags: MaskFlags, global: GlobalOptions): Promise<number> {
  const format = flags.format ?? 'text';
  if (format !== 'text' && format !== 'jsonl') throw new CoreError('usage', 'Write --format as text or jsonl.');
  const masking = await openMasking({ ...global, env: process.env });
  const input = file === undefined ? process.stdin : await openInput(file);
  if (format === 'text') {
    for await (const bytes of maskStream(masking, input as AsyncIterable<Uint8Array>)) await write(bytes);
    return 0;
  }
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() !== '') await write(`${JSON.stringify(maskLine(masking, line))}\n`);
  }
  return 0;
}

/** scrim policy explain: which rule acts on a text, and why or why not. */
export async function explain(file: string | undefined, global: GlobalOptions): Promise<number> {
  const masking = await openMasking({ ...global, env: process.env });
  const input = file === undefined ? process.stdin : await openInput(file);
  const text = await readAll(input as AsyncIterable<Uint8Array>);
  const explanations = masking.explain(text);
  for (const each of explanations) {
    if (global.json === true) printJson(each);
    else printLine(`${each.start}-${each.end}  ${each.rule} (${each.kind})  ${each.reason}`);
  }
  if (explanations.length === 0 && global.json !== true) tell('No rule acts on this text.');
  return 0;
}

export async function openInput(file: string): Promise<NodeJS.ReadableStream> {
  const stream = createReadStream(file);
  try {
    await once(stream, 'open');
  } catch {
    throw new CoreError('not-found', `Name a readable file: ${file} is not one.`);
  }
  return stream;
}

async function write(data: Uint8Array | string): Promise<void> {
  if (!process.stdout.write(data)) await once(process.stdout, 'drain');
}
