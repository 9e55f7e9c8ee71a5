// Finds fenced code blocks (CommonMark §4.5) in a text that streams, and holds back what could be run until it is judged.

import type { Block } from './block.ts';
import type { Judge } from './judge.ts';

/** A block's place in the text, fences included. */
export interface FencedBlock {
  readonly from: number;
  readonly to: number;
  /** What stands there. */
  readonly text: string;
  readonly block: Block;
}

export interface Fences {
  push(text: string): void;
  /** The text is over; a block that is still open ends with it. */
  end(): void;
  /** Characters from the beginning that are not held. */
  released(): number;
  /** The refused blocks that end behind `position`; what lies before it is not asked for again. */
  refused(position: number): readonly FencedBlock[];
  anyRefused(): boolean;
  /** Refused blocks that this has not given before. */
  takeRefused(): readonly FencedBlock[];
}

/** Nothing a shell or an interpreter would run. */
const data = new Set(
  'json,jsonc,json5,yaml,yml,toml,ini,text,txt,plaintext,diff,patch,markdown,md,html,xml,svg,css,scss,less,csv,log,mermaid,tree,output,http,proto,graphql,latex,tex,rst,gitignore,properties'.split(
    ',',
  ),
);
/** Held from the opening fence; other languages from the first line that a rule speaks about. */
const shell = new Set(
  ',bash,sh,shell,zsh,fish,ksh,console,terminal,shellsession,shell-session,sh-session,powershell,ps,ps1,pwsh,cmd,bat,batch,dos'.split(
    ',',
  ),
);
const opening = /^[\s>*+\-\d.)]*?(`{3,}(?=[^`]*$)|~{3,})\s*([^\s`{,]*)/;
/** The beginning of a line that may still become an opening fence. */
const mayOpen = /^[\s>*+\-\d.)]*?(`{1,2}$|~{1,2}$|`{3,}[^`]*$|~{3,})/;
const quotation = /^\s*(?:> ?)+/;
const maxLine = 64 * 1024;
/** Characters before a line that are judged with it. */
const windowBefore = 2048;

interface OpenBlock {
  readonly fence: string;
  readonly language: string;
  readonly mode: 'whole' | 'lines' | 'passed';
  /** Its lines begin with the mark of a quotation. */
  readonly quoted: boolean;
  /** Where what is held begins; undefined: nothing yet. */
  heldFrom: number | undefined;
  /** What stands from there on. */
  held: string;
  code: string;
}

export function createFences(judge: Pick<Judge, 'add' | 'isHarmless'>): Fences {
  let line = '';
  let lineStart = 0;
  let taken = 0;
  let open: OpenBlock | undefined;
  /** Where a line begins to look like a fence. */
  let suspicious: number | undefined;
  let closed: FencedBlock[] = [];
  const told = new WeakSet<FencedBlock>();

  const finish = (to: number, last: string): void => {
    if (open?.heldFrom !== undefined) {
      const { language, code, heldFrom, held } = open;
      const block: Block = {
        proposal: { kind: 'code', language, text: code },
        source: code,
        refusal: undefined,
      };
      closed.push({ from: heldFrom, to, text: held + last, block });
      judge.add(block);
    }
    open = undefined;
  };
  const begin = (bare: string, text: string): void => {
    const [, fence, label = ''] = opening.exec(bare) ?? [];
    if (fence === undefined) return;
    const language = label.toLowerCase();
    const at = text.indexOf(fence);
    const mode = shell.has(language) ? 'whole' : data.has(language) ? 'passed' : 'lines';
    const heldFrom = mode === 'whole' ? lineStart + at : undefined;
    open = { fence, language, mode, quoted: quotation.test(text), heldFrom, held: text.slice(at), code: '' };
  };
  const closes = (text: string, { fence }: OpenBlock): boolean => {
    const bare = text.replace(/^[\s>]*/, '').trimEnd();
    return bare.length >= fence.length && bare === (fence[0] ?? '').repeat(bare.length);
  };
  const judgeLine = (block: OpenBlock, text: string): void => {
    if (block.mode === 'passed') return;
    block.code += block.quoted ? text.replace(quotation, '') : text;
    if (block.heldFrom === undefined) {
      const { language, code } = block;
      if (
        judge.isHarmless({
          kind: 'code',
          language,
          text: code.slice(-windowBefore - text.length),
        })
      )
        return;
      block.heldFrom = lineStart;
      block.held = '';
    }
    block.held += text;
  };
  /** `text`: a whole line with its end, or the last one. */
  const endLine = (text: string): void => {
    const bare = text.replace(/\r?\n$/, '');
    if (open === undefined) begin(bare, text);
    else if (closes(bare, open)) finish(lineStart + bare.length, bare);
    else judgeLine(open, text);
    suspicious = undefined;
  };

  return {
    push(text) {
      taken += text.length;
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        line += text.slice(start, end + 1);
        endLine(line);
        lineStart += line.length;
        line = '';
        start = end + 1;
      }
      line += start === 0 ? text : text.slice(start);
      if (line === '' || open !== undefined) return;
      // A line that long is prose, not a fence.
      const match = line.length > maxLine ? null : mayOpen.exec(line);
      suspicious = match === null ? undefined : lineStart + match[0].search(/[`~]/);
    },
    end() {
      if (line !== '') endLine(line);
      finish(taken, '');
      line = '';
      lineStart = taken;
    },
    released() {
      const pending = closed.find(({ block }) => block.refusal === undefined)?.from;
      // In the middle of a line of code it is not known yet what the line does.
      const current = open?.heldFrom ?? (open?.mode === 'lines' ? lineStart : undefined) ?? suspicious;
      return Math.min(pending ?? taken, current ?? taken);
    },
    refused(position) {
      if (closed.length === 0) return closed;
      closed = closed.filter(
        ({ to, block }) => block.refusal === undefined || (block.refusal !== null && to > position),
      );
      return closed.filter(({ block }) => typeof block.refusal === 'string');
    },
    takeRefused() {
      const refused = closed.filter((block) => typeof block.block.refusal === 'string' && !told.has(block));
      for (const block of refused) told.add(block);
      return refused;
    },
    anyRefused: () => closed.some(({ block }) => typeof block.refusal === 'string'),
  };
}
