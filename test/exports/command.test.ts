// The commands as a user runs them, over a log that a real proxy wrote while secrets went through it every way there is.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportFormats } from '../../src/exports/format.ts';
import { ask } from '../support/http-client.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import {
  jsonLines,
  runScrim,
  startScrim,
  startScrimCommand,
  type CommandResult,
  type ScrimProcess,
} from '../support/scrim.ts';
import { makeSecret, secretKinds } from '../support/secrets.ts';

// Formats that a rule knows wherever they stand.
const kinds = secretKinds.filter((kind) => !['aws-secret-access-key', 'url-password', 'private-key'].includes(kind));
const inBody = kinds.map((kind) => makeSecret(kind, `export body ${kind}`));
const inUrl = makeSecret('github-classic', 'export url');
const inAnswer = makeSecret('aws-access-key-id', 'export answer');
const inHeader = makeSecret('openai-project', 'export header');
const canaries = [...inBody, inUrl, inAnswer, inHeader];

let server: Playback;
let scrim: ScrimProcess;
const command = (...words: string[]): Promise<CommandResult> => scrim.command(...words);

beforeAll(async () => {
  server = await startPlayback({ secret: inAnswer });
  scrim = await startScrim({ policy: `version: 1\nproviders: { local: "${server.origin}" }\n` });
  for (let i = 0; i < 3; i++) {
    const reply = await ask(`${scrim.gateway}/local/v1/chat/completions?key=${inUrl}`, {
      headers: { authorization: `Bearer ${inHeader}`, 'user-agent': `=client,${i}/1.0 (${inUrl})` },
      body: JSON.stringify({
        stream: true,
        model: 'gpt-5',
        messages: inBody.map((content) => ({ role: 'user', content })),
      }),
    });
    expect(reply.status).toBe(200);
  }
});
afterAll(async () => {
  await scrim[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** In whatever form: as it is, in base64 at each of its three alignments, in hex, percent-encoded. */
function traces(text: string): string[] {
  return canaries.flatMap((canary) => {
    const bytes = Buffer.from(canary);
    const base64 = [0, 1, 2].map((skip) =>
      bytes
        .subarray(skip, skip + 24)
        .toString('base64')
        .replace(/=+$/, ''),
    );
    return [canary, canary.slice(4, 28), ...base64, bytes.toString('hex'), encodeURIComponent(canary)].filter((form) =>
      text.includes(form),
    );
  });
}

test('the search for traces finds what is there', () => {
  expect(traces(`x ${Buffer.from(`ab${inUrl}`).toString('base64')} y`)).not.toEqual([]);
  expect(traces(inAnswer)).not.toEqual([]);
});

describe.each(exportFormats)('scrim sessions export --format %s', (format) => {
  test('writes the log to stdout, and nothing raw', async () => {
    const { code, out, err } = await command('sessions', 'export', '--format', format);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('chat/completions');
    expect(out).toContain('gpt-5');
    expect(traces(out)).toEqual([]);
  });
});

test.each(['md', 'html'])('scrim sessions report --format %s holds nothing raw', async (format) => {
  const { code, out } = await command('sessions', 'report', '--since', '1d', '--format', format);
  expect(code).toBe(0);
  expect(out).toMatch(/records of the log were verified/);
  expect(out).toContain('aws-access-key-id');
  expect(traces(out)).toEqual([]);
});

test('scrim sessions report --format pdf is a PDF; any other format is refused', async () => {
  expect((await command('sessions', 'report', '--format', 'pdf')).out.startsWith('%PDF-')).toBe(true);
  expect(await command('sessions', 'report', '--format', 'doc')).toMatchObject({ code: 2, out: '' });
});

test('an exported log is verified elsewhere, and a changed one is not', async () => {
  const { out } = await command('sessions', 'export');
  const file = join(scrim.folder, 'elsewhere.jsonl');
  await writeFile(file, out);
  const verify = () => runScrim(['sessions', 'verify', file, '--data-dir', join(scrim.folder, 'none')]);
  expect(await verify()).toMatchObject({ code: 0 });
  await writeFile(file, out.replace('"gpt-5"', '"gpt-6"'));
  expect(await verify()).toMatchObject({ code: 1 });
});

test('a period and a session choose what is exported', async () => {
  const ids = async (...words: string[]): Promise<string[]> => {
    const { out } = await command('sessions', 'export', ...words);
    return jsonLines<{ record: { kind: string; id: string; session: string } }>(out)
      .filter(({ record }) => record.kind === 'exchange')
      .map(({ record }) => `${record.session} ${record.id}`);
  };
  const all = await ids();
  expect(all.length).toBe(3);
  expect(await ids('--since', '1h')).toEqual(all);
  expect(await ids('--until', '1h')).toEqual([]);
  expect(await ids('--since', '2000-01-01', '--until', '2001-01-01')).toEqual([]);
  const session = all[0]!.split(' ')[0]!;
  expect(await ids('--session', session)).toEqual(all.filter((each) => each.startsWith(`${session} `)));
});

test.each([
  [['--format', 'xml'], 2, 'one of jsonl, csv, har, ocsf, cef'],
  [['--since', 'yesterday'], 2, 'such as 12h or 30d'],
  [['--since', '1h', '--until', '2h'], 2, 'before that of --until'],
  [['--to', 'ftp://x'], 2, 'such as syslog+tls://'],
  [['--to', 'https://hooks.example.com'], 2, 'SCRIM_EXPORT_SECRET'],
  [['--to', 'syslog+tcp://127.0.0.1', '--format', 'har'], 2, 'jsonl, ocsf or cef'],
  [['--session', 'nobody'], 1, 'scrim sessions list'],
] as const)('%j is refused, with what to write', async (words, code, message) => {
  const { code: ended, err, out } = await command('sessions', 'export', ...words);
  expect({ ended, out }).toEqual({ ended: code, out: '' });
  expect(err).toContain(message);
});

test('--to sends what is there, and --live what comes', async () => {
  let body = '';
  let wake: () => void = () => undefined;
  const hook = createServer((request, response) => {
    request.on('data', (part: Buffer) => {
      body += part.toString();
      wake();
    });
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const exchanges = (): number =>
    jsonLines<{ record: { kind: string } }>(body).filter(({ record }) => record.kind === 'exchange').length;
  const arrived = async (count: number): Promise<void> => {
    while (!body.endsWith('\n') || exchanges() < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  const to = ['--to', `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`];
  const env = { SCRIM_EXPORT_SECRET: 'a secret of the test' };
  const words = ['sessions', 'export', '--data-dir', scrim.dataDir, ...to];
  expect(await runScrim(words, { env })).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^\d+ messages sent/) as string,
  });
  expect(exchanges()).toBe(3);
  expect(traces(body)).toEqual([]);

  body = '';
  const live = startScrimCommand([...words, '--since', '1h', '--live'], { env });
  const exited = once(live, 'exit');
  await arrived(3);
  expect((await ask(`${scrim.gateway}/local/v1/chat/completions`)).status).toBe(200);
  await arrived(4);
  live.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  hook.close();
});
