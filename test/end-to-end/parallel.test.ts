// Many streams at once: each keeps its own text, its own findings and its own record.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectHttp2, createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority } from '../support/authority.ts';
import { ask, openTunnel, secure } from '../support/http-client.ts';
import { startCore, type Scrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const count = 64;
const authority = createAuthority();
let server: Http2SecureServer;
let scrim: Scrim;
let ca: string;

const secretOf = (n: number): string => makeSecret('aws-access-key-id', `parallel ${n}`);

beforeAll(async () => {
  // Says its secret in small pieces, which mix with those of all others.
  server = createSecureServer(
    { ...authority.issue({ names: ['api.openai.com'] }), allowHTTP1: true },
    (request, response) => {
      request.resume();
      const n = Number(new URL(request.url, 'https://x').searchParams.get('n'));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const pieces = `Stream ${n} says ${secretOf(n)} and ends.`.match(/.{1,3}/g) ?? [];
      const say = (i: number): void => {
        const content = pieces[i];
        if (content === undefined) {
          response.end('data: [DONE]\n\n');
          return;
        }
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
        setImmediate(say, i + 1);
      };
      say(0);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scrim = await startCore({
    upstreamCa: authority.caPem,
    resolve: [`api.openai.com:443:127.0.0.1:${(server.address() as AddressInfo).port}`],
  });
  ca = await readFile(scrim.ca, 'utf8');
});

afterAll(async () => {
  await scrim.stop();
  server.close();
});

function textOf(body: string): string {
  expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
  return body
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map(
      (event) =>
        (JSON.parse(event.slice(6)) as { choices: { delta: { content: string } }[] }).choices[0]?.delta.content,
    )
    .join('');
}

function expectOwn(bodies: readonly string[]): void {
  const placeholders = bodies.map((body, n) => {
    const [, said, placeholder] =
      /^Stream (\d+) says (AKIAMASKED_AWS_[0-9a-f]{8}) and ends\.$/.exec(textOf(body)) ?? [];
    expect(said).toBe(String(n));
    return placeholder;
  });
  expect(new Set(placeholders).size).toBe(count);
}

const numbers = Array.from({ length: count }, (_, n) => n);

test('64 streams on one HTTP/2 connection', async () => {
  const tls = await secure(await openTunnel(scrim.proxy, 'api.openai.com:443'), 'api.openai.com', ca, ['h2']);
  const session = connectHttp2('https://api.openai.com', { createConnection: () => tls });
  const bodies = await Promise.all(
    numbers.map(async (n) => {
      const stream = session.request({ ':method': 'POST', ':path': `/v1/chat/completions?n=${n}` });
      stream.setEncoding('utf8').end('{}');
      let body = '';
      for await (const part of stream as AsyncIterable<string>) body += part;
      return body;
    }),
  );
  session.close();
  expectOwn(bodies);
});

test('64 connections in HTTP/1.1', async () => {
  const replies = await Promise.all(
    numbers.map((n) => ask(`https://api.openai.com/v1/chat/completions?n=${n}`, { proxy: scrim.proxy, ca })),
  );
  expect(new Set(replies.map(({ status, error }) => `${status} ${error}`))).toEqual(new Set(['200 undefined']));
  expectOwn(replies.map(({ body }) => body.toString()));
});

test('each has its own record', async () => {
  const records = await scrim.log();
  expect(records).toHaveLength(2 * count);
  for (const { path, channels, findings, state } of records) {
    const [, n] = /n=(\d+)$/.exec(path) ?? [];
    expect(state).toBe('done');
    expect(channels).toMatchObject([
      { text: expect.stringMatching(new RegExp(`^Stream ${n} says AKIAMASKED_AWS_`)) as string },
    ]);
    expect(findings).toHaveLength(1);
  }
  for (const n of [0, 31, 63]) expect(await scrim.filesWith(secretOf(n).slice(4))).toEqual([]);
});
