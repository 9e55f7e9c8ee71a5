// What every adapter must do, on every system: one suite over all of them.

import { describe, expect, test } from 'vitest';
import { clientById, clients } from '../../src/capture/clients.ts';
import type { ClientSetup } from '../../src/capture/client-setup.ts';
import { applySetup, previewSetup, previewUndo, setupStatus, undoSetup } from '../../src/capture/setup.ts';
import { setupContext } from '../../src/capture/target-content.ts';
import { fakeMachine, journalFiles, type FakeMachine, type Platform } from './fake-machine.ts';
import { stoppingFiles } from './stopping-files.ts';

const platforms: readonly Platform[] = ['linux', 'darwin', 'win32'];
/** Start from a shell profile, which Windows has none of that we write. */
const withoutWindows = ['copilot', 'cline'];

const cases = platforms.flatMap((platform) =>
  clients
    .filter(({ id }) => platform !== 'win32' || !withoutWindows.includes(id))
    .map((client) => [client.id, platform, client] as const),
);

// What is done to files is the same on every system; what programs of the system keep is not.
const killed = cases.filter(([id, platform]) => platform === 'linux' || ['shell', 'system'].includes(id));

describe.each(cases)('%s on %s', (_id, platform, client) => {
  test('is installed, is set up, and is undone exactly', async () => {
    using machine = fakeMachine(platform);
    const context = setupContext(machine.env);
    const before = machine.snapshot();
    expect(await setupStatus(context, client)).toBe('not-captured');

    const steps = await applySetup(context, client);

    expect(steps.length).toBeGreaterThan(0);
    expect(machine.snapshot()).not.toEqual(before);
    expect(await setupStatus(context, client)).toBe('captured');
    await undoSetup(context, client.id);
    expect(machine.snapshot()).toEqual(before);
    expect(await setupStatus(context, client)).toBe('not-captured');
    expect(journalFiles(machine)).toEqual([]);
  });

  test('a dry run says exactly what is then done, and touches nothing', async () => {
    using machine = fakeMachine(platform);
    const context = setupContext(machine.env);
    const before = machine.snapshot();

    const said = await previewSetup(context, client);

    expect(machine.snapshot()).toEqual(before);
    expect(journalFiles(machine)).toEqual([]);
    expect(await applySetup(context, client)).toEqual(said);
    const after = machine.snapshot();
    const back = await previewUndo(context, client.id);
    expect(machine.snapshot()).toEqual(after);
    expect(await undoSetup(context, client.id)).toEqual(back.toReversed());
    expect(said.flatMap(({ lines }) => lines).join('\n')).toContain('127.0.0.1');
  });

  test('twice is once', async () => {
    using machine = fakeMachine(platform);
    const context = setupContext(machine.env);
    const before = machine.snapshot();
    await applySetup(context, client);
    const after = machine.snapshot();
    expect(await applySetup(context, client)).toEqual([]);
    expect(machine.snapshot()).toEqual(after);
    await undoSetup(context, client.id);
    expect(machine.snapshot()).toEqual(before);
    expect(await undoSetup(context, client.id)).toEqual([]);
  });

  test('a new port takes the place of the old one', async () => {
    using machine = fakeMachine(platform);
    const before = machine.snapshot();
    await applySetup(setupContext(machine.env), client);
    const moved = setupContext({ ...machine.env, proxy: 'http://127.0.0.1:9988', gateway: 'http://127.0.0.1:9988' });
    expect(await setupStatus(moved, client)).toBe('changed');

    await applySetup(moved, client);

    expect(await setupStatus(moved, client)).toBe('captured');
    const content = Object.values(machine.snapshot()).map((text) =>
      Buffer.from(text.split(' ').at(-1) ?? '', 'base64').toString(),
    );
    expect(content.join('\n')).not.toContain('8877');
    await undoSetup(moved, client.id);
    expect(machine.snapshot()).toEqual(before);
  });

  test('where nothing is installed it says so', async () => {
    using machine = fakeMachine(platform);
    const bare = setupContext({ ...machine.env, home: `${machine.home}/nobody`, variables: {} });
    const alwaysThere = ['shell', 'system'].includes(client.id) && platform !== 'linux';
    const status = await setupStatus(bare, client);
    expect(status).toBe(
      alwaysThere && client.id === 'system'
        ? 'not-captured'
        : platform === 'win32' && client.id === 'shell'
          ? 'not-captured'
          : 'absent',
    );
  });
});

describe.each(killed)('%s on %s', (_id, platform, client) => {
  test('killed at any step, it can be undone exactly', async () => {
    // The end is reached when no step is left to stop at.
    for (let step = 1, ended = false; !ended; step += stride(client.id, platform)) {
      using machine = fakeMachine(platform);
      const before = machine.snapshot();
      const stopping = stoppingFiles(step, machine.env.run);
      const work = applySetup(setupContext({ ...machine.env, run: stopping.run }, stopping.files), client);
      ended = await Promise.race([work.then(() => true), stopping.stopped.then(() => false)]);

      await undoSetup(setupContext(machine.env), client.id);

      expect(machine.snapshot(), `stopped at step ${step}`).toEqual(before);
      expect(await setupStatus(setupContext(machine.env), client)).toBe('not-captured');
    }
  });

  test('an undo that is killed at any step can be repeated', async () => {
    for (let step = 1, ended = false; !ended; step += stride(client.id, platform)) {
      using machine = fakeMachine(platform);
      const before = machine.snapshot();
      await applySetup(setupContext(machine.env), client);
      const stopping = stoppingFiles(step, machine.env.run);
      const work = undoSetup(setupContext({ ...machine.env, run: stopping.run }, stopping.files), client.id);
      ended = await Promise.race([work.then(() => true), stopping.stopped.then(() => false)]);

      await undoSetup(setupContext(machine.env), client.id);

      expect(machine.snapshot(), `stopped at step ${step}`).toEqual(before);
    }
  });
});

test('several clients in one profile are undone in any order', async () => {
  const ids = ['shell', 'copilot', 'cline'];
  for (const order of [ids, ids.toReversed(), ['copilot', 'shell', 'cline']]) {
    using machine = fakeMachine('linux');
    machine.write('.bashrc', 'alias ll="ls -l"');
    const before = machine.snapshot();
    const context = setupContext(machine.env);
    for (const id of ids) await applySetup(context, required(id));
    for (const id of order) {
      await undoSetup(context, id);
      expect(await setupStatus(context, required(id))).toBe('not-captured');
    }
    expect(machine.snapshot()).toEqual(before);
  }
});

test('everything at once, and back', async () => {
  using machine = fakeMachine('linux');
  const before = machine.snapshot();
  const context = setupContext(machine.env);
  for (const client of clients) await applySetup(context, client);
  expect(await statuses(machine)).toEqual(clients.map(() => 'captured'));
  for (const client of clients) await undoSetup(context, client.id);
  expect(machine.snapshot()).toEqual(before);
});

test('with an automatic configuration only its address is set', async () => {
  for (const platform of platforms) {
    using machine = fakeMachine(platform, { pacUrl: 'http://127.0.0.1:8878/proxy.pac' });
    const before = machine.snapshot();
    const context = setupContext(machine.env);
    await applySetup(context, required('system'));
    expect([...machine.settings.values()].filter((value) => value.includes('proxy.pac'))).toHaveLength(1);
    await undoSetup(context, 'system');
    expect(machine.snapshot()).toEqual(before);
  }
});

/** The user's variables on Windows are two dozen targets alike: some of their steps will do. */
function stride(id: string, platform: Platform): number {
  return id === 'shell' && platform === 'win32' ? 17 : 1;
}

async function statuses(machine: FakeMachine): Promise<string[]> {
  const context = setupContext(machine.env);
  return await Promise.all(clients.map((client) => setupStatus(context, client)));
}

function required(id: string): ClientSetup {
  const client = clientById(id);
  if (client === undefined) throw new Error(`no client ${id}`);
  return client;
}
