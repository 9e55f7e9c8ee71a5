// What the window says of each client: installed or not, set up or not, and running since before it was set up.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClientRow } from '../../src/contract/procedures/clients.ts';
import { clientRows } from '../../src/core/client-rows.ts';
import { openSetup } from '../../src/core/setup.ts';
import { ownHome, type OwnHome } from '../support/own-home.ts';

let home: OwnHome;
let common: { dataDir: string; policy: string; keys: string; env: Readonly<Record<string, string>> };

beforeEach(() => {
  home = ownHome(['codex', 'git']);
  common = { dataDir: join(home.home, 'data'), policy: join(home.home, 'policy.yaml'), keys: 'plain', env: home.env };
});
afterEach(() => home[Symbol.dispose]());

async function rowOf(client: string): Promise<ClientRow | undefined> {
  return (await clientRows(common)).find((row) => row.client === client);
}

async function setUp(client: string, isUndo = false): Promise<void> {
  for await (const { problem } of (await openSetup(common)).change({ client, isUndo, isDryRun: false }))
    expect(problem).toBeUndefined();
}

test('all that Scrim knows, with their way', async () => {
  const rows = await clientRows(common);
  expect(rows).toHaveLength(20);
  expect(await rowOf('codex')).toMatchObject({ state: 'around', isSetUp: false, run: 'scrim run -- codex' });
  expect(await rowOf('git')).toMatchObject({ state: 'around', isAssistant: false, run: null });
  expect(await rowOf('aider')).toMatchObject({ state: 'absent', isSetUp: false });
  await setUp('codex');
  expect(await rowOf('codex')).toMatchObject({ state: 'through', isSetUp: true });
  home.write('.codex/.env', 'A=1\n');
  expect(await rowOf('codex')).toMatchObject({ state: 'changed', isSetUp: true });
  await setUp('codex', true);
  expect(await rowOf('codex')).toMatchObject({ state: 'around', isSetUp: false });
});

test.skipIf(process.platform !== 'linux')('one that runs since before its set-up must be started again', async () => {
  const path = home.write('bin/codex', '#!/bin/sh\necho ready\nread line\n');
  chmodSync(path, 0o755);
  const child = spawn(path, { env: home.env, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    expect((await rowOf('codex'))?.outside).toContain(child.pid);
    await setUp('codex');
    const notes = join(common.dataDir, 'setup');
    // As if it had been set up ten seconds later than it was.
    const later = Date.now() / 1_000 + 10;
    for (const name of readdirSync(notes)) utimesSync(join(notes, name), later, later);
    expect(await rowOf('codex')).toMatchObject({
      state: 'restart',
      outside: expect.arrayContaining([child.pid]) as number[],
    });
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
  expect(await rowOf('codex')).toMatchObject({ state: 'through', outside: [] });
});
