// The part of fpm (https://fpm.readthedocs.io) that electron-builder uses for a .deb, by dpkg-deb: to check packaging where fpm
// cannot be downloaded. Packages for people are made by the real one.

import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const string = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    source: { ...string, short: 's' },
    target: { ...string, short: 't' },
    depends: { ...string, short: 'd', multiple: true },
    'deb-recommends': { ...string, multiple: true },
    force: { type: 'boolean' },
    name: string,
    version: string,
    architecture: string,
    package: string,
    description: string,
    maintainer: string,
    vendor: string,
    url: string,
    license: string,
    category: string,
    iteration: string,
    'deb-priority': string,
    'deb-compression': string,
    'after-install': string,
    'after-remove': string,
  },
});
function value(name: keyof typeof values): string {
  const found = values[name];
  if (typeof found !== 'string') throw new Error(`fpm stands in for --${name}, which is missing.`);
  return found;
}

const folder = mkdtempSync(join(tmpdir(), 'scrim-deb-'));
try {
  for (const mapping of positionals) {
    const [from = '', to = ''] = mapping.split('=');
    const target = join(folder, to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(from, target, { recursive: true, verbatimSymlinks: true });
  }
  // Copies are made under this process's umask; packages have one for everybody.
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = lstatSync(path);
    if (!entry.isSymbolicLink()) chmodSync(path, entry.isDirectory() || (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
  mkdirSync(join(folder, 'DEBIAN'));
  for (const [script, option] of [
    ['postinst', 'after-install'],
    ['postrm', 'after-remove'],
  ] as const) {
    cpSync(value(option), join(folder, 'DEBIAN', script));
    chmodSync(join(folder, 'DEBIAN', script), 0o755);
  }
  const [synopsis = '', ...rest] = value('description').split('\n');
  writeFileSync(
    join(folder, 'DEBIAN/control'),
    [
      `Package: ${value('name')}`,
      `Version: ${value('version')}`,
      `Architecture: ${value('architecture')}`,
      `Maintainer: ${value('maintainer')}`,
      `Section: ${value('category')}`,
      `Priority: ${value('deb-priority')}`,
      `Homepage: ${value('url')}`,
      `Depends: ${(values.depends ?? []).join(', ')}`,
      `Recommends: ${(values['deb-recommends'] ?? []).join(', ')}`,
      `Description: ${synopsis}`,
      ...rest.map((line) => ` ${line.trim()}`),
      '',
    ].join('\n'),
  );
  const { status } = spawnSync(
    'dpkg-deb',
    ['--root-owner-group', '-Zgzip', '-z1', '--build', folder, value('package')],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
