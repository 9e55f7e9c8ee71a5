// A target is its base, what it is without us, with the parts of our clients laid over it in order.

import type { Change, Edit, Target } from './change.ts';
import { withoutOrphan } from './edits/block.ts';
import { formatOf } from './edits/formats.ts';
import type { TargetRecord } from './journal.ts';
import { SetupError } from './setup-error.ts';
import { nameOf, sha256 } from './target-content.ts';

/** What the target is without any part of ours. Throws `SetupError`. `edit`: what is about to be laid over it for the first time. */
export function baseOf(
  target: Target,
  record: TargetRecord | undefined,
  current: Buffer | null,
  edit?: Edit,
): Buffer | null {
  if (current === null) return null;
  if (record === undefined) {
    if (edit?.format !== 'block') return current;
    const { mark, text } = decoded(target, current);
    return encoded(mark, withoutOrphan(text, edit.mark));
  }
  const base = record.base === null ? null : Buffer.from(record.base, 'base64');
  if (record.known.includes(sha256(current))) return base;
  const { mark, text } = decoded(target, current);
  let rest = text;
  for (const layer of [...record.layers].reverse()) {
    const format = formatOf(layer.edit);
    try {
      rest = format.withdraw(rest, layer.edit, base === null ? '' : decoded(target, base).text);
    } catch (cause) {
      throw new SetupError(
        'changed-since',
        `Take ${format.describe(layer.edit)} out of ${nameOf(target)} yourself, then try again: somebody changed them since Scrim wrote them.`,
        { cause },
      );
    }
  }
  return rest === '' && base === null ? null : encoded(mark, rest);
}

/** The base with the parts over it. Throws `SetupError` (`not-understood`). */
export function rendered(target: Target, base: Buffer | null, layers: TargetRecord['layers']): Buffer | null {
  if (layers.length === 0) return base;
  const { mark, text } = base === null ? { mark: '', text: '' } : decoded(target, base);
  let result = text;
  for (const { edit } of layers) {
    try {
      result = formatOf(edit).render(result, edit);
    } catch (cause) {
      throw new SetupError(
        'not-understood',
        `Correct ${nameOf(target)}, then try again: there is no place in it for ${formatOf(edit).describe(edit)}.`,
        { cause },
      );
    }
  }
  return encoded(mark, result);
}

/** Whether the part stands in what is there. */
export function holds({ target, edit }: Change, current: Buffer | null): boolean {
  if (current === null) return false;
  try {
    return formatOf(edit).holds(decoded(target, current).text, edit);
  } catch {
    return false;
  }
}

/** The text and the byte order mark before it. Throws `SetupError` for anything but UTF-8. */
function decoded(target: Target, bytes: Buffer): { mark: string; text: string } {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SetupError('not-understood', `Save ${nameOf(target)} as UTF-8, then try again.`, { cause });
  }
  if (text.includes('\0')) throw new SetupError('not-understood', `Save ${nameOf(target)} as UTF-8, then try again.`);
  return text.startsWith('\uFEFF') ? { mark: '\uFEFF', text: text.slice(1) } : { mark: '', text };
}

function encoded(mark: string, text: string): Buffer {
  return Buffer.from(mark + text);
}
