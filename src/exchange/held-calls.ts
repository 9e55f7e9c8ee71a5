// The tool calls of one response: put together from their pieces, judged when they are whole.

import type { CallPart, Verdicts } from '../wire/tool-calls/tool-calls.ts';
import { ExchangeError } from './exchange-error.ts';
import type { Block } from './block.ts';
import type { Judge } from './judge.ts';

export interface HeldCall {
  readonly call: string;
  /** Every block of it is judged. */
  resolved(): boolean;
  /** What takes its place, where it is refused. */
  refusal(): string | undefined;
}

export interface HeldCalls {
  /** The calls that an event belongs to; it must not leave before all of them are resolved. */
  take(parts: readonly CallPart[]): readonly HeldCall[];
  /** Completes the calls at and below the positions. */
  close(positions: readonly string[] | 'all'): void;
  /** How the calls were judged, for an event that belongs to `own`. */
  verdicts(own: readonly HeldCall[]): Verdicts;
}

interface Call extends HeldCall {
  name: string;
  pieces: string[];
  input: unknown;
  /** Copies of a call that say something else are judged by themselves: clients differ in the copy they act on. */
  readonly blocks: Block[];
}

const maxCalls = 1024;

export function createHeldCalls(judge: Judge): HeldCalls {
  const all: Call[] = [];
  const byPosition = new Map<string, Call>();
  const open = new Set<Call>();

  const create = (part: CallPart): Call => {
    if (all.length >= maxCalls)
      throw new ExchangeError('too-large', 'The response has more tool calls than Scrim follows; ask for fewer.');
    const blocks: Block[] = [];
    const made: Call = {
      call: part.call,
      name: '',
      pieces: [],
      input: undefined,
      blocks,
      resolved: () => blocks.length > 0 && blocks.every(({ refusal }) => refusal !== undefined),
      refusal: () => blocks.find(({ refusal }) => typeof refusal === 'string')?.refusal ?? undefined,
    };
    all.push(made);
    open.add(made);
    if (part.single !== true) byPosition.set(part.call, made);
    return made;
  };
  const complete = (call: Call, input: unknown): void => {
    open.delete(call);
    const source = typeof input === 'string' ? input : JSON.stringify(input ?? {});
    call.pieces = [];
    if (call.blocks.some((block) => block.source === source)) return;
    const block: Block = {
      proposal: { kind: 'tool-call', name: call.name, input: parsed(source) },
      source,
      refusal: undefined,
    };
    call.blocks.push(block);
    judge.add(block);
  };
  const ownInput = (call: Call): unknown => (call.pieces.length > 0 ? call.pieces.join('') : call.input);

  const takePart = (part: CallPart): Call => {
    const call = (part.single === true ? undefined : byPosition.get(part.call)) ?? create(part);
    if (part.name !== undefined && part.name !== '') call.name = part.name;
    if (part.piece !== undefined && part.piece !== '') call.pieces.push(part.piece);
    if (part.input !== undefined) call.input = part.input;
    if (part.complete === true) complete(call, part.input ?? ownInput(call));
    return call;
  };
  const at = (call: Call, position: string): boolean => call.call === position || call.call.startsWith(`${position}.`);

  return {
    take: (parts) => parts.map(takePart),
    close(positions) {
      if (open.size === 0 || (positions !== 'all' && positions.length === 0)) return;
      for (const call of open)
        if (positions === 'all' || positions.some((position) => at(call, position))) complete(call, ownInput(call));
    },
    verdicts: (own) => ({
      refusal: (position) => (own.find(({ call }) => call === position) ?? byPosition.get(position))?.refusal(),
      allows: (position) =>
        all.some((call) => (position === undefined || at(call, position)) && call.refusal() === undefined),
    }),
  };
}

function parsed(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return source;
  }
}
