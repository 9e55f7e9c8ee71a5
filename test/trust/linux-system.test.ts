// The system's store of Linux: the commands on made-up systems, and the real one in a mount namespace of its own.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandLine } from '../../src/base/command.ts';
import { linuxSystemStore } from '../../src/trust/linux-system.ts';
import { changeTrust } from '../../src/trust/trust.ts';
import { runProgram } from '../certificates/real-program.ts';
import { missingProgram } from '../support/programs.ts';
import { testTrust } from './test-authority.ts';

const systems = [
  ['Debian', 'usr/local/share/ca-certificates', 'update-ca-certificates --fresh', 'etc/ssl/certs/ca-certificates.crt'],
  ['Fedora', 'etc/pki/ca-trust/source/anchors', 'update-ca-trust', 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem'],
  [
    'Arch',
    'etc/ca-certificates/trust-source/anchors',
    'update-ca-trust',
    'etc/ca-certificates/extracted/tls-ca-bundle.pem',
  ],
  ['openSUSE', 'etc/pki/trust/anchors', 'update-ca-certificates', 'var/lib/ca-certificates/ca-bundle.pem'],
] as const;

describe.each(systems)('%s', (_name, folder, refresh, bundle) => {
  test('names the commands, with sudo for a user', async () => {
    await using trust = await testTrust();
    const env = trust.environment({ userId: 1000 });
    mkdirSync(join(env.root, folder), { recursive: true });
    const store = linuxSystemStore(env);
    expect(await store.status()).toEqual({ is: 'not-trusted' });
    const file = (sha256: string) => join(env.root, folder, `scrim-${sha256.slice(0, 8).toLowerCase()}.crt`);
    expect((await store.commands('install')).map(commandLine)).toEqual([
      `sudo install -m 644 ${trust.known.path} ${file(trust.known.sha256)}`,
      `sudo install -m 644 ${trust.added.path} ${file(trust.added.sha256)}`,
      `sudo ${refresh}`,
    ]);
    expect(await store.commands('uninstall')).toEqual([]);
  });

  test('is trusted only when the system has taken it', async () => {
    await using trust = await testTrust();
    const env = trust.environment();
    const bundlePath = join(env.root, bundle);
    mkdirSync(join(env.root, folder), { recursive: true });
    mkdirSync(dirname(bundlePath), { recursive: true });
    const store = linuxSystemStore({
      ...env,
      run: async (command) => {
        if (command.program === refresh.split(' ')[0]) writeFileSync(bundlePath, trust.known.pem + trust.added.pem);
        else await env.run(command);
        return { code: 0, stdout: '', stderr: '' };
      },
    });
    for (const command of (await store.commands('install')).slice(0, 2)) await env.run(command);
    expect(await store.status()).toEqual({ is: 'outdated' });
    expect((await store.commands('install')).map(commandLine)).toEqual([refresh]);
    writeFileSync(bundlePath, trust.known.pem + trust.added.pem);
    expect(await store.status()).toEqual({ is: 'trusted' });
    expect(await store.commands('install')).toEqual([]);
  });
});

test('a system that we do not know is said to be one', async () => {
  await using trust = await testTrust();
  expect(await linuxSystemStore(trust.environment()).status()).toMatchObject({ is: 'unavailable' });
});

test('a command that fails is named', async () => {
  await using trust = await testTrust();
  const env = trust.environment();
  mkdirSync(join(env.root, systems[0][1]), { recursive: true });
  const failing = { ...env, run: () => Promise.resolve({ code: 1, stdout: '', stderr: '' }) };
  await expect(changeTrust(failing, linuxSystemStore(failing), 'install')).rejects.toThrow(/^Run install -m 644 /);
});

// A namespace with layers of its own over /etc and /usr/local/share: this machine's store is not touched.
const inNamespace = (script: string) => `
set -e
layer() { mkdir -p "$1"; mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$2"; }
mount -t tmpfs tmpfs "$LAYERS"
mkdir -p "$LAYERS/etc/upper" "$LAYERS/etc/work" "$LAYERS/share/upper" "$LAYERS/share/work"
layer "$LAYERS/etc" /etc
layer "$LAYERS/share" /usr/local/share
${script}`;
const noNamespace =
  missingProgram('sh', '-c', 'command -v update-ca-certificates') ??
  missingProgram(
    'sh',
    '-c',
    'd=$(mktemp -d) && LAYERS=$d unshare -m sh -c "$0"; c=$?; rmdir "$d"; exit $c',
    inNamespace('true'),
  );

test.skipIf(noNamespace)('Debian for real: the system trusts us, and no more after', { timeout: 60_000 }, async () => {
  await using trust = await testTrust();
  const layers = join(trust.test.folder, 'layers');
  mkdirSync(layers);
  const before = readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8');
  const child = join(import.meta.dirname, 'system-store-child.ts');
  const certificates = JSON.stringify([trust.known.path, trust.added.path]);
  const { code, output } = await runProgram(
    'unshare',
    ['-m', 'sh', '-c', inNamespace('exec "$NODE" "$CHILD" "$CERTIFICATES"')],
    { LAYERS: layers, NODE: process.execPath, CHILD: child, CERTIFICATES: certificates },
  );
  expect(output).toBe('not-trusted\ntrusted, verified\nnot-trusted, not verified\n');
  expect(code).toBe(0);
  expect(readFileSync('/etc/ssl/certs/ca-certificates.crt', 'utf8')).toBe(before);
});
