// Recorded provider answers and client requests (test/fixtures), with a secret put in when they are loaded: the files
// themselves hold no token-shaped string. `{{secret:3-9}}` is characters 3 to 9 of a secret of 20; the file's splits stay where they are.

import { readdirSync, readFileSync } from 'node:fs';

export interface RecordedStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as the provider wrote it. */
  readonly chunks: readonly string[];
}

interface StreamFile {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly chunks: string[];
}

export interface RecordedClientRequest {
  readonly httpVersion: '1.1' | '2.0';
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Name and value as sent, in order; HTTP/2 pseudo-headers included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: unknown;
}

/** The length that the splits of the files are made for. A secret of another length is split at the same places, its last part taking the rest. */
const SPLIT_FOR = 20;

const folder = new URL('../fixtures/', import.meta.url);

function namesIn(kind: 'streams' | 'requests'): string[] {
  return readdirSync(new URL(`${kind}/`, folder)).map((file) => file.replace(/\.json$/, ''));
}

/** `openai-chat-text`, `gemini-sse-tool`, …: provider and API, then scenario. */
export function streamNames(): string[] {
  return namesIn('streams');
}

export function requestNames(): string[] {
  return namesIn('requests');
}

/** @throws when there is no such file */
export function loadStream(name: string, secret: string): RecordedStream {
  const file = JSON.parse(readFileSync(new URL(`streams/${name}.json`, folder), 'utf8')) as StreamFile;
  const chunks = file.chunks.map((chunk) => putSecret(chunk, secret));
  return { status: file.status, headers: file.headers, chunks, body: Buffer.from(chunks.join('')) };
}

/** A request as a real client sent it; its long prompts are shortened. `key` stands where the client's key stood. */
export function loadRequest(name: string, key: string): RecordedClientRequest {
  const text = readFileSync(new URL(`requests/${name}.json`, folder), 'utf8');
  return JSON.parse(text.replaceAll('{{key}}', key)) as RecordedClientRequest;
}

function putSecret(chunk: string, secret: string): string {
  // "@2": inside JSON inside a JSON string, as tool arguments are.
  return chunk.replace(/\{\{secret:(\d+)-(\d+)(@2)?\}\}/g, (_, from: string, to: string, nested?: string) => {
    const part = secret.slice(Number(from), Number(to) === SPLIT_FOR ? undefined : Number(to));
    const source = jsonSource(part);
    return nested === undefined ? source : jsonSource(source);
  });
}

function jsonSource(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
