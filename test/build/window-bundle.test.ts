// What the window's bundle weighs, and what is fetched only when a screen needs it.

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, expect, test } from 'vitest';

const config = fileURLToPath(new URL('../../build/window.config.ts', import.meta.url));

let chunks: Map<string, Rolldown.OutputChunk>;
let styles: number;

beforeAll(async () => {
  const made = (await build({
    configFile: config,
    logLevel: 'error',
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  chunks = new Map(made.output.flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each]] : [])));
  styles = made.output
    .filter((each) => each.fileName.endsWith('.css'))
    .reduce((sum, each) => sum + gzipSync(each.type === 'asset' ? each.source : '').length, 0);
}, 120_000);

const holds = (chunk: Rolldown.OutputChunk, packages: RegExp): boolean =>
  chunk.moduleIds.some((id) => packages.test(id));
const weight = (some: Iterable<Rolldown.OutputChunk>): number =>
  [...some].reduce((sum, { code }) => sum + gzipSync(code).length, 0);

/** A chunk with everything that the browser has to have before it runs. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const imported of chunks.get(name)?.imports ?? []) withImports(imported, seen);
  return seen;
}

const editor = /node_modules\/(@codemirror|@lezer|codemirror|style-mod|w3c-keyname|crelt)\//;

test('all screens together are at most 400 KB, gzipped, without the editor', () => {
  const rest = [...chunks.values()].filter((chunk) => !holds(chunk, editor));
  expect((weight(rest) + styles) / 1000).toBeLessThan(400);
});

test('the first screen comes without editor, charts and schemas', () => {
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry)?.fileName ?? '';
  const first = [...withImports(entry)].flatMap((name) => chunks.get(name) ?? []);
  expect(first.length).toBeGreaterThan(0);
  for (const chunk of first)
    expect(holds(chunk, new RegExp(`${editor.source}|/chart\\.js/|/zod/`)), chunk.fileName).toBe(false);
  expect(weight(first) / 1000).toBeLessThan(120);
});

test('no screen brings the editor before it shows code', () => {
  const screens = [...chunks.values()].filter(({ facadeModuleId }) =>
    /views\/\w+\/[A-Z]\w+\.svelte$/.test(facadeModuleId ?? ''),
  );
  expect(screens.length).toBeGreaterThan(8);
  for (const { fileName } of screens) {
    const needed = [...withImports(fileName)].flatMap((name) => chunks.get(name) ?? []);
    expect(
      needed.some((chunk) => holds(chunk, editor)),
      fileName,
    ).toBe(false);
  }
});
