// A block as a person reads it: the whole of it, masked.

import { asMasked, type MaskedText } from '../base/text.ts';
import type { Effects, HeldAction } from '../contract/questions.ts';
import { applyEdits, type Masking } from '../masking/masking.ts';
import type { Assessment } from '../risk/risk.ts';
import { isObject } from '../wire/parts.ts';
import type { Block } from './block.ts';
import { masked } from './masked.ts';

export interface DescribedBlock {
  /** Masking rules that found something in the block. */
  readonly secrets: readonly string[];
  /** Runs that look like a credential and that no rule knows. */
  readonly suspects: number;
  readonly described: (effects: Assessment['effects']) => Omit<HeldAction, 'reasons'>;
}

export function describeBlock({ proposal, source }: Block, masking: Masking): DescribedBlock {
  const isJson = proposal.kind === 'tool-call' && typeof proposal.input !== 'string';
  const edits = isJson ? masking.jsonEdits(source) : masking.edits(source);
  const text = applyEdits(source, edits);
  return {
    secrets: [...new Set(edits.flatMap(({ finding }) => (finding === undefined ? [] : [finding.rule])))],
    suspects: masking.suspects(source).length,
    described: (effects) => ({
      kind: proposal.kind,
      tool: masked(masking, proposal.kind === 'code' ? proposal.language : proposal.name),
      action: asMasked(isJson ? readable(text) : text),
      effects: maskedEffects(effects, masking),
    }),
  };
}

function maskedEffects(effects: Assessment['effects'], masking: Masking): Effects {
  const all = (texts: readonly string[]): MaskedText[] => texts.map((text) => masked(masking, text));
  return {
    runs: all(effects.runs),
    writes: all(effects.writes),
    hosts: all(effects.hosts),
    credentials: all(effects.credentials),
  };
}

/** `source`: JSON of a tool's input. A lone string stands for itself; else one line a key, long texts as blocks below it. */
function readable(source: string): string {
  let input: unknown;
  try {
    input = JSON.parse(source);
  } catch {
    return source;
  }
  if (!isObject(input)) return typeof input === 'string' ? input : source;
  const entries = Object.entries(input);
  const [only] = entries;
  if (entries.length === 1 && typeof only?.[1] === 'string') return only[1];
  return entries.map(([key, value]) => line(key, value)).join('\n');
}

function line(key: string, value: unknown): string {
  if (Array.isArray(value) && value.every((part) => typeof part === 'string'))
    return `${key}: ${JSON.stringify(value)}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.includes('\n') ? `${key}:\n${text.replace(/^/gm, '  ')}` : `${key}: ${text}`;
}
