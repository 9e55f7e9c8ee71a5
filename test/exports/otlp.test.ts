// Against a receiver that decodes with the protobufs that OpenTelemetry's own packages were generated from.

import { once } from 'node:events';
import { createServer } from 'node:https';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Server } from 'node:net';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { openReceiver } from '../../src/exports/receivers.ts';
import { readTarget } from '../../src/exports/targets.ts';
import { createAuthority } from '../support/authority.ts';
import { anyRecord, exchangeRecord, exported, origin } from './records.ts';

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly arrayValue?: { readonly values: readonly Value[] };
}
interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: Value }[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly timeUnixNano: string;
        readonly severityNumber: string;
        readonly eventName: string;
        readonly body: Value;
        readonly attributes: readonly { key: string; value: Value }[];
      }[];
    }[];
  }[];
}
interface MessageType {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): LogsRequest;
}

const require = createRequire(import.meta.url);
const { opentelemetry } = require('otlp-protobufs/build/src/generated/root') as {
  opentelemetry: { proto: { collector: { logs: { v1: { ExportLogsServiceRequest: MessageType } } } } };
};
const { ExportLogsServiceRequest } = opentelemetry.proto.collector.logs.v1;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Collector {
  readonly port: number;
  readonly requests: { path: string; type: string; logs: LogsRequest }[];
}

async function collector(tls?: { key: string; cert: string }, status = 200): Promise<Collector> {
  const requests: Collector['requests'] = [];
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const whole = Buffer.concat(parts);
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole;
      const logs = ExportLogsServiceRequest.toObject(ExportLogsServiceRequest.decode(bytes), {
        longs: String,
        enums: String,
      });
      requests.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', logs });
      response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
    });
  };
  const server = (tls === undefined ? createPlainServer(take) : createServer(tls, take)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, requests };
}

function plain(value: Value): unknown {
  if (value.arrayValue !== undefined)
    return ((value.arrayValue.values as readonly Value[] | undefined) ?? []).map(plain);
  return value.stringValue ?? Number(value.intValue);
}

const attributesOf = (list: readonly { key: string; value: Value }[]): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));

test('a collector reads time, severity, body and attributes', async () => {
  const { port, requests } = await collector();
  const receiver = openReceiver(readTarget({ to: `otlp+http://127.0.0.1:${port}` }), origin, () => 0);
  await receiver.deliver([...receiver.encode(exported()), ...receiver.encode(exported(exchangeRecord({ id: 'x2' })))]);
  await receiver.close();
  expect(requests.length).toBe(1);
  const [{ path, type, logs }] = requests as [Collector['requests'][number]];
  expect(path).toBe('/v1/logs');
  expect(type).toBe('application/x-protobuf');
  const [{ resource, scopeLogs }] = logs.resourceLogs as [LogsRequest['resourceLogs'][number]];
  expect(attributesOf(resource.attributes)).toMatchObject({
    'service.name': 'scrim',
    'service.version': '0.1.0',
    'host.name': 'laptop-7',
  });
  const records = scopeLogs[0]!.logRecords;
  expect(records.length).toBe(2);
  expect(records[0]).toMatchObject({
    timeUnixNano: '1790000000000000000',
    severityNumber: 'SEVERITY_NUMBER_WARN3',
    eventName: 'scrim.exchange',
    body: { stringValue: 'POST api.openai.com/v1/chat/completions: done' },
  });
  expect(attributesOf(records[0]!.attributes)).toMatchObject({
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'server.address': 'api.openai.com',
    'gen_ai.request.model': 'gpt-5',
    'gen_ai.usage.input_tokens': 11,
    'gen_ai.usage.output_tokens': 22,
    'process.executable.name': 'claude',
    'scrim.exchange': 'x1',
    'scrim.rules': ['aws-access-key-id', 'git-force-push'],
    'scrim.verdicts': ['denied Bash'],
    'scrim.notes': ['not now'],
  });
});

test('any record arrives, and its texts do not', async () => {
  const { port, requests } = await collector();
  const receiver = openReceiver(readTarget({ to: `otlp+http://127.0.0.1:${port}` }), origin, () => 0);
  const records = fc.sample(anyRecord, { numRuns: 40, seed: 3 });
  await receiver.deliver(records.flatMap((record) => receiver.encode(exported(record))));
  await receiver.deliver(receiver.encode(exported()));
  await receiver.close();
  expect(requests[0]!.logs.resourceLogs[0]!.scopeLogs[0]!.logRecords.length).toBe(40);
  expect(JSON.stringify(requests[1]!.logs)).not.toContain('MASKED_SECRET_0a1b2c3d');
});

test('by TLS, with an authority of its own', async () => {
  const authority = createAuthority();
  const { port, requests } = await collector(authority.issue({ names: ['127.0.0.1'] }));
  const to = `otlp+https://127.0.0.1:${port}/v1/logs`;
  const receiver = openReceiver(readTarget({ to, ca: authority.caPem }), origin, () => 0);
  await receiver.deliver(receiver.encode(exported()));
  await receiver.close();
  expect(requests.length).toBe(1);
});

test('what the collector refuses is told, with what to do', async () => {
  const { port } = await collector(undefined, 400);
  const receiver = openReceiver(readTarget({ to: `otlp+http://127.0.0.1:${port}` }), origin, () => 0);
  await expect(receiver.deliver(receiver.encode(exported()))).rejects.toMatchObject({ code: 'refused' });
  await receiver.close();
  const { port: other } = await collector(undefined, 404);
  const second = openReceiver(readTarget({ to: `otlp+http://127.0.0.1:${other}` }), origin, () => 0);
  await expect(second.deliver(second.encode(exported()))).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('answered 404') as string,
  });
  await second.close();
});
