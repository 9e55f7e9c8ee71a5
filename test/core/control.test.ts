// The control interface answers this user on this machine and nobody else.

import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusSchema, tokenHeader } from '../../src/contract/control.ts';
import { exchangeBytes } from '../support/http-client.ts';
import { startCore, type Scrim } from '../support/scrim.ts';

let scrim: Scrim;
let token: string;
let host: string;

beforeAll(async () => {
  scrim = await startCore();
  host = new URL(scrim.ui).host;
  const instance = JSON.parse(await readFile(join(scrim.dataDir, 'instance.json'), 'utf8')) as { controlToken: string };
  token = instance.controlToken;
});

afterAll(() => scrim.stop());

const get = (headers: Record<string, string>, target = 'POST /rpc/status/get') =>
  exchangeBytes(
    scrim.ui,
    `${target} HTTP/1.1\r\n${Object.entries({ Connection: 'close', ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  );

test('with the token it says what it does, and never the token', async () => {
  const { status, body, headers } = await get({ Host: host, [tokenHeader]: token });
  expect(status).toBe(200);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  // In chunks.
  const [json = ''] = /\{.*\}/s.exec(body.toString()) ?? [];
  expect(statusSchema.parse((JSON.parse(json) as { json: unknown }).json)).toMatchObject({
    pid: process.pid,
    proxy: scrim.proxy,
  });
  expect(body.toString()).not.toContain(token);
});

describe('refused, with the token', () => {
  test.each([
    ['another Host (DNS rebinding)', { Host: 'evil.example' }],
    ['a Host that begins like ours', { Host: '127.0.0.1.evil.example' }],
    ['a page of another site', { Origin: 'https://evil.example' }],
    ['a page of another port', { Origin: 'http://127.0.0.1:1' }],
    ['a page without an origin', { Origin: 'null' }],
    ['a link of another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a link of another port', { 'Sec-Fetch-Site': 'same-site' }],
  ])('%s: 403', async (_, headers) => {
    for (const target of ['POST /rpc/status/get', 'POST /rpc/status/stop', 'GET /', 'GET /proxy.pac', 'POST /pair'])
      expect(await get({ Host: host, [tokenHeader]: token, ...headers }, target)).toMatchObject({ status: 403 });
  });

  test('no Host at all: 400', async () => {
    expect(await get({ [tokenHeader]: token })).toMatchObject({ status: 400 });
  });

  test('another path: 404', async () => {
    expect(await get({ Host: host, [tokenHeader]: token }, 'POST /rpc/keys')).toMatchObject({ status: 404 });
  });
});

test.each([[{}], [{ [tokenHeader]: '' }], [{ [tokenHeader]: 'x'.repeat(32) }], [{ cookie: 'token=1' }]])(
  '401 without the token: %j',
  async (headers) => {
    for (const target of ['GET /rpc/status/get', 'POST /rpc/status/get', 'POST /rpc/status/stop', 'POST /'])
      expect(await get({ Host: host, ...headers }, target)).toMatchObject({ status: 401 });
  },
);

test('the file with the token is for this user alone', async () => {
  expect((await stat(join(scrim.dataDir, 'instance.json'))).mode & 0o77).toBe(0);
});

test('it is not on the proxy port, and the proxy is not on its port', async () => {
  expect(
    (await fetch(`${scrim.gateway}/rpc/status/get`, { method: 'POST', headers: { [tokenHeader]: token } })).status,
  ).toBe(404);
  const refused = await exchangeBytes(scrim.ui, 'CONNECT api.openai.com:443 HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(refused.status ?? 0).not.toBe(200);
});

test('a connection that says nothing keeps nobody from stopping', async () => {
  const silent = connect(Number(new URL(scrim.ui).port), '127.0.0.1');
  await new Promise((resolve) => silent.once('connect', resolve));
  const closed = new Promise((resolve) => silent.once('close', resolve));
  silent.on('error', () => undefined).resume();
  const other = await startCore();
  await other.stop();
  await scrim.stop();
  await closed;
});
