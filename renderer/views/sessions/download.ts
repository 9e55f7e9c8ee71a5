// A file that comes in pieces, saved by the browser. What has come lies in a Blob, which Chromium keeps outside of the page's
// memory and on disk when it is large. No address with a token in it is ever made.

import type { ExportPiece } from '../../../src/contract/sessions.ts';

/** So much lies in the page's own memory at once, in characters. */
const heldBack = 4 * 1024 * 1024;

/** @returns bytes */
export async function gathered(
  pieces: AsyncIterable<ExportPiece>,
  type: string,
  came: (bytes: number) => void,
): Promise<Blob> {
  let blob = new Blob([], { type });
  let parts: BlobPart[] = [];
  let held = 0;
  for await (const piece of pieces) {
    const part = 'text' in piece ? piece.text : Uint8Array.from(atob(piece.bytes), (unit) => unit.charCodeAt(0));
    parts.push(part);
    held += part.length;
    came(blob.size + held);
    if (held < heldBack) continue;
    blob = new Blob([blob, ...parts], { type });
    [parts, held] = [[], 0];
  }
  return new Blob([blob, ...parts], { type });
}

export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has its own hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
