// The policy decides: it is read anew while streams run, a wrong file changes nothing, and requests are passed, told of,
// masked or blocked.

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../support/http-client.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { startCore, type Scrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'policy');
const key = makeSecret('private-key', 'policy');
const masked = /AKIAMASKED_AWS_[0-9a-f]{8}/;
let playback: Playback;
let server: Server;
let streams: ServerResponse[];
let scrim: Scrim;

beforeAll(async () => {
  playback = await startPlayback({ secret });
  server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    streams.push(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scrim = await startCore({ policy: policy('') });
});

beforeEach(async () => {
  streams = [];
  await apply('');
});

afterAll(async () => {
  await scrim.stop();
  await playback.close();
  server.close();
  server.closeAllConnections();
});

function policy(more: string): string {
  const { port } = server.address() as AddressInfo;
  return `version: 1\nproviders: { local: "${playback.origin}", live: "http://127.0.0.1:${port}" }\n${more}\n`;
}

let revision = 0;
async function apply(more: string): Promise<void> {
  revision++;
  const taken = scrim.nextEvent('policy');
  await writeFile(scrim.policyFile, `${policy(more)}# ${revision}\n`);
  expect(await taken).toMatchObject({ ok: true, problems: [] });
}

let asked = 0;
const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
  ask(`${scrim.gateway}/local/v1/chat/completions?n=${++asked}.`, { body, headers });
/** What the log holds of the last request. */
const lastExchange = async (path = `?n=${asked}.`) => {
  const { id } = await scrim.nextEvent('exchange', (event) => event.path.includes(path));
  return (await scrim.log()).find((record) => record.id === id)!;
};

describe('hot reload', () => {
  const event = (content: string): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

  async function startStream(): Promise<{ say(content: string): Promise<string>; end(): Promise<void> }> {
    const outgoing = request(`${scrim.gateway}/live/v1/chat/completions`, { method: 'POST' }).end('{}');
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.setEncoding('utf8');
    const stream = streams.at(-1)!;
    return {
      async say(content) {
        const heard = once(response, 'data') as Promise<[string]>;
        stream.write(event(content));
        return (await heard)[0];
      },
      async end() {
        stream.end();
        response.resume();
        await once(response, 'end');
        await scrim.nextEvent('exchange');
      },
    };
  }

  test('a new rule holds for a stream that runs, from its next event on', async () => {
    const stream = await startStream();
    expect(await stream.say('ticket ACME-123456 . ')).toBe(event('ticket ACME-123456 . '));
    await apply('masking: { rules: [{ id: ticket, regex: "ACME-[0-9]{6}", kind: identifier }] }');
    expect(await stream.say('ticket ACME-123456 . ')).toMatch(/ticket MASKED_IDENTIFIER_[0-9a-f]{8} \. /);
    await apply('masking: { placeholder: stars, rules: [{ id: ticket, regex: "ACME-[0-9]{6}", kind: identifier }] }');
    expect(await stream.say('ticket ACME-123456 . ')).toContain('ticket ***MASKED*** . ');
    await stream.end();
  });

  test('a wrong file keeps the policy before it, and the event says where and why', async () => {
    await apply('masking: { rules: [{ id: ticket, regex: "ACME-[0-9]{6}", kind: identifier }] }');
    const told = scrim.nextEvent('policy');
    await writeFile(scrim.policyFile, 'version: 1\nmasking:\n  rulez: []\n');
    expect(await told).toMatchObject({
      ok: false,
      problems: [{ line: 3, column: 3, message: expect.stringMatching(/rules/) as string }],
    });
    const stream = await startStream();
    expect(await stream.say('ticket ACME-123456 . ')).toMatch(/ticket MASKED_IDENTIFIER_[0-9a-f]{8} \. /);
    await stream.end();
    const status = await scrim.command('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ mode: 'enforce', policyProblems: [{ line: 3, column: 3 }] });
  });

  test('observe: found and recorded masked, but passed as it is', async () => {
    await apply('mode: observe');
    const reply = await post('{"stream":true}');
    expect(reply.body.toString()).toContain(secret.slice(6, 12));
    const record = await lastExchange();
    expect(record.findings).toMatchObject([{ rule: 'aws-access-key-id' }]);
    expect(JSON.stringify(record)).not.toContain(secret.slice(4));
    expect(record.channels[0]?.text).toMatch(masked);
  });

  test.runIf(process.platform === 'linux')(
    'a scope for the project folder of the client, from its first request on',
    async () => {
      for (const [folder, block] of [
        [process.cwd(), true],
        ['/srv/elsewhere', false],
      ] as const) {
        await apply(`scopes: [{ match: { project: ${JSON.stringify(folder)} }, requests: block }]`);
        const reply = await ask(`${scrim.gateway}/local/v1/chat/completions`, {
          body: JSON.stringify({ model: 'm', content: secret }),
          headers: { connection: 'close' },
        });
        expect(reply.status).toBe(block ? 400 : 200);
      }
    },
  );

  test('a scope for one client program', async () => {
    await apply('scopes: [{ match: { client: "quiet*" }, mode: observe }]');
    expect((await post('{}', { 'user-agent': 'quiet/1.0' })).body.toString()).toContain(secret);
    expect((await post('{}', { 'user-agent': 'loud/1.0' })).body.toString()).toMatch(masked);
  });
});

describe('secrets in requests', () => {
  const body = JSON.stringify({
    model: 'gpt-x',
    stream: true,
    messages: [{ role: 'user', content: `Use ${secret} and ${key}` }],
    password: 'hunter2-is-long',
  });
  const sent = async (of: string | Buffer = body, headers: Record<string, string> = {}) => {
    const arrived = playback.nextRequest();
    const reply = await post(of, headers);
    return { reply, got: await arrived };
  };

  test.each(['pass', 'warn'])('%s: the provider gets what was sent, the log a masked copy', async (requests) => {
    await apply(`requests: ${requests}`);
    const { reply, got } = await sent();
    expect(reply.status).toBe(200);
    expect(got.body.toString()).toBe(body);
    const record = await lastExchange();
    expect(record.request).toMatchObject({ model: 'gpt-x', bytes: Buffer.byteLength(body), truncated: false });
    expect(record.request?.body).toMatch(masked);
    expect(record.findings.filter(({ side }) => side === 'request').length).toBeGreaterThanOrEqual(3);
    for (const hidden of [secret.slice(4), key.split('\n')[5]!, 'hunter2'])
      expect(await scrim.filesWith(hidden)).toEqual([]);
  });

  test('mask: the provider gets valid JSON without them', async () => {
    await apply('requests: mask');
    for (const [packed, encoding] of [
      [body, 'identity'],
      [gzipSync(body), 'gzip'],
      [zstdCompressSync(body), 'zstd'],
    ] as const) {
      const { reply, got } = await sent(packed, encoding === 'identity' ? {} : { 'content-encoding': encoding });
      expect(reply.status).toBe(200);
      const asked = JSON.parse(got.body.toString()) as { messages: { content: string }[]; password: string };
      expect(asked.messages[0]?.content).toMatch(
        /^Use AKIAMASKED_AWS_[0-9a-f]{8} and -----BEGIN PRIVATE KEY-----\nMASKED/,
      );
      expect(asked.password).toMatch(/^MASKED/);
      expect(got.headers['content-encoding']).toBeUndefined();
    }
  });

  test('block: 400 in the words of the provider, and the provider hears nothing', async () => {
    await apply('requests: block');
    const before = playback.requests.length;
    const reply = await post(body);
    expect(reply).toMatchObject({ status: 400, failure: 'denied' });
    expect(reply.body.toString()).not.toContain(secret.slice(4));
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      error: {
        type: 'invalid_request_error',
        code: 'denied',
        message: expect.stringMatching(/aws-access-key-id/) as string,
      },
    });
    expect(playback.requests).toHaveLength(before);
    expect(await lastExchange()).toMatchObject({
      state: 'failed',
      closed: { failure: 'denied' },
      request: { body: expect.stringMatching(masked) as string },
    });
    const fine = await sent('{"model":"gpt-x","stream":true}');
    expect([fine.reply.status, fine.got.body.toString()]).toEqual([200, '{"model":"gpt-x","stream":true}']);
  });

  test('what stands in the path or in a header is masked in the log', async () => {
    await ask(`${scrim.gateway}/local/v1/models?key=${secret}`, {
      method: 'GET',
      headers: { 'user-agent': `client/${secret}` },
    });
    const record = await lastExchange('/v1/models');
    expect(record.path).toMatch(/^\/v1\/models\?key=.*MASKED/);
    expect(record.client).toMatch(/^client\/.*MASKED/);
    expect(await scrim.filesWith(secret.slice(4))).toEqual([]);
    expect(JSON.stringify(scrim.events)).not.toContain(secret.slice(4));
  });
});
