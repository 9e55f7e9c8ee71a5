// The exchange machine without sockets: a response goes in as bytes, what a client and the log would get comes out.

import { createHash } from 'node:crypto';
import type { Command, ExchangeEvent } from '../../src/exchange/events.ts';
import { createExchange, type Exchange } from '../../src/exchange/machine.ts';
import type { ExchangeSetup } from '../../src/exchange/setup.ts';
import type { RequestHead } from '../../src/http/head.ts';
import { createMasking, type Masking, type MaskingOptions } from '../../src/masking/masking.ts';
import { dialectFor } from '../../src/wire/dialects.ts';

export function masking(options: Partial<MaskingOptions> = {}): Masking {
  return createMasking({
    placeholder: 'word',
    packs: ['secrets'],
    keys: ['password'],
    env: [],
    rules: [],
    allow: [],
    knownValues: [],
    fingerprint: (value) => createHash('sha256').update(value).digest('hex'),
    ...options,
  });
}

const usual = masking();

export interface ExchangeOptions extends Partial<Omit<ExchangeSetup, 'head' | 'dialect'>> {
  readonly path?: string;
  readonly method?: string;
  /** Name, value, name, value … */
  readonly headers?: readonly string[];
}

export function requestHead(options: ExchangeOptions = {}): RequestHead {
  return {
    method: options.method ?? 'POST',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path: options.path ?? '/v1/chat/completions',
    httpVersion: '1.1',
    headers: options.headers ?? ['Host', 'api.example.com', 'Content-Type', 'application/json'],
  };
}

export function startExchange(options: ExchangeOptions = {}): Exchange {
  const head = requestHead(options);
  // The options of the head come along; the machine knows nothing of them.
  const setup: ExchangeSetup = {
    dialect: dialectFor(head.path),
    masking: () => usual,
    observe: false,
    requests: 'pass',
    passUnreadable: false,
    canDecode: () => true,
    keepAlive: 10_000,
    risk: undefined,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    ...options,
    head,
  };
  return createExchange(setup);
}

type Close = Extract<Command, { type: 'record-closed' }>['closed'];

export interface Outcome {
  readonly commands: readonly Command[];
  readonly head: { readonly status: number; readonly headers: readonly string[] } | undefined;
  readonly body: Buffer;
  /** Cleanly ended, reset, or neither yet. */
  readonly end: 'end' | 'reset' | undefined;
  readonly closed: Close | undefined;
  readonly findings: readonly { readonly rule: string; readonly channel: string }[];
  /** Text of the log by channel. */
  readonly log: Readonly<Record<string, string>>;
}

export function outcomeOf(commands: readonly Command[]): Outcome {
  const parts: Buffer[] = [];
  const log: Record<string, string> = {};
  let head: Outcome['head'];
  let end: Outcome['end'];
  let closed: Close | undefined;
  const findings: { rule: string; channel: string }[] = [];
  for (const command of commands) {
    if (command.type === 'respond') head = command.head;
    if (command.type === 'send-client') parts.push(Buffer.from(command.data as Uint8Array));
    if (command.type === 'end-client') end = 'end';
    if (command.type === 'reset-client') end = 'reset';
    if (command.type === 'record-closed') closed = command.closed;
    if (command.type === 'record-findings') findings.push(...command.findings);
    if (command.type === 'record-pieces')
      for (const { channel, text } of command.pieces) log[channel] = (log[channel] ?? '') + text;
  }
  return { commands, head, body: Buffer.concat(parts), end, closed, findings, log };
}

export interface Response {
  readonly status?: number;
  /** Content type; none when empty. */
  readonly type: string;
  readonly headers?: readonly string[];
  readonly body: Buffer | string;
}

/** The whole exchange: an empty request, then the response in parts that end at `cuts`. */
export function exchangeOf(
  options: ExchangeOptions,
  { status = 200, type, headers = [], body }: Response,
  cuts: readonly number[] = [],
): Outcome {
  const exchange = startExchange(options);
  const commands = [...exchange.begin(), ...exchange.step({ type: 'request-end', trailers: [], at: 1 })];
  const typeHeaders = type === '' ? [] : ['Content-Type', type];
  const head = { status, statusText: '', headers: [...typeHeaders, ...headers] };
  commands.push(...exchange.step({ type: 'response-head', head, at: 2 }));
  let at = 3;
  for (const bytes of cutAt(Buffer.from(body as string), cuts)) {
    commands.push(...exchange.step({ type: 'response-bytes', bytes, at }));
    at++;
  }
  commands.push(...exchange.step({ type: 'response-end', trailers: [], at }));
  return outcomeOf(commands);
}

/** The parts of `body` between the positions; positions outside it do not count. */
export function cutAt(body: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts)].filter((cut) => cut > 0 && cut < body.length).sort((a, b) => a - b);
  return [0, ...places].map((from, i) => body.subarray(from, places[i] ?? body.length));
}

/** Cuts every `size` bytes. */
export function everyBytes(body: Buffer, size: number): number[] {
  return Array.from({ length: Math.floor(body.length / size) }, (_, i) => (i + 1) * size);
}

/** A machine's answers to events, as one list. */
export function play(exchange: Exchange, ...events: readonly ExchangeEvent[]): Command[] {
  return events.flatMap((event) => exchange.step(event));
}

/** Events as a body of server-sent events. */
export function sse(...events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
}

/** The JSON events that the client got; the exchange must not have failed. */
export function readEvents(outcome: Outcome): Record<string, unknown>[] {
  if (outcome.closed?.failure !== null)
    throw new Error(`The exchange failed: ${outcome.closed?.failure ?? 'not over'}.`);
  return outcome.body
    .toString()
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as Record<string, unknown>);
}

/** What the client gets of a stream of these events. */
export function streamEvents(path: string, ...events: readonly object[]): Record<string, unknown>[] {
  return readEvents(exchangeOf({ path }, { type: 'text/event-stream', body: sse(...events) }));
}
