// Canary secrets of many kinds, each with parts of its own, and a search for them in every form in which a file may hold them.

import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brotliDecompressSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { classOf, sketchParts } from '../../src/masking/sketch.ts';

export interface Canary {
  readonly kind: string;
  /** The way it was sent. */
  readonly way: string;
  /** As it is written: the secret with the words around it that some kinds need. */
  readonly text: string;
}

/** All searches are for so many characters. */
const width = 12;

/** Rules of different vendors; their sketches hold a run that is long enough to be recognised. */
const sketches = new Map<string, string>();
for (const { kind, pack, certainty, examples } of catalogue) {
  const long = examples.find((sketch) => recognisable(sketchOf(sketch, 'probe')) !== undefined);
  if (pack === 'secrets' && certainty === 'format' && long !== undefined && !sketches.has(kind))
    sketches.set(kind, long);
}

export const canaryKinds: readonly string[] = [...sketches.keys()];

export function makeCanary(kind: string, way: string): Canary {
  return { kind, way, text: sketchOf(sketches.get(kind) ?? '', `${kind} ${way}`) };
}

/** A text of the sketch, its runs from the seed. */
function sketchOf(sketch: string, seed: string): string {
  let block = 0;
  let bytes = Buffer.alloc(0);
  const byte = (): number => {
    if (bytes.length === 0) bytes = createHash('sha256').update(`${seed} ${block++}`).digest();
    const first = bytes[0] ?? 0;
    bytes = bytes.subarray(1);
    return first;
  };
  return sketchParts(sketch, false)
    .map((part) => {
      if (typeof part === 'string') return part;
      const { sample } = classOf(part.letter);
      // Its end is letters and digits, so that it is recognised in every form; before that, whatever the kind may have.
      const simple = sample.replaceAll(/[^A-Za-z0-9]/g, '');
      return Array.from({ length: part.count }, (_, i) => {
        const letters = i < part.count - width - 4 ? sample : simple;
        return letters.charAt(byte() % letters.length);
      }).join('');
    })
    .join('');
}

/** The end of the longest run of letters and digits: what is public stands in front. */
function recognisable(text: string): string | undefined {
  const runs = (text.match(/[A-Za-z0-9]+/g) ?? []).sort((a, b) => b.length - a.length);
  return (runs[0]?.length ?? 0) >= width + 4 ? runs[0]?.slice(-width) : undefined;
}

export interface Leak {
  readonly kind: string;
  readonly way: string;
  readonly form: string;
  /** The file, and what of it was opened to see it. */
  readonly where: string;
}

interface Needles {
  readonly byText: ReadonlyMap<string, Omit<Leak, 'where'>>;
  /** Marks the hash of each needle's first four bytes: most places of a file are passed by a look at it. */
  readonly marks: Uint8Array;
}

const hashAt = (bytes: Buffer, at: number): number =>
  (Math.imul(bytes.readUInt32LE(at), 0x9e37_79b1) >>> 10) & 0x3f_ffff;

function needlesOf(canaries: readonly Canary[]): Needles {
  const needles = new Map<string, Omit<Leak, 'where'>>();
  for (const { kind, way, text } of canaries) {
    const part = recognisable(text) ?? '';
    const add = (form: string, needle: string): void => {
      if (needle.length >= width) needles.set(needle.slice(0, width), { kind, way, form });
    };
    add('plain', part);
    add('lower case', part.toLowerCase());
    for (let shift = 0; shift < 3; shift++) {
      // What stands before it is not known, so the characters that it shares with that are left out.
      const base64 = Buffer.from(`${'\0'.repeat(shift)}${part}`)
        .toString('base64')
        .slice(shift === 0 ? 0 : shift + 1);
      add('base64', base64);
      add('base64url', base64.replaceAll('+', '-').replaceAll('/', '_'));
    }
    const hex = Buffer.from(part).toString('hex');
    add('hex', hex);
    add('hex', hex.toUpperCase());
  }
  const marks = new Uint8Array(0x40_0000);
  for (const needle of needles.keys()) marks[hashAt(Buffer.from(needle, 'latin1'), 0)] = 1;
  return { byText: needles, marks };
}

/** Every canary that some file below the folder holds; each kind, way, form and place is told once. */
export async function findCanaries(folder: string, canaries: readonly Canary[]): Promise<Leak[]> {
  const needles = needlesOf(canaries);
  const leaks = new Map<string, Leak>();
  const found = (where: string, leak: Omit<Leak, 'where'>): void => {
    leaks.set(JSON.stringify([leak, where]), { ...leak, where });
  };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const where = relative(folder, path);
    look(where, Buffer.from(where), needles, found, 0);
    if (!entry.isFile()) continue;
    const bytes = await readFile(path);
    look(where, bytes, needles, found, 0);
    if (bytes.subarray(0, 15).toString() === 'SQLite format 3') await lookInDatabase(path, where, needles, found);
  }
  return [...leaks.values()];
}

type Found = (where: string, leak: Omit<Leak, 'where'>) => void;

function look(where: string, bytes: Buffer, needles: Needles, found: Found, depth: number): void {
  for (const [form, reading] of readings(bytes))
    for (let at = 0; at + width <= reading.length; at++) {
      if (needles.marks[hashAt(reading, at)] === 0) continue;
      const leak = needles.byText.get(reading.toString('latin1', at, at + width));
      if (leak !== undefined) found(where, form === '' ? leak : { ...leak, form: `${form}, ${leak.form}` });
    }
  if (depth < 3)
    for (const [form, inner] of unpacked(bytes)) look(`${where} > ${form}`, inner, needles, found, depth + 1);
}

/** As it stands, and without what only wraps each character. */
function* readings(bytes: Buffer): Generator<readonly [string, Buffer]> {
  yield ['', bytes];
  const text = bytes.toString('latin1');
  const character = (_: string, hex: string): string => String.fromCharCode(parseInt(hex, 16));
  if (text.includes('%'))
    yield ['URL-encoded', Buffer.from(text.replaceAll(/%([0-9A-Fa-f]{2})/g, character), 'latin1')];
  if (text.includes('\\u00'))
    yield ['JSON-escaped', Buffer.from(text.replaceAll(/\\u00([0-9A-Fa-f]{2})/g, character), 'latin1')];
  if (text.includes('\0')) yield ['UTF-16', bytes.filter((byte) => byte !== 0) as Buffer];
}

const maxOutputLength = 64 * 1024 * 1024;

/** Whatever begins somewhere in the bytes as a compressed stream does. */
function* unpacked(bytes: Buffer): Generator<readonly [string, Buffer]> {
  const attempt = (work: () => Buffer): Buffer | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  const tails: readonly (readonly [string, readonly number[], (tail: Buffer) => Buffer])[] = [
    // Without its head of ten bytes: what stands behind its end must not count as damage.
    ['gzip', [0x1f, 0x8b, 0x08, 0], (tail) => inflateRawSync(tail.subarray(10), { maxOutputLength })],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd], (tail) => zstdDecompressSync(tail, { maxOutputLength })],
    ['deflate', [0x78, 0x01], (tail) => inflateSync(tail, { maxOutputLength })],
    ['deflate', [0x78, 0x9c], (tail) => inflateSync(tail, { maxOutputLength })],
    ['deflate', [0x78, 0xda], (tail) => inflateSync(tail, { maxOutputLength })],
  ];
  for (const [form, magic, unpack] of tails) {
    for (let at = bytes.indexOf(Buffer.from(magic)); at >= 0; at = bytes.indexOf(Buffer.from(magic), at + 1)) {
      const inner = attempt(() => unpack(bytes.subarray(at)));
      if (inner !== undefined) yield [form, inner];
    }
  }
  // It has no mark: only what is nothing else besides.
  const brotli =
    bytes.length < 1024 * 1024 ? attempt(() => brotliDecompressSync(bytes, { maxOutputLength })) : undefined;
  if (brotli !== undefined && brotli.length > 0) yield ['brotli', brotli];
}

/** A long value is cut over pages, so each is read as the database gives it; what is deleted stands in the pages alone. */
async function lookInDatabase(path: string, where: string, needles: Needles, found: Found): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'scrim-canaries-'));
  try {
    const copy = join(folder, basename(path));
    await copyFile(path, copy);
    await copyFile(`${path}-wal`, `${copy}-wal`).catch(() => undefined);
    const database = new DatabaseSync(copy);
    for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) {
      const table = String(name);
      const rows = database.prepare(`SELECT * FROM "${table}"`);
      rows.setReadBigInts(true);
      for (const row of rows.iterate())
        for (const [column, value] of Object.entries(row)) {
          const bytes = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
          look(`${where} > ${table}.${column}`, bytes, needles, found, 0);
        }
    }
    database.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
