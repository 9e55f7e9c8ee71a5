import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { ExportsError } from '../../src/exports/exports-error.ts';
import { startLiveExport, type LiveExport, type LiveExportOptions } from '../../src/exports/live.ts';
import { openSpool } from '../../src/exports/spool.ts';
import { readTarget } from '../../src/exports/targets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exchangeRecord, origin } from './records.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
  folder.remove();
});

/** A receiver that can be put down and up; `arrived` waits for so many records. */
async function hook(port = 0) {
  const ids: string[] = [];
  let status = 200;
  let wake: () => void = () => undefined;
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (status === 200)
        ids.push(
          ...body
            .trim()
            .split('\n')
            .map((line) => (JSON.parse(line) as { record: { id: string } }).record.id),
        );
      response.writeHead(status).end();
      wake();
    });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close').catch(() => undefined);
  };
  ended.push(() => (server.listening ? close() : undefined));
  return {
    port: (server.address() as AddressInfo).port,
    ids,
    answer: (next: number) => (status = next),
    close,
    async arrived(count: number): Promise<string[]> {
      while (ids.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return ids;
    },
  };
}

const clock: LiveExportOptions['clock'] = {
  now: () => Date.now(),
  after(delay, wake) {
    const timer = setTimeout(wake, delay);
    return () => clearTimeout(timer);
  },
};

function start(
  port: number,
  parts: Partial<LiveExportOptions> = {},
): { live: LiveExport; failures: ExportsError[]; failed: Promise<void> } {
  const failures: ExportsError[] = [];
  const { promise: failed, resolve } = Promise.withResolvers<undefined>();
  const live = startLiveExport({
    folder: join(folder.path, 'exports'),
    targets: [readTarget({ to: `http://127.0.0.1:${port}/`, secret: 'x'.repeat(16) })],
    origin,
    clock,
    onFailure(error) {
      failures.push(error);
      resolve(undefined);
    },
    firstPause: 10,
    ...parts,
  });
  ended.push(() => live.close());
  return { live, failures, failed };
}

const spooled = (): string[] => {
  const [target] = readdirSync(join(folder.path, 'exports'));
  return readdirSync(join(folder.path, 'exports', target!)).map((name) => join(folder.path, 'exports', target!, name));
};

const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => `x${i + from}`);

test('what comes arrives, in order, and a clean end loses nothing', async () => {
  const receiver = await hook();
  const { live, failures } = start(receiver.port);
  for (const id of numbers(1_000)) live.exchange(exchangeRecord({ id }));
  await live.close();
  expect(receiver.ids).toEqual(numbers(1_000));
  expect(failures).toEqual([]);
});

test('a receiver that is down for a while: one failure is told, then all arrives in order', async () => {
  const receiver = await hook();
  receiver.answer(503);
  const { live, failures, failed } = start(receiver.port);
  for (const id of numbers(20)) live.exchange(exchangeRecord({ id }));
  await failed;
  for (const id of numbers(20, 20)) live.exchange(exchangeRecord({ id }));
  receiver.answer(200);
  expect(await receiver.arrived(40)).toEqual(numbers(40));
  await live.close();
  expect(failures.length).toBe(1);
  expect(failures[0]!.message).toContain('answered 503');
});

test('the spool outlives the process: private files, delivered by the next one, before what is new', async () => {
  const away = await hook();
  await away.close();
  const first = start(away.port);
  for (const id of numbers(5)) first.live.exchange(exchangeRecord({ id }));
  await first.failed;
  await first.live.close();
  const files = spooled();
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  }
  const back = await hook(away.port);
  const second = start(away.port);
  second.live.exchange(exchangeRecord({ id: 'x5' }));
  expect(await back.arrived(6)).toEqual(numbers(6));
  await second.live.close();
  expect(spooled()).toEqual([]);
});

test('a receiver that never answers delays neither the one who records nor the end for long', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  ended.push(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { live } = start((silent.address() as AddressInfo).port);
  const request = once(silent, 'request');
  live.exchange(exchangeRecord({ id: 'x0' }));
  await request;
  live.exchange(exchangeRecord({ id: 'x1' }));
  await live.close();
  const kept = spooled().flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as string[]);
  expect(kept.map((line) => (JSON.parse(line) as { record: { id: string } }).record.id).sort()).toEqual(['x0', 'x1']);
});

test('a batch that the receiver will never take is dropped and told, and what follows arrives', async () => {
  const receiver = await hook();
  receiver.answer(413);
  const { live, failures, failed } = start(receiver.port);
  live.exchange(exchangeRecord({ id: 'bad' }));
  await failed;
  receiver.answer(200);
  live.exchange(exchangeRecord({ id: 'good' }));
  expect(await receiver.arrived(1)).toEqual(['good']);
  expect(failures.map(({ code }) => code)).toEqual(['refused']);
});

test('more than memory should hold at once is told, not kept', async () => {
  const receiver = await hook();
  const { live, failures } = start(receiver.port);
  const body = asMasked('x'.repeat(1024 * 1024));
  // All in one turn: nobody could have sent or spooled any of it.
  for (const id of numbers(60))
    live.exchange(exchangeRecord({ id, request: { model: null, body, truncated: false, bytes: body.length } }));
  await live.close();
  expect(failures.map(({ code }) => code)).toEqual(['spool']);
  expect(receiver.ids).toEqual(numbers(receiver.ids.length));
  expect(receiver.ids.length).toBeGreaterThan(20);
  expect(receiver.ids.length).toBeLessThan(60);
});

describe('the spool', () => {
  const now = () => 1_790_000_000_000;
  const drain = async (spool: ReturnType<typeof openSpool>): Promise<string[][]> => {
    const all: string[][] = [];
    for (let batch = await spool.first(); batch !== undefined; batch = await spool.first()) {
      all.push([...batch.messages]);
      await batch.remove();
    }
    return all;
  };

  test('gives back what was put, oldest first', async () => {
    const spool = openSpool(join(folder.path, 's'), 1e6, now);
    for (const text of ['a', 'b', '\u0000"\ud83d']) await spool.put([text, text]);
    expect(await drain(openSpool(join(folder.path, 's'), 1e6, now))).toEqual([
      ['a', 'a'],
      ['b', 'b'],
      ['\u0000"\ud83d', '\u0000"\ud83d'],
    ]);
  });

  test('is bounded: the oldest batches go, and it says how many', async () => {
    const spool = openSpool(join(folder.path, 's'), 1_000, now);
    const dropped: number[] = [];
    for (let i = 0; i < 10; i++) dropped.push(await spool.put([`${i}${'x'.repeat(290)}`]));
    expect(dropped).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    expect((await drain(spool)).map(([text]) => text![0])).toEqual(['7', '8', '9']);
    expect(await spool.put(['x'.repeat(2_000)])).toBe(1);
    expect(await drain(spool)).toEqual([]);
  });

  test('what a crash left half written does no harm', async () => {
    const spool = openSpool(join(folder.path, 's'), 1e6, now);
    await spool.put(['good']);
    writeFileSync(join(folder.path, 's', '000000000000000001-1.json'), '["half');
    writeFileSync(join(folder.path, 's', '000000000000000002-1.part'), '[');
    expect(await drain(spool)).toEqual([['good']]);
  });

  test('a folder that cannot be written is an error that says what to do', async () => {
    mkdirSync(join(folder.path, 's'));
    writeFileSync(join(folder.path, 's', 'file'), '');
    await expect(openSpool(join(folder.path, 's', 'file'), 1e6, now).put(['x'])).rejects.toMatchObject({
      code: 'spool',
      message: expect.stringContaining('free some disk space') as string,
    });
  });
});
