// What a recorded exchange wanted done, put together again from its masked text.

import type { ExchangeRecord, RecordedVerdict } from '../contract/records.ts';
import type { Block } from '../exchange/block.ts';
import { describeBlock } from '../exchange/describe-block.ts';
import { createHeldCalls } from '../exchange/held-calls.ts';
import type { Judge } from '../exchange/judge.ts';
import type { Masking } from '../masking/masking.ts';
import { dialectFor } from '../wire/dialects.ts';
import { isObject } from '../wire/parts.ts';
import { blocksOfExchange, toolCall } from './policy-test.ts';

/** Tool calls and fenced code of what the client got. */
export function blocksOfRecord({ channels, path, closed }: ExchangeRecord): Block[] {
  const names = (closed?.calls ?? []).map(({ name }) => name);
  const calls = channels.filter(({ channel }) => channel.startsWith('tool call'));
  return channels.flatMap((each) => {
    if (each.channel === 'body') return blocksOfBody(each.text, path);
    const blocks = blocksOfExchange([each]);
    // The arguments stand alone in their channel; the names stand beside it, in the same order.
    const name = calls.length === names.length ? names[calls.indexOf(each)] : undefined;
    return blocks.map((block) => (name === undefined ? block : named(block, name)));
  });
}

function named(block: Block, name: string): Block {
  const { proposal } = block;
  return proposal.kind === 'tool-call' && proposal.name === '' ? { ...block, proposal: { ...proposal, name } } : block;
}

/** Of an answer that came as one JSON value. */
function blocksOfBody(body: string, path: string): Block[] {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return [];
  }
  if (!isObject(answer)) return [];
  const dialect = dialectFor(path);
  const blocks: Block[] = [];
  const calls = createHeldCalls(collecting(blocks));
  calls.take(dialect.toolCalls?.read(answer) ?? []);
  calls.close('all');
  const texts: { channel: string; text: string }[] = [];
  eachText(answer, dialect.toolInput, (text) => texts.push({ channel: 'text', text }));
  return [...blocks, ...blocksOfExchange(texts)];
}

function collecting(blocks: Block[]): Judge {
  return {
    at: () => undefined,
    add: (block) => blocks.push(block),
    answered: () => false,
    lose: () => undefined,
    asks: () => false,
    anyRefused: () => false,
    take: () => [],
    isHarmless: () => false,
  };
}

function eachText(value: unknown, toolInput: ReadonlySet<string>, take: (text: string) => void): void {
  if (typeof value === 'string') {
    if (/```|~~~/.test(value)) take(value);
  } else if (Array.isArray(value)) for (const each of value) eachText(each, toolInput, take);
  else if (isObject(value))
    for (const [key, inner] of Object.entries(value)) if (!toolInput.has(key)) eachText(inner, toolInput, take);
}

/**
 * A held block from its record: what was refused never reached the client, so no channel has it. The record has the action
 * as a person read it; where that is a tool's input of several keys, the input is read back from it.
 */
export function blockOfVerdict({ kind, tool, action }: RecordedVerdict, masking: Masking): Block {
  if (kind === 'code') return { proposal: { kind, language: tool, text: action }, source: action, refusal: undefined };
  const block = toolCall(tool, JSON.stringify(inputOf(action)));
  const isExact = describeBlock(block, masking).described(noEffects).action === action;
  return isExact ? block : { ...toolCall(tool, action), proposal: { kind, name: tool, input: action } };
}

const noEffects = { runs: [], writes: [], hosts: [], credentials: [] };

/** The inverse of how an input is written for people: `key: value` a line, long texts as blocks below their key. */
function inputOf(action: string): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  let key: string | undefined;
  for (const line of action.split('\n')) {
    const [, name, rest] = /^([^\s:]+):(?: (.*))?$/.exec(line) ?? [];
    if (name !== undefined) {
      key = rest === undefined ? name : undefined;
      input[name] = rest === undefined ? '' : valueOf(rest);
    } else if (key !== undefined) {
      const before = input[key] as string;
      input[key] = before === '' ? line.slice(2) : `${before}\n${line.slice(2)}`;
    }
  }
  return input;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
