// A passphrase or a key from a person, unseen, or from a file descriptor. Never from an argument or a variable, where other
// processes could read it.

import { closeSync, openSync, read, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { KeychainError } from './secret-store.ts';

/** Bytes, of what is typed or comes through a descriptor. */
const maxLine = 4_096;

export interface PassphraseSource {
  /** `--keys-passphrase-fd`; else `SCRIM_KEYS_PASSPHRASE_FD`; else the terminal is asked. */
  readonly descriptor?: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Asks once, however often it is called; a new passphrase is typed twice. Rejects with `passphrase`. */
export function passphraseFrom({
  descriptor,
  env,
}: PassphraseSource): (purpose: 'open' | 'choose') => Promise<Uint8Array> {
  let given: Promise<Uint8Array> | undefined;
  const ask = async (purpose: 'open' | 'choose'): Promise<Uint8Array> => {
    const told = descriptor ?? descriptorIn(env);
    return told === undefined ? typed(purpose) : lineFrom(told);
  };
  return (purpose) => (given ??= ask(purpose));
}

async function typed(purpose: 'open' | 'choose'): Promise<Uint8Array> {
  const first = await askHidden(purpose === 'open' ? 'Passphrase of the keys: ' : 'New passphrase for the keys: ');
  if (purpose === 'open' || first.equals(await askHidden('The same again: '))) return first;
  throw new KeychainError('passphrase', 'Start again and type the same passphrase twice.');
}

/** One line from the terminal that is not shown. Rejects with `passphrase` when there is no terminal, or on Ctrl-C. */
export async function askHidden(question: string): Promise<Buffer> {
  const terminal = openTerminal();
  if (terminal === undefined) {
    throw new KeychainError(
      'passphrase',
      'Pass the passphrase through a file descriptor, with --keys-passphrase-fd: there is no terminal to ask on.',
    );
  }
  const { input, show, close } = terminal;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let line = Buffer.alloc(0);
  try {
    input.setRawMode(true);
    show(question);
    input.on('error', reject);
    input.on('end', () => reject(new Error('closed')));
    input.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        // Enter; Ctrl-C and Ctrl-D; Backspace (a whole character, continuation bytes too); Ctrl-U.
        if (byte === 0x0d || byte === 0x0a) return resolve(line);
        if (byte === 0x03 || byte === 0x04) return reject(new Error('cancelled'));
        if (byte === 0x7f || byte === 0x08) line = withoutLast(line);
        else if (byte === 0x15) line = line.subarray(0, 0);
        else if (byte >= 0x20 && line.length < maxLine) line = Buffer.concat([line, Buffer.of(byte)]);
      }
    });
    return await promise;
  } catch (cause) {
    throw new KeychainError('passphrase', 'Start again and type it to the end: nothing was changed.', { cause });
  } finally {
    input.setRawMode(false);
    show('\n');
    close();
  }
}

interface Terminal {
  readonly input: ReadStream;
  readonly show: (text: string) => void;
  readonly close: () => void;
}

/** The terminal itself, since standard input may carry the key that is to be kept. */
function openTerminal(): Terminal | undefined {
  if (process.platform === 'win32') {
    const { stdin, stderr } = process;
    const close = (): void => void stdin.pause().removeAllListeners('data');
    return stdin.isTTY ? { input: stdin, show: (text) => stderr.write(text), close } : undefined;
  }
  try {
    const output = openSync('/dev/tty', 'w');
    const input = new ReadStream(openSync('/dev/tty', 'r'));
    const close = (): void => {
      input.destroy();
      closeSync(output);
    };
    return { input, show: (text) => writeSync(output, text), close };
  } catch {
    return undefined;
  }
}

/** The first line, without its end. The descriptor is closed, so that no child of ours finds it. */
async function lineFrom(descriptor: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(maxLine + 2);
  let length = 0;
  try {
    for (;;) {
      const { bytesRead } = await promisify(read)(descriptor, buffer, length, buffer.length - length, null);
      length += bytesRead;
      const end = buffer.subarray(0, length).indexOf('\n');
      if (end >= 0) length = end;
      if (bytesRead === 0 || end >= 0 || length === buffer.length) break;
    }
    closeSync(descriptor);
  } catch (cause) {
    throw new KeychainError('passphrase', `Open file descriptor ${descriptor} for Scrim: it cannot be read.`, {
      cause,
    });
  }
  const line = buffer.subarray(0, length);
  const passphrase = line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  if (passphrase.length > 0 && passphrase.length <= maxLine) return passphrase;
  throw new KeychainError(
    'passphrase',
    `Write a passphrase of 1 to ${maxLine} bytes to file descriptor ${descriptor}.`,
  );
}

function descriptorIn(env: PassphraseSource['env']): number | undefined {
  const text = env['SCRIM_KEYS_PASSPHRASE_FD'];
  if (text === undefined || text === '') return undefined;
  if (/^[0-9]{1,4}$/.test(text)) return Number(text);
  throw new KeychainError('passphrase', 'Set SCRIM_KEYS_PASSPHRASE_FD to the number of an open file descriptor.');
}

function withoutLast(line: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  let end = line.length - 1;
  while (end > 0 && ((line[end] ?? 0) & 0xc0) === 0x80) end--;
  return line.subarray(0, Math.max(0, end));
}
