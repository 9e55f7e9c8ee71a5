import { once } from 'node:events';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { openReceiver, sendAll } from '../../src/exports/receivers.ts';
import { readTarget } from '../../src/exports/targets.ts';
import { createAuthority } from '../support/authority.ts';
import { exchangeRecord, exported, origin } from './records.ts';

const authority = createAuthority();
const secret = 'a secret of the test';
const now = (): number => 1_790_000_123_456;

interface Delivery {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function hook(
  answer: (delivery: Delivery, count: number) => { status: number; headers?: Record<string, string> },
  options = authority.issue({ names: ['127.0.0.1'] }),
): Promise<{ url: string; deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const delivery = { headers: request.headers, body: Buffer.concat(parts).toString() };
      deliveries.push(delivery);
      const { status, headers } = answer(delivery, deliveries.length);
      response.writeHead(status, headers).end('x'.repeat(100));
    });
  };
  const server = createServer(options, take).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/scrim`, deliveries };
}

const receiverOf = (url: string) => openReceiver(readTarget({ to: url, secret, ca: authority.caPem }), origin, now);
const noWait = (): Promise<void> => Promise.resolve();

test('a batch is newline-delimited JSON, signed over time and body', async () => {
  const { url, deliveries } = await hook(() => ({ status: 204 }));
  const receiver = receiverOf(url);
  await receiver.deliver(receiver.encode(exported(exchangeRecord())));
  await receiver.close();
  const [{ headers, body }] = deliveries as [Delivery];
  expect(JSON.parse(body)).toMatchObject({ record: { kind: 'exchange', id: 'x1' } });
  expect(headers['content-type']).toBe('application/x-ndjson');
  expect(headers['scrim-timestamp']).toBe('1790000123');
  // As docs/export.md tells receivers to check it.
  const expected = createHmac('sha256', secret)
    .update(`${String(headers['scrim-timestamp'])}.${body}`)
    .digest('hex');
  expect(headers['scrim-signature']).toBe(`v1=${expected}`);
});

test('a period comes in batches, each once, tried again while the receiver is down', async () => {
  const { url, deliveries } = await hook((_delivery, count) => ({ status: count === 2 ? 503 : 200 }));
  const receiver = receiverOf(url);
  const records = Array.from({ length: 450 }, (_, i) => exported(exchangeRecord({ id: `x${i}` })));
  expect(await sendAll([records], receiver, { wait: noWait })).toBe(450);
  await receiver.close();
  const accepted = deliveries.filter((_each, i) => i !== 1);
  const ids = accepted.flatMap(({ body }) =>
    body
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { record: { id: string } }).record.id),
  );
  expect(ids).toEqual(records.map((_each, i) => `x${i}`));
  expect(accepted.length).toBeGreaterThan(2);
  // The same delivery has the same name.
  expect(deliveries[1]!.headers['scrim-delivery']).toBe(deliveries[2]!.headers['scrim-delivery']);
});

test('Retry-After is kept, within bounds', async () => {
  const waits: number[] = [];
  const { url } = await hook((_delivery, count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '7' } } : { status: 200 },
  );
  const receiver = receiverOf(url);
  await sendAll([[exported()]], receiver, {
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  });
  expect(waits).toEqual([7_000]);
  await receiver.close();
});

test.each([
  [413, 'refused', 'accept newline-delimited JSON'],
  [401, 'unreachable', 'same secret'],
  [404, 'unreachable', 'check its address'],
  [302, 'unreachable', 'check its address'],
  [500, 'unreachable', 'check that it runs'],
])('an answer of %d: %s, and what to do', async (status, code, remedy) => {
  const { url, deliveries } = await hook(() => ({ status, headers: { location: 'https://127.0.0.1:1/elsewhere' } }));
  const receiver = receiverOf(url);
  await expect(receiver.deliver(['{}'])).rejects.toMatchObject({
    code,
    message: expect.stringContaining(remedy) as string,
  });
  expect(deliveries.length).toBe(1);
  await receiver.close();
});

test('a receiver whose certificate is not trusted gets nothing', async () => {
  const { url, deliveries } = await hook(
    () => ({ status: 200 }),
    authority.issue({ names: ['127.0.0.1'], selfSigned: true }),
  );
  const receiver = receiverOf(url);
  await expect(receiver.deliver(['{}'])).rejects.toMatchObject({ code: 'unreachable' });
  expect(deliveries).toEqual([]);
});

test('on this machine, plain HTTP will do', async () => {
  let body = '';
  const server = createPlainServer((request, response) => {
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const receiver = receiverOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await receiver.deliver(['{"a":1}']);
  await receiver.close();
  expect(body).toBe('{"a":1}\n');
});
