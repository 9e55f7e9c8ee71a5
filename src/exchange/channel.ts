// One stream of text inside a response: a choice's text, its reasoning, one tool call's arguments.
// A channel takes raw pieces and tells which of its characters are final and how they change.

import type { Edit, Finding, Masking } from '../masking/masking.ts';
import { offsetEdits, uniteEdits } from './edits.ts';
import { createFences, type FencedBlock } from './fences.ts';
import type { Judge } from './judge.ts';
import type { MaskingInForce } from './rewriter.ts';

export interface Channel {
  readonly name: string;
  readonly position: string;
  /** Nothing of it is final before it is closed. */
  readonly whole: boolean;
  /** Raw characters taken so far. */
  taken(): number;
  /** Raw characters that are final. */
  settled(): number;
  push(text: string): void;
  /** The channel's text is over: everything becomes final. A later push begins a new text at the same positions. */
  close(): void;
  /** Final edits that touch [from, to), clipped to it; the caller asks in order and each range once. */
  editsWithin(from: number, to: number): readonly Edit[];
  /** True while no edit waits: the common case, answered without allocation. */
  clean(): boolean;
  /** The refused blocks of code that its text holds, raw; each is told once. */
  takeRefused(): readonly FencedBlock[];
  /** Findings since the last call. */
  takeFindings(): readonly Finding[];
}

export type ChannelKind = 'delta' | 'arguments' | 'piece';

const none: readonly never[] = [];

/** `judge`: where the text may hold blocks of code that must be judged before they leave. */
export function createChannel(
  kind: ChannelKind,
  name: string,
  position: string,
  inForce: MaskingInForce,
  judge: Judge | undefined,
): Channel {
  const fences = judge === undefined ? undefined : createFences(judge);
  let masking = inForce();
  let inner = kind === 'arguments' ? argumentText(inForce) : streamedText(masking);
  let edits: Edit[] = [];
  let findings: Finding[] = [];
  let taken = 0;

  const add = (more: readonly Edit[], offset: number): void => {
    for (const edit of offsetEdits(more, offset)) {
      edits.push(edit);
      if (edit.finding !== undefined) findings.push(edit.finding);
    }
  };
  const maskingEdits = (from: number, to: number): readonly Edit[] => {
    if (edits.length === 0) return none;
    const within: Edit[] = [];
    const later: Edit[] = [];
    for (const edit of edits) {
      if (edit.start >= to) later.push(edit);
      else if (edit.end > from || edit.start >= from) {
        // The replacement goes where the finding begins; later pieces only lose their part of it.
        within.push({
          start: Math.max(edit.start, from),
          end: Math.min(edit.end, to),
          text: edit.start >= from ? edit.text : '',
        });
        if (edit.end > to) later.push(edit);
      }
    }
    edits = later;
    return within;
  };
  /** Where the inner masker's own position 0 stands. */
  let base = 0;

  return {
    name,
    position,
    whole: kind === 'arguments',
    taken() {
      return taken;
    },
    settled() {
      const settled = base + inner.settled();
      return fences === undefined ? settled : Math.min(settled, fences.released());
    },
    clean() {
      return edits.length === 0 && (fences === undefined || !fences.anyRefused());
    },
    push(text) {
      const now = inForce();
      if (now !== masking && kind !== 'arguments' && base + inner.settled() === taken) {
        // Never while something is held: half a secret must not slip through the change.
        masking = now;
        base = taken;
        inner = streamedText(now);
      }
      if (kind === 'piece') {
        // Complete by itself perhaps: a finding that ends with the piece must not depend on what follows it.
        const own = masking.edits(text);
        if (own.length > 0) add(own, taken);
      }
      taken += text.length;
      fences?.push(text);
      inner.push(text);
      const more = inner.takeEdits();
      if (more.length > 0) {
        if (kind === 'piece') edits = uniteEdits(edits, offsetEdits(more, base));
        else add(more, base);
        if (kind === 'piece') for (const edit of more) if (edit.finding) findings.push(edit.finding);
      }
    },
    close() {
      fences?.end();
      inner.end();
      const more = inner.takeEdits();
      if (kind === 'piece') {
        edits = uniteEdits(edits, offsetEdits(more, base));
        for (const edit of more) if (edit.finding) findings.push(edit.finding);
      } else add(more, base);
      base = taken;
      inner.restart();
    },
    editsWithin(from, to) {
      const within = maskingEdits(from, to);
      const refused = fences?.refused(from) ?? none;
      return refused.length === 0 ? within : withRefusals(within, refused, from, to);
    },
    takeRefused: () => fences?.takeRefused() ?? none,
    takeFindings() {
      if (findings.length === 0) return none;
      const all = findings;
      findings = [];
      return all;
    },
  };
}

/** Masking edits inside a refused block go with it; the refusal stands where the block begins. */
function withRefusals(
  edits: readonly Edit[],
  refused: readonly FencedBlock[],
  from: number,
  to: number,
): readonly Edit[] {
  let left = [...edits];
  for (const block of refused) {
    if (block.from >= to || block.to <= from) continue;
    left = left.flatMap((edit) => outside(edit, block));
    const text = block.from >= from ? (block.block.refusal ?? '') : '';
    left.push({
      start: Math.max(block.from, from),
      end: Math.min(block.to, to),
      text,
    });
  }
  return left.sort((a, b) => a.start - b.start);
}

function outside(edit: Edit, { from, to }: FencedBlock): Edit[] {
  if (edit.end <= from || edit.start >= to) return [edit];
  const before = edit.start < from ? [{ ...edit, end: from }] : [];
  return edit.end > to ? [...before, { start: to, end: edit.end, text: '' }] : before;
}

interface InnerText {
  push(text: string): void;
  end(): void;
  restart(): void;
  settled(): number;
  takeEdits(): readonly Edit[];
}

function streamedText(masking: Masking): InnerText {
  let masker = masking.stream();
  return {
    push: (text) => masker.push(text),
    end: () => masker.end(),
    restart() {
      masker = masking.stream();
    },
    settled: () => masker.settled,
    takeEdits: () => masker.takeEdits(),
  };
}

/** Tool-call arguments wait until they are whole: a client cannot act on half a call, and keys are known only then. */
function argumentText(inForce: MaskingInForce): InnerText {
  let pieces: string[] = [];
  let settled = 0;
  let edits: readonly Edit[] = none;
  return {
    push(text) {
      if (text !== '') pieces.push(text);
    },
    end() {
      const source = pieces.join('');
      pieces = [];
      settled = source.length;
      edits = source === '' ? none : inForce().jsonEdits(source);
    },
    restart() {
      settled = 0;
    },
    settled: () => settled,
    takeEdits() {
      const all = edits;
      edits = none;
      return all;
    },
  };
}
