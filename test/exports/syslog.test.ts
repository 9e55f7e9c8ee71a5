// Against Debian's rsyslog, started for these tests, by TCP, TLS and UDP: it parses RFC 5424 and writes down what it understood.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { openReceiver } from '../../src/exports/receivers.ts';
import { syslogMessage } from '../../src/exports/syslog-message.ts';
import { readTarget } from '../../src/exports/targets.ts';
import { createAuthority } from '../support/authority.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { exchangeRecord, exported, origin } from './records.ts';

const program = ['/usr/sbin/rsyslogd', '/usr/bin/rsyslogd'].find((path) => existsSync(path));
const hasTls = ['/usr/lib', '/usr/lib64'].some(
  (folder) => spawnSync('find', [folder, '-name', 'lmnsd_gtls.so']).stdout.length > 0,
);
if (program === undefined || !hasTls)
  console.log('syslog: skipped, rsyslog or its TLS driver is not installed (Debian: rsyslog rsyslog-gnutls).');

interface Received {
  readonly facility: string;
  readonly severity: string;
  readonly at: string;
  readonly host: string;
  readonly app: string;
  readonly pid: string;
  readonly id: string;
  readonly text: string;
}

describe.skipIf((program === undefined || !hasTls) && process.env['SCRIM_CI'] === undefined)('a real rsyslog', () => {
  const folder = temporaryFolder();
  const file = join(folder.path, 'received');
  const authority = createAuthority();
  const wrongAuthority = createAuthority();
  let daemon: ChildProcess;
  let ports: { tcp: number; tls: number; udp: number };

  beforeAll(async () => {
    ports = { tcp: await freePort(), tls: await freePort(), udp: await freeUdpPort() };
    const leaf = authority.issue({ names: ['localhost', '127.0.0.1'] });
    for (const [name, text] of [
      ['ca', authority.caPem],
      ['cert', leaf.cert],
      ['key', leaf.key],
    ] as const)
      writeFileSync(join(folder.path, `${name}.pem`), text);
    mkdirSync(join(folder.path, 'work'));
    writeFileSync(file, '');
    writeFileSync(
      join(folder.path, 'rsyslog.conf'),
      `global(workDirectory="${folder.path}/work"
              defaultNetstreamDriverCAFile="${folder.path}/ca.pem"
              defaultNetstreamDriverCertFile="${folder.path}/cert.pem"
              defaultNetstreamDriverKeyFile="${folder.path}/key.pem")
       module(load="imudp") module(load="imptcp")
       module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
       input(type="imudp" address="127.0.0.1" port="${ports.udp}")
       input(type="imptcp" address="127.0.0.1" port="${ports.tcp}")
       input(type="imtcp" address="127.0.0.1" port="${ports.tls}")
       template(name="facts" type="list" option.jsonf="on") {
         property(outname="facility" name="syslogfacility-text" format="jsonf")
         property(outname="severity" name="syslogseverity-text" format="jsonf")
         property(outname="at" name="timereported" dateFormat="rfc3339" format="jsonf")
         property(outname="host" name="hostname" format="jsonf")
         property(outname="app" name="app-name" format="jsonf")
         property(outname="pid" name="procid" format="jsonf")
         property(outname="id" name="msgid" format="jsonf")
         property(outname="text" name="msg" format="jsonf")
       }
       action(type="omfile" file="${file}" template="facts" asyncWriting="off" flushOnTXEnd="on")`,
    );
    daemon = spawn(program!, ['-n', '-f', join(folder.path, 'rsyslog.conf'), '-i', join(folder.path, 'pid')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaints = '';
    daemon.stderr!.on('data', (data: Buffer) => (complaints += data.toString()));
    const gone = once(daemon, 'exit').then(() => Promise.reject(new Error(`rsyslog ended: ${complaints}`)));
    gone.catch(() => undefined);
    for (const port of [ports.tcp, ports.tls]) await Promise.race([listening(port), gone]);
  });

  afterAll(async () => {
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');
    folder.remove();
  });

  async function received(count: number, after: number): Promise<Received[]> {
    for (;;) {
      const changes = watch(file);
      const changed = once(changes, 'change');
      const lines = readFileSync(file, 'utf8').split('\n').slice(after, -1);
      if (lines.length >= count) {
        changes.close();
        return lines.map((line) => JSON.parse(line) as Received);
      }
      await changed;
      changes.close();
    }
  }
  const already = (): number => readFileSync(file, 'utf8').split('\n').length - 1;

  const record = exchangeRecord({ client: asMasked('Zoë | 日本 =\n"x"') });

  test.each(['tcp', 'tls', 'udp'] as const)('understands what comes by %s', async (transport) => {
    const before = already();
    const to = `syslog+${transport}://127.0.0.1:${ports[transport]}`;
    const receiver = openReceiver(readTarget({ to, ca: authority.caPem }), origin, () => 0);
    await receiver.deliver(receiver.encode(exported(record)));
    await receiver.close();
    const [own, verdict] = await received(2, before);
    expect(own).toMatchObject({
      // 13 is "log audit" in RFC 5424.
      facility: 'audit',
      severity: 'err',
      host: 'laptop-7',
      app: 'scrim',
      pid: '4711',
      id: 'exchange',
    });
    expect(Date.parse(own!.at)).toBe(1_790_000_000_900);
    expect(own!.text).toMatch(/^CEF:0\|Scrim\|Scrim\|/);
    expect(own!.text).toContain('requestClientApplication=Zoë | 日本 \\=\\n"x"');
    expect(verdict).toMatchObject({ id: 'verdict-denied' });
    expect(verdict!.text).toContain('cs6=git push --force');
  });

  test('long messages stay one message by TCP, whatever is in them', async () => {
    const before = already();
    const receiver = openReceiver(readTarget({ to: `syslog+tcp://127.0.0.1:${ports.tcp}` }), origin, () => 0);
    const long = exchangeRecord({ path: asMasked(`/${'a=|\\ '.repeat(2_000)}`), verdicts: [] });
    for (let i = 0; i < 3; i++)
      await receiver.deliver([
        ...receiver.encode(exported(long)),
        ...receiver.encode(exported(exchangeRecord({ verdicts: [] }))),
      ]);
    await receiver.close();
    const all = await received(6, before);
    expect(all.map(({ text }) => text.startsWith('CEF:0|'))).toEqual(all.map(() => true));
    expect(all.length).toBe(6);
  });

  test('by TLS, a receiver of an unknown authority gets nothing', async () => {
    const before = already();
    for (const options of [{}, { ca: wrongAuthority.caPem }]) {
      const receiver = openReceiver(
        readTarget({ to: `syslog+tls://127.0.0.1:${ports.tls}`, ...options }),
        origin,
        () => 0,
      );
      await expect(receiver.deliver(receiver.encode(exported(record)))).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringContaining('certificate') as string,
      });
    }
    expect(already()).toBe(before);
  });

  test('a connection that was lost is made anew', async () => {
    const before = already();
    const port = await freePort();
    const relay = createServer((from) => {
      const to = connect(ports.tcp, '127.0.0.1');
      from.pipe(to).pipe(from);
      from.on('error', () => to.destroy());
      to.on('error', () => from.destroy());
    }).listen(port, '127.0.0.1');
    await once(relay, 'listening');
    const receiver = openReceiver(readTarget({ to: `syslog+tcp://127.0.0.1:${port}` }), origin, () => 0);
    const [first] = await Promise.all([once(relay, 'connection'), receiver.deliver(receiver.encode(exported(record)))]);
    await received(2, before);
    const socket = first[0] as { destroy(): void };
    const closed = new Promise<void>((resolve) => relay.getConnections(() => resolve()));
    socket.destroy();
    await closed;
    // One delivery may be lost in the moment of the break: the protocol has no receipt. The next ones arrive.
    for (let tries = 0; already() < before + 4 && tries < 5; tries++) {
      await receiver.deliver(receiver.encode(exported(record))).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await received(4, before)).length).toBeGreaterThanOrEqual(4);
    await receiver.close();
    relay.close();
  });
});

test('nobody there: an error that says what to check', async () => {
  const port = await freePort();
  const receiver = openReceiver(readTarget({ to: `syslog+tcp://127.0.0.1:${port}` }), origin, () => 0);
  await expect(receiver.deliver(['x'])).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining(`127.0.0.1:${port}`) as string,
  });
});

test('a datagram is no longer than what every receiver takes', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const receiver = openReceiver(readTarget({ to: `syslog+udp://127.0.0.1:${socket.address().port}` }), origin, () => 0);
  const long = exchangeRecord({ client: asMasked('日'.repeat(5_000)), verdicts: [] });
  const arrived = once(socket, 'message') as Promise<[Buffer]>;
  await receiver.deliver(receiver.encode(exported(long)));
  const [message] = await arrived;
  expect(message.length).toBeLessThanOrEqual(2_048);
  expect(message.toString()).toMatch(/^<107>1 .* exchange - CEF:0\|/);
  await receiver.close();
  socket.close();
});

test('names that syslog does not allow become such as it does', () => {
  const content = { at: 0, severity: 'none', id: 'größe mit leer', text: 'x' } as const;
  expect(syslogMessage(content, { ...origin, machine: 'büro pc' })).toBe(
    '<110>1 1970-01-01T00:00:00.000Z bropc scrim 4711 gremitleer - x',
  );
  expect(syslogMessage(content, { ...origin, machine: '' })).toContain(' - scrim ');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Tries until somebody answers: a daemon does not say when it is ready. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const answered = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
