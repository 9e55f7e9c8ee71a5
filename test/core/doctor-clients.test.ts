// Clients by their own settings: set up or not, and whether the way that the settings name works.

import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clients } from '../../src/capture/clients.ts';
import { applySetup } from '../../src/capture/setup.ts';
import { setupContext } from '../../src/capture/target-content.ts';
import { clientSettings } from '../../src/core/doctor/client-settings.ts';
import { tryHandshake } from '../../src/core/doctor/handshake.ts';
import { fakeMachine } from '../capture/fake-machine.ts';
import { createAuthority } from '../support/authority.ts';
import { newPatient, startLasting } from './doctor-patient.ts';

test('not set up, set up and tried, its certificate replaced, its certificate gone', async () => {
  await using scrim = await startLasting();
  using patient = newPatient(scrim);
  patient.write('.claude/settings.json', '{"env": {"MINE": "1"}}\n');
  patient.write('.codex/config.toml', '');
  const before = await patient.examine();
  expect(before.of('client claude')).toMatchObject({
    status: 'problem',
    why: 'Claude Code does not go through Scrim.',
    fix: expect.stringMatching(/^scrim setup claude /) as string,
  });
  expect(before.of('client codex')).toMatchObject({ status: 'problem' });

  await patient.scrim(['setup', 'claude']);
  const { of } = await patient.examine();
  expect(of('client claude')).toMatchObject({ status: 'ok', fix: null });
  expect(of('client claude')?.why).toContain('TLS to api.anthropic.com');
  expect(of('client codex')).toMatchObject({ status: 'problem' });

  const bundle = join(scrim.dataDir, 'certificates', 'bundle.pem');
  const good = readFileSync(bundle);
  writeFileSync(bundle, createAuthority().caPem);
  expect((await patient.examine()).of('client claude')).toMatchObject({
    status: 'problem',
    why: expect.stringContaining('does not vouch for it') as string,
    fix: expect.stringMatching(/^scrim setup claude /) as string,
  });
  rmSync(bundle);
  expect((await patient.examine()).of('client claude')?.why).toContain('cannot be read');
  writeFileSync(bundle, good);
  expect((await patient.examine()).of('client claude')).toMatchObject({ status: 'ok' });
  expect(await scrim.log()).toEqual([]);

  const settings = join(patient.home, '.claude', 'settings.json');
  writeFileSync(settings, readFileSync(settings, 'utf8').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:9'));
  expect((await patient.examine()).of('client claude')).toMatchObject({ status: 'problem' });
});

test('a shell that is set up carries command lines, not editors', async () => {
  await using scrim = await startLasting();
  using patient = newPatient(scrim);
  const env = { SHELL: '/bin/bash' };
  patient.write('.bashrc', '');
  patient.write('.claude/settings.json', '{}');
  patient.write('.config/Code/User/settings.json', '{}');
  await patient.scrim(['setup', 'shell'], env);
  const { of } = await patient.examine(env);
  expect(of('client shell')).toMatchObject({ status: 'ok' });
  expect(of('client claude')).toMatchObject({ status: 'ok' });
  expect(of('client vscode')).toMatchObject({ status: 'problem' });
});

test('an editor needs the store of the system', async () => {
  await using scrim = await startLasting();
  using patient = newPatient(scrim);
  patient.write('.config/Code/User/settings.json', '{}');
  await patient.scrim(['setup', 'vscode']);
  const { of } = await patient.examine();
  const install = { status: 'problem', fix: expect.stringMatching(/^scrim ca install /) as string };
  expect(of('client vscode')).toMatchObject(install);
  expect(of('trust system')).toMatchObject(install);
  expect(of('trust nss')).toMatchObject({ status: 'not-checked' });
});

describe('settings as they stand', () => {
  test.each(clients.filter(({ id }) => id !== 'system').map((client) => [client.id, client] as const))(
    '%s',
    async (id, client) => {
      using machine = fakeMachine('linux', { token: 'token of a test' });
      const context = setupContext(machine.env);
      await applySetup(context, client);
      const { proxies, gateways, roots } = await clientSettings(context, client);
      const places = [...proxies, ...gateways].map((address) => new URL(address).origin);
      expect(new Set(places)).toEqual(new Set([machine.env.proxy]));
      for (const path of roots) expect([machine.env.caPath, machine.env.bundlePath]).toContain(path);
      const hasOwnStore = /^(vscode|vscodium|cursor|windsurf|jetbrains|docker|opencode)/.test(id);
      expect(roots.length > 0).toBe(!hasOwnStore);
    },
  );
});

describe('the handshake', () => {
  const signal = () => AbortSignal.timeout(5_000);

  async function proxyThat(answers: (socket: Socket, head: string) => void) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (head: Buffer) => answers(socket, head.toString()));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return { port, [Symbol.dispose]: () => void server.close() };
  }

  test('user and password of the address go along', async () => {
    let seen = '';
    using proxy = await proxyThat((socket, head) => {
      seen = head;
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    const address = `http://scrim:a%20b@127.0.0.1:${proxy.port}`;
    expect(await tryHandshake({ proxy: address, host: 'api.openai.com', roots: [], signal: signal() })).toBe('refused');
    expect(seen).toContain(`Proxy-Authorization: Basic ${Buffer.from('scrim:a b').toString('base64')}\r\n`);
  });

  test('nobody there, an address that is none, a proxy that hangs up, one that is no TLS', async () => {
    const host = 'api.openai.com';
    const on = (proxy: string) => tryHandshake({ proxy, host, roots: [], signal: signal() });
    expect(await on('http://127.0.0.1:1')).toBe('nobody');
    expect(await on('not an address')).toBe('nobody');
    using silent = await proxyThat((socket) => socket.destroy());
    expect(await on(`http://127.0.0.1:${silent.port}`)).toBe('refused');
    using plain = await proxyThat((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.on('data', () => socket.end('hello'));
    });
    expect(await on(`http://127.0.0.1:${plain.port}`)).toBe('untrusted');
  });

  test('a proxy that never answers is given up', async () => {
    using proxy = await proxyThat(() => undefined);
    const address = `http://127.0.0.1:${proxy.port}`;
    expect(await tryHandshake({ proxy: address, host: 'x.example', roots: [], signal: AbortSignal.timeout(50) })).toBe(
      'refused',
    );
  });
});
