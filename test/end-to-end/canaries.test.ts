// Secrets of sixty kinds go every way that a request and a response have; afterwards no file that Scrim wrote holds one of them.

import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sse } from '../support/exchange.ts';
import { ask, type AskOptions } from '../support/http-client.ts';
import { startPlayback, type OwnAnswer, type Playback } from '../support/playback.ts';
import { startScrim, type ScrimProcess } from '../support/scrim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { canaryKinds, findCanaries, makeCanary, type Canary } from './canary-scan.ts';

const kinds = canaryKinds.slice(0, 60);
const all: Canary[] = [];

/** One of each kind for a way, remembered for the search. */
function canaries(way: string): Canary[] {
  const made = kinds.map((kind) => makeCanary(kind, way));
  all.push(...made);
  return made;
}

/** All kinds in one text. */
const textOf = (way: string): string =>
  canaries(way)
    .map(({ text }) => `Use ${text} here.`)
    .join('\n');

let playback: Playback;
let scrim: ScrimProcess;
let sent = 0;

beforeAll(async () => {
  playback = await startPlayback({ secret: 'unused', answer: json({ choices: [] }) });
  scrim = await startScrim({
    policy: `version: 1\nproviders: { local: "${playback.origin}" }\napproval: { timeout: 50ms }\n`,
  });
});

afterAll(async () => {
  await scrim.stop();
  await playback.close();
});

function json(value: unknown, headers: Record<string, string> = {}): OwnAnswer {
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

const chat = '/v1/chat/completions';

/** Sends it and waits until it is on record. */
async function send(path: string, options: AskOptions = {}, answer: OwnAnswer = json({ choices: [] })): Promise<void> {
  playback.play({ answer });
  await ask(`${scrim.gateway}/local${path}`, options);
  sent++;
  await scrim.nextEvent('exchange');
}

const post = (value: unknown): AskOptions => ({ body: JSON.stringify(value) });
const message = (content: unknown, more: object = {}): AskOptions =>
  post({ model: 'm', messages: [{ role: 'user', content }], ...more });
const events = (...data: object[]): OwnAnswer => ({
  headers: { 'content-type': 'text/event-stream' },
  body: `${sse(...data)}data: [DONE]\n\n`,
});
const delta = (part: object): object => ({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta: part }],
});
/** For each kind: headers that carry one of it each. */
const inHeaders = (names: readonly string[], way: string): Record<string, string>[] => {
  const made = names.map((name) => [name, canaries(`${way}, ${name}`)] as const);
  return kinds.map((_, i) => Object.fromEntries(made.map(([name, of]) => [name, of[i]?.text ?? ''])));
};
const inPieces = (text: string): string[] => text.match(/[\s\S]{1,7}/g) ?? [];

describe('the search finds what is planted', () => {
  const planted = kinds.map((kind) => makeCanary(kind, 'planted'));
  const text = planted.map((each) => each.text).join('\n');
  const forms: Record<string, Buffer> = {
    plain: Buffer.from(text),
    'base64 of all': Buffer.from(Buffer.from(text).toString('base64')),
    'base64, one byte on': Buffer.from(Buffer.from(`x${text}`).toString('base64')),
    'base64, two bytes on': Buffer.from(Buffer.from(`xx${text}`).toString('base64')),
    hex: Buffer.from(Buffer.from(text).toString('hex')),
    'URL-encoded': Buffer.from([...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join('')),
    'JSON-escaped': Buffer.from(
      [...Buffer.from(text)].map((byte) => `\\u00${byte.toString(16).padStart(2, '0')}`).join(''),
    ),
    'UTF-16': Buffer.from(text, 'utf16le'),
    gzip: Buffer.concat([Buffer.from('before'), gzipSync(text), Buffer.from('after')]),
    zstd: Buffer.concat([Buffer.from('before'), zstdCompressSync(text)]),
    deflate: deflateSync(text),
    brotli: brotliCompressSync(text),
    'gzip of base64': gzipSync(Buffer.from(text).toString('base64')),
  };

  test.each(Object.keys(forms))('%s', async (form) => {
    const folder = temporaryFolder();
    await mkdir(join(folder.path, 'below'));
    await writeFile(join(folder.path, 'below', 'file'), forms[form] ?? '');
    const found = await findCanaries(folder.path, planted);
    expect(new Set(found.map(({ kind }) => kind)).size).toBe(kinds.length);
    folder.remove();
  });

  test('in a database, over its pages, compressed, and as the name of a file', async () => {
    const folder = temporaryFolder();
    const database = new DatabaseSync(join(folder.path, 'some.db'));
    database.exec('CREATE TABLE t (a TEXT, b BLOB)');
    database.prepare('INSERT INTO t VALUES (?, NULL)').run(`${'-'.repeat(5000)}${text}`);
    database.prepare('INSERT INTO t VALUES (NULL, ?)').run(zstdCompressSync(text));
    database.close();
    await writeFile(join(folder.path, (planted[0]?.text ?? '').replaceAll('/', '')), '');
    const places = new Set((await findCanaries(folder.path, planted)).map(({ where }) => where));
    expect([...places]).toEqual(expect.arrayContaining(['some.db > t.a', 'some.db > t.b > zstd']));
    folder.remove();
  });
});

describe('ways', () => {
  const ways: Record<string, (way: string) => Promise<void>> = {
    'request: what the person says': (way) => send(chat, message(textOf(way))),
    'request: parts of a message': (way) => send(chat, message([{ type: 'text', text: textOf(way) }])),
    'request: arguments and results of tools': (way) =>
      send(
        chat,
        post({
          model: 'm',
          messages: [
            {
              role: 'assistant',
              tool_calls: [
                {
                  id: 'a',
                  type: 'function',
                  function: { name: 'f', arguments: JSON.stringify({ a: textOf(`${way}, arguments`) }) },
                },
              ],
            },
            { role: 'tool', tool_call_id: 'a', content: textOf(`${way}, result`) },
          ],
        }),
      ),
    'request: Anthropic tool use': (way) =>
      send(
        '/v1/messages',
        post({
          model: 'm',
          system: textOf(`${way}, system`),
          messages: [
            {
              role: 'assistant',
              content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: textOf(`${way}, input`) } }],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: textOf(`${way}, result`) }] },
          ],
        }),
      ),
    'request: names of keys': (way) => send(chat, post(Object.fromEntries(canaries(way).map(({ text }) => [text, 1])))),
    'request: model': async (way) => {
      for (const { text } of canaries(way)) await send(chat, post({ model: text, messages: [] }));
    },
    'request: form': (way) =>
      send('/v1/files', {
        body: new URLSearchParams(canaries(way).map(({ text }, i): [string, string] => [`a${i}`, text])).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    'request: text': (way) => send('/v1/files', { body: textOf(way), headers: { 'content-type': 'text/plain' } }),
    'request: multipart': (way) =>
      send('/v1/files', {
        body: `--b\r\ncontent-disposition: form-data; name="f"\r\n\r\n${textOf(way)}\r\n--b--\r\n`,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
    'request: gzip': (way) =>
      send(chat, {
        body: gzipSync(JSON.stringify({ model: 'm', messages: [{ content: textOf(way) }] })),
        headers: { 'content-encoding': 'gzip' },
      }),
    'request: not JSON, though it says so': (way) => send(chat, { body: `{"a": ${textOf(way)}` }),
    'request: a file as base64': (way) =>
      send(
        '/v1/messages',
        message([
          {
            type: 'document',
            source: { type: 'base64', media_type: 'text/plain', data: Buffer.from(textOf(way)).toString('base64') },
          },
        ]),
      ),
    'request: JSON in JSON': (way) => send(chat, message(JSON.stringify({ a: JSON.stringify({ b: textOf(way) }) }))),
    'request: headers': async (way) => {
      const names = [
        'authorization',
        'x-api-key',
        'cookie',
        'x-custom',
        'referer',
        'user-agent',
        'x-session-id',
        'x-request-id',
      ].concat(['openai-organization', 'anthropic-beta', 'x-stainless-lang', 'accept-language', 'traceparent']);
      for (const headers of inHeaders(names, way)) await send(chat, { ...message('hi'), headers });
    },
    'URL: query': async (way) => {
      for (const { text } of canaries(way)) await send(`${chat}?key=${encodeURIComponent(text)}&x=1`, message('hi'));
    },
    'URL: query without a telling name': async (way) => {
      for (const { text } of canaries(way)) await send(`${chat}?q=${encodeURIComponent(text)}`, message('hi'));
    },
    'URL: path': async (way) => {
      for (const { text } of canaries(way))
        await send(`/v1/files/${encodeURIComponent(text)}/content`, { method: 'GET' });
    },
    'URL: path, every character encoded': async (way) => {
      for (const { text } of canaries(way))
        await send(
          `/v1/files/${[...Buffer.from(text)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join('')}`,
          { method: 'GET' },
        );
    },
    'URL: model in the path': async (way) => {
      for (const { text } of canaries(way))
        await send(`/v1beta/models/${encodeURIComponent(text)}:generateContent`, post({ contents: [] }));
    },
    'response: text in pieces': (way) =>
      send(
        chat,
        message('hi', { stream: true }),
        events(...inPieces(textOf(way)).map((content) => delta({ content }))),
      ),
    'response: reasoning': (way) =>
      send(
        chat,
        message('hi', { stream: true }),
        events(...inPieces(textOf(way)).map((part) => delta({ reasoning_content: part }))),
      ),
    'response: arguments of a tool in pieces': (way) =>
      send(
        chat,
        message('hi', { stream: true }),
        events(
          delta({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'note', arguments: '' } }] }),
          ...inPieces(JSON.stringify({ text: textOf(way) })).map((part) =>
            delta({ tool_calls: [{ index: 0, function: { arguments: part } }] }),
          ),
        ),
      ),
    'response: a call that is held and refused': (way) => {
      const command = `rm -rf /srv/x; echo '${textOf(way)}'`;
      const call = {
        index: 0,
        id: 'c1',
        type: 'function',
        function: { name: 'bash', arguments: JSON.stringify({ command }) },
      };
      return send(chat, message('hi', { stream: true }), events(delta({ tool_calls: [call] }), delta({})));
    },
    'response: names and ids of tool calls': async (way) => {
      const names = canaries(`${way}, name`);
      for (const [i, { text }] of canaries(`${way}, id`).entries()) {
        const call = { index: 0, id: text, type: 'function', function: { name: names[i]?.text, arguments: '{"a":1}' } };
        await send(chat, message('hi', { stream: true }), events(delta({ tool_calls: [call] }), delta({})));
      }
    },
    'response: code that is held': (way) =>
      send(
        chat,
        message('hi', { stream: true }),
        events(
          ...inPieces(`Run:\n\`\`\`sh\nrm -rf /srv/x\n# ${textOf(way)}\n\`\`\`\n`).map((content) => delta({ content })),
        ),
      ),
    'response: whole JSON, gzip': (way) => {
      const body = gzipSync(JSON.stringify({ choices: [{ message: { content: textOf(way) } }] }));
      return send(chat, message('hi'), {
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body,
      });
    },
    'response: ids and other protocol of whole JSON': (way) =>
      send(
        chat,
        message('hi'),
        json(canaries(way).map(({ text }) => ({ id: text, model: text, system_fingerprint: text, signature: text }))),
      ),
    'response: ids and other protocol of a stream': (way) =>
      send(
        chat,
        message('hi', { stream: true }),
        events(
          ...canaries(way).map(({ text }) => ({
            ...delta({ content: 'a' }),
            id: text,
            model: text,
            system_fingerprint: text,
          })),
        ),
      ),
    'request: ids and other protocol': (way) =>
      send(
        chat,
        post({
          model: 'm',
          messages: canaries(way).map(({ text }) => ({
            role: text,
            tool_call_id: text,
            id: text,
            signature: text,
            type: text,
            name: text,
          })),
        }),
      ),
    'response: lines of JSON': (way) =>
      send('/api/chat', message('hi'), {
        headers: { 'content-type': 'application/x-ndjson' },
        body: inPieces(textOf(way))
          .map((content) => `${JSON.stringify({ message: { content } })}\n`)
          .join(''),
      }),
    'response: text': (way) =>
      send('/v1/files/1', { method: 'GET' }, { headers: { 'content-type': 'text/plain' }, body: textOf(way) }),
    'response: binary': (way) =>
      send(
        '/v1/files/1',
        { method: 'GET' },
        { headers: { 'content-type': 'application/octet-stream' }, body: textOf(way) },
      ),
    'response: an error': (way) =>
      send(chat, message('hi'), { status: 401, ...json({ error: { message: textOf(way) } }) }),
    'response: not JSON, though it says so': (way) =>
      send(chat, message('hi'), { headers: { 'content-type': 'application/json' }, body: `{"a": ${textOf(way)}` }),
    'response: names of events, comments and ids': (way) =>
      send(chat, message('hi', { stream: true }), {
        headers: { 'content-type': 'text/event-stream' },
        body: canaries(way)
          .map(
            ({ text }) =>
              `: ${text}\nevent: ${text}\nid: ${text}\ndata: {"type":${JSON.stringify(text)},"choices":[]}\n\n`,
          )
          .join(''),
      }),
    'response: an unknown shape': (way) =>
      send('/v1/other', message('hi'), events(...canaries(way).map(({ text }) => ({ [text]: { deep: [text] } })))),
    'response: headers': async (way) => {
      const names = [
        'set-cookie',
        'x-request-id',
        'location',
        'x-custom',
        'openai-organization',
        'www-authenticate',
        'retry-after',
        'server',
      ];
      for (const headers of inHeaders(names, way)) await send(chat, message('hi'), json({ choices: [] }, headers));
    },
  };

  test.each(Object.keys(ways))(
    '%s',
    async (way) => {
      await ways[way]?.(way);
      expect(all.length).toBeGreaterThanOrEqual(kinds.length);
    },
    120_000,
  );
});

test('no file holds any of them, in any form', async () => {
  expect(kinds.length).toBe(60);
  const status = await scrim.command('status', '--json');
  expect(JSON.parse(status.out)).toMatchObject({ exchanges: sent, open: 0 });
  // Not because nothing was recorded.
  expect(await scrim.filesWith(['MASKED', 'GITHUB', ''].join('_'))).not.toEqual([]);
  // Killed, so that the journal of the database stays, and nothing changes while it is read.
  scrim.process.kill('SIGKILL');
  await once(scrim.process, 'exit');
  const leaks = await findCanaries(scrim.dataDir, all);
  expect(leaks.map(({ way, form, where, kind }) => `${way} | ${form} | ${where} | ${kind}`).slice(0, 40)).toEqual([]);
}, 120_000);
