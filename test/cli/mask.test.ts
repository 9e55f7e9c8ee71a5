// scrim mask: text and JSON lines, as they come.

import { writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { collect, jsonLines, runScrim, startScrimCommand } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const secret = makeSecret('aws-access-key-id', 'mask');
const key = makeSecret('private-key', 'mask');
const folder = temporaryFolder();
const dataDir = ['--data-dir', join(folder.path, 'data')];
const mask = [...dataDir, '--policy', join(folder.path, 'none.yaml'), 'mask'];

afterAll(() => folder.remove());

test('a text, from stdin and from a file', async () => {
  const text = `export AWS_KEY=${secret}\r\nnaïve 👩‍👩‍👧‍👦 ${key}\ttail without a line end`;
  const first = await runScrim(mask, { input: text });
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(
    /^export AWS_KEY=AKIAMASKED_AWS_[0-9a-f]{8}\r\nnaïve 👩‍👩‍👧‍👦 -----BEGIN PRIVATE KEY-----\nMASKED_PRIVATE_KEY_[0-9a-f]{8}\n-----END PRIVATE KEY-----\n\ttail without a line end$/u,
  );
  const file = join(folder.path, 'input.txt');
  await writeFile(file, text);
  // The same value has the same placeholder, in another run too.
  expect(await runScrim([...mask, file])).toMatchObject({ code: 0, out: first.out });
});

test('bytes that are no text come out as they went in', async () => {
  const bytes = Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7) % 256));
  const child = startScrimCommand(mask);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stdin.end(bytes);
  await once(child, 'close');
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
});

test('what is final comes out before the input ends', async () => {
  const child = startScrimCommand(mask);
  const heard = (async () => {
    const [part] = (await once(child.stdout, 'data')) as [Buffer];
    return part.toString();
  })();
  child.stdin.write(`the key is ${secret} and then the text goes on. `);
  expect(await heard).toMatch(/^the key is AKIAMASKED_AWS_[0-9a-f]{8} and/);
  const rest = collect(child, 'The end.');
  expect((await rest).out).toMatch(/The end\.$/);
});

test('JSON lines, with the place of each finding in the input', async () => {
  const texts = [`😀 it is ${secret}.`, 'nothing', `${secret} ${makeSecret('github-classic', 'mask')}`, ''];
  const input = texts.map((text, id) => `${JSON.stringify({ id: `n${id}`, text })}\n`).join('');
  const { code, out, err } = await runScrim([...mask, '--format', 'jsonl'], { input: `\n${input}` });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = jsonLines<{
    id: string;
    text: string;
    findings: { rule: string; kind: string; start: number; end: number }[];
  }>(out);
  expect(lines.map(({ id }) => id)).toEqual(['n0', 'n1', 'n2', 'n3']);
  expect(lines[0]).toMatchObject({ text: expect.stringMatching(/^😀 it is AKIAMASKED_AWS_[0-9a-f]{8}\.$/u) as string });
  expect(lines[0]?.findings).toMatchObject([{ rule: 'aws-access-key-id', kind: 'aws' }]);
  for (const [i, { findings }] of lines.entries())
    for (const { start, end } of findings) expect(secret + texts[2]!).toContain(texts[i]!.slice(start, end));
  expect(texts[0]!.slice(lines[0]!.findings[0]!.start, lines[0]!.findings[0]!.end)).toBe(secret.slice(4));
  expect(lines[1]).toEqual({ id: 'n1', text: 'nothing', findings: [] });
  expect(lines[2]?.findings).toHaveLength(2);
});

test('a JSON line comes out before the next one goes in; one that is none ends it with 2', async () => {
  const child = startScrimCommand([...mask, '--format', 'jsonl']);
  for (const id of [1, 2]) {
    const heard = once(child.stdout, 'data') as Promise<[Buffer]>;
    child.stdin.write(`${JSON.stringify({ id, text: secret })}\n`);
    expect(JSON.parse((await heard)[0].toString())).toMatchObject({ id });
  }
  const { code, err } = await collect(child, `not JSON, but ${secret}\n`);
  expect(code).toBe(2);
  expect(err).not.toContain(secret.slice(4));
});

test('the policy decides: rules, allow list, placeholder', async () => {
  const file = join(folder.path, 'policy.yaml');
  await writeFile(
    file,
    `version: 1
masking:
  placeholder: "***MASKED:{rule}***"
  rules: [{ id: ticket, regex: "ACME-[0-9]{6}", kind: identifier }]
  allow: ["${makeSecret('aws-access-key-id', 'allowed')}"]
`,
  );
  const allowed = makeSecret('aws-access-key-id', 'allowed');
  expect((await runScrim([...dataDir, 'mask', '--policy', file], { input: `${allowed} ` })).out).toBe(`${allowed} `);
  const input = `ACME-123456 and ${secret}.`;
  const flags = [...dataDir, 'mask', '--policy', file];
  expect((await runScrim(flags, { input })).out).toMatch(
    /^\*\*\*MASKED:ticket\*\*\* and (AKIA)?\*\*\*MASKED:aws-access-key-id\*\*\*\.$/,
  );
});

test('a reader that goes away ends it quietly', async () => {
  const child = startScrimCommand(mask);
  let err = '';
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.write('first. '.repeat(1_000));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const closed = once(child, 'exit');
  const feed = (): void => {
    while (child.stdin.writable && child.stdin.write('more. '.repeat(10_000)));
    child.stdin.once('drain', feed);
  };
  feed();
  await closed;
  expect(err).not.toMatch(/^\s+at /m);
});
