// What goes wrong at the provider: each fault has its code for the client and in the log, nothing raw passes, and the
// next request works.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { failures, type FailureCode } from '../../src/contract/failures.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import { createAuthority } from '../support/authority.ts';
import { ask, open, type AskOptions, type Reply } from '../support/http-client.ts';
import type { Fault } from '../support/playback-sending.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { jsonLines, startScrim, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'faults');
const authority = createAuthority();
const stranger = createAuthority('Some other authority');
const chat = '/v1/chat/completions';
const servers: Playback[] = [];

let http2: Playback;
let http1: Playback;
let scrim: ScrimProcess;
let ca: string;
let closedPort: number;

async function provider(tls: { key: string; cert: string }, more: object = {}): Promise<Playback> {
  const server = await startPlayback({ secret, tls, ...more });
  servers.push(server);
  return server;
}

beforeAll(async () => {
  http2 = await provider(authority.issue({ names: ['h2.test'] }), { protocols: ['h2'] });
  http1 = await provider(authority.issue({ names: ['h1.test', 'lenient.test'] }), { protocols: ['http/1.1'] });
  const expired = await provider(authority.issue({ names: ['expired.test'], notAfter: new Date(Date.now() - 60_000) }));
  const wrong = await provider(authority.issue({ names: ['another.test'] }));
  const selfSigned = await provider(authority.issue({ names: ['self.test'], selfSigned: true }));
  const unknown = await provider(stranger.issue({ names: ['unknown.test'] }));
  const refusing = createServer().listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  closedPort = (refusing.address() as AddressInfo).port;
  refusing.close();
  scrim = await startScrim({
    upstreamCa: authority.caPem,
    policy: 'version: 1\nintercept: ["*.test", nowhere.invalid]\nunreadable: { pass: [lenient.test] }\n',
    resolve: [
      `h2.test:443:127.0.0.1:${http2.port}`,
      `h1.test:443:127.0.0.1:${http1.port}`,
      `lenient.test:443:127.0.0.1:${http1.port}`,
      `expired.test:443:127.0.0.1:${expired.port}`,
      `wrong.test:443:127.0.0.1:${wrong.port}`,
      `self.test:443:127.0.0.1:${selfSigned.port}`,
      `unknown.test:443:127.0.0.1:${unknown.port}`,
      `closed.test:443:127.0.0.1:${closedPort}`,
    ],
  });
  ca = await readFile(scrim.ca, 'utf8');
});

afterAll(async () => {
  await scrim.stop();
  for (const server of servers) await server.close();
});

function through(host: string, options: AskOptions = {}): Promise<Reply> {
  return ask(`https://${host}${chat}`, { proxy: scrim.proxy, ca, ...options });
}

async function recorded(code: FailureCode, host?: string): Promise<ExchangeRecord> {
  const { id, state } = await scrim.nextEvent(
    'exchange',
    (event) => event.failure === code && (host === undefined || event.host === host),
  );
  expect(state).toBe('failed');
  const shown = await scrim.command('sessions', 'show', id, '--json');
  const [record] = jsonLines<ExchangeRecord>(shown.out);
  expect(record).toMatchObject({ state: 'failed', closed: { failure: code } });
  return record!;
}

function expectRefusal(reply: Reply, code: FailureCode): void {
  expect(reply).toMatchObject({ status: failures[code].status, failure: code, error: undefined });
  expect(reply.headers['x-scrim-failure']).toBe(code);
  const { error } = JSON.parse(reply.body.toString()) as { error: { message: string } };
  expect(error.message).toMatch(/^Scrim: .+\.$/);
  expect(reply.body.toString()).not.toContain(secret.slice(4, 12));
}

// Whatever happened in a test, the process goes on.
afterEach(async () => {
  for (const host of ['h1.test', 'h2.test']) {
    const reply = await through(host);
    expect(reply).toMatchObject({ status: 200, error: undefined });
    expect(reply.body.toString()).toMatch(/AKIAMASKED_AWS_[0-9a-f]{8}[^]*data: \[DONE\]\n\n$/);
  }
  expect(scrim.process.exitCode).toBeNull();
  expect(scrim.said).toBe('');
});

describe.each(['h1.test', 'h2.test'])('%s', (host) => {
  const broken = (fault: Fault, headers: Record<string, string> = {}) =>
    through(host, { headers: { 'x-playback-fault': fault, ...headers } });

  test.each(['reset', 'cut'] as const)('%s in the middle of the body is no clean end', async (fault) => {
    const reply = await broken(fault);
    expect(reply.status).toBe(200);
    expect(reply.error).toMatch(/ECONNRESET|ERR_STREAM/);
    expect(reply.body.toString()).not.toContain('[DONE]');
    expect(await recorded('upstream-lost')).toMatchObject({ closed: { status: 200 } });
  });

  test('an answer of known length that breaks off is a 502', async () => {
    const body = `{"choices":[{"message":{"content":"${secret} ${'x'.repeat(1000)}"}}]}`;
    const server = host === 'h1.test' ? http1 : http2;
    server.play({ answer: { headers: { 'content-type': 'application/json' }, body }, cut: 'whole' });
    const reply = await broken('cut');
    server.play({ answer: undefined as never, cut: 'recorded' });
    expectRefusal(reply, 'upstream-lost');
    await recorded('upstream-lost');
  });

  test('a stream that says it is JSON', async () => {
    expectRefusal(await broken('wrong-type'), 'cannot-read');
    await recorded('cannot-read');
  });

  test('JSON that says it is a stream is masked all the same', async () => {
    const reply = await through(host, { body: '{}', headers: { 'x-playback-fault': 'wrong-type' } });
    expect(reply.status).toBe(200);
    expect(reply.body.toString()).toMatch(/"content":\s*"Sure\. The access key is AKIAMASKED_AWS_[0-9a-f]{8} /);
  });

  test('what is not packed as it says', async () => {
    const reply = await broken('not-packed');
    expect(reply.body.toString()).not.toContain('data:');
    if (reply.status === 200) expect(reply.error).toBeDefined();
    else expectRefusal(reply, 'cannot-read');
    await recorded('cannot-read');
  });

  test('a stream that is no UTF-8 breaks off, JSON that is none is a 502', async () => {
    const stream = await broken('invalid-utf8');
    // The head was on its way: what the client sees is a broken connection, never an end.
    expect(stream.error).toBeDefined();
    expect(stream.body.toString()).not.toContain('[DONE]');
    await recorded('cannot-read');
    const whole = await through(host, { body: '{}', headers: { 'x-playback-fault': 'invalid-utf8' } });
    expectRefusal(whole, 'cannot-read');
    await recorded('cannot-read');
  });

  test('the client leaves: the provider is told within a second', async () => {
    const server = host === 'h1.test' ? http1 : http2;
    const arrived = server.nextRequest();
    const leaving = new AbortController();
    const headers = { 'x-playback-fault': 'hang' };
    const response = await open(`https://${host}${chat}`, { proxy: scrim.proxy, ca, headers, signal: leaving.signal });
    response.on('error', () => undefined);
    await once(response, 'data');
    const left = performance.now();
    leaving.abort();
    const over = await (await arrived).over;
    expect(over.how).toBe('left');
    expect(over.at - left).toBeLessThan(1_000);
    await recorded('client-lost');
  });
});

describe('certificates and connections', () => {
  test.each([
    ['self.test', 'untrusted-upstream', /--upstream-ca/],
    ['unknown.test', 'untrusted-upstream', /--upstream-ca/],
    ['expired.test', 'untrusted-upstream', /expired/],
    ['wrong.test', 'untrusted-upstream', /another name/],
    ['closed.test', 'upstream-lost', /refused/],
    ['nowhere.invalid', 'upstream-lost', /resolved/],
  ] as const)('%s: %s', async (host, code, says) => {
    const reply = await through(host);
    expectRefusal(reply, code);
    expect(reply.body.toString()).toMatch(says);
    expect(await recorded(code, host)).toMatchObject({ host, closed: { status: 502 } });
  });

  test('the error has the shape of the provider', async () => {
    const post = (path: string) => ask(`https://closed.test${path}`, { proxy: scrim.proxy, ca });
    const shapes = [
      ['/v1/messages', { type: 'error', error: { type: 'api_error' } }],
      ['/v1/chat/completions', { error: { type: 'scrim', code: 'upstream-lost' } }],
      ['/v1beta/models/m:generateContent', { error: { code: 502, status: 'UNAVAILABLE' } }],
    ] as const;
    for (const [path, shape] of shapes) expect(JSON.parse((await post(path)).body.toString())).toMatchObject(shape);
    const { body } = await post('/api/chat');
    expect(JSON.parse(body.toString())).toMatchObject({ error: expect.stringMatching(/^Scrim: /) as string });
  });
});

describe('bodies that lie', () => {
  const html = '<!doctype html><title>502</title><p>Bad gateway</p>';
  const packed = gzipSync(`data: {"choices":[{"delta":{"content":"${secret} and "}}]}\n\n`.repeat(2_000));
  const json = { 'content-type': 'application/json' };
  const stream = { 'content-type': 'text/event-stream' };
  const gzip = { 'content-encoding': 'gzip' };

  async function answered(headers: Record<string, string>, body: Buffer | string, host = 'h1.test'): Promise<Reply> {
    http1.play({ answer: { headers, body }, cut: 'whole' });
    const reply = await through(host);
    http1.play({ answer: undefined as never, cut: 'recorded' });
    return reply;
  }

  test.each<[string, Record<string, string>, Buffer | string]>([
    ['a page that says it is JSON', json, html],
    ['half a JSON value', json, '{"choices":[{"message":{"content":"It is '],
    ['JSON with something behind it', json, '{"a":1}}'],
    ['gzip that is none', { ...json, ...gzip }, '{"a":1}'],
    ['gzip that ends too early', { ...json, ...gzip }, gzipSync('{"a":1}').subarray(0, 15)],
    ['an encoding nobody knows', { ...json, 'content-encoding': 'x-own' }, 'whatever'],
    [
      'a charset that is not read',
      { 'content-type': 'text/event-stream; charset=utf-16le' },
      Buffer.from('data: x', 'utf16le'),
    ],
  ])('%s', async (_, headers, body) => {
    expectRefusal(await answered(headers, body), 'cannot-read');
    await recorded('cannot-read');
  });

  test('a packed stream that ends too early is no clean end', async () => {
    const reply = await answered({ ...stream, ...gzip }, packed.subarray(0, packed.length - 30));
    expect(reply).toMatchObject({ status: 200, error: expect.any(String) as string });
    expect(reply.body.toString()).not.toContain(secret.slice(4, 12));
    await recorded('cannot-read');
  });

  test('what cannot be read passes where the policy says so', async () => {
    const reply = await answered({ ...json, 'content-encoding': 'x-own' }, 'whatever', 'lenient.test');
    expect(reply).toMatchObject({ status: 200, error: undefined, headers: { 'content-encoding': 'x-own' } });
    expect(reply.body.toString()).toBe('whatever');
  });

  test('headers larger than anybody sends', async () => {
    expectRefusal(await answered({ ...json, 'x-large': 'x'.repeat(900_000) }, '{}'), 'too-large');
    await recorded('too-large');
  });
});
