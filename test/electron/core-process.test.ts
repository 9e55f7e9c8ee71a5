// Both ends of the core's process: its start, its restarts, and what its owner may tell it. Long: each end has many ways to go wrong.

import { describe, expect, test } from 'vitest';
import { createCoreProcess, restartDelays, wellAfter } from '../../electron/core-process-host.ts';
import { serveMain } from '../../electron/core-side.ts';
import { keychainThroughMain } from '../../electron/keychain-through-main.ts';
import type { FromCore } from '../../electron/core-messages.ts';
import type { Core } from '../../src/core.ts';
import { CoreError } from '../../src/core/core-error.ts';
import type { ServeOptions } from '../../src/core/serve-options.ts';
import { callKeychain } from '../../src/keychain/keychain-call.ts';
import { manualClock } from '../approvals/questions.ts';
import { fake, MessageChannelMain, resetFake } from '../support/fake-electron.ts';
import { FakeUtilityProcess } from '../support/fake-electron-ports.ts';
import { freshElectron, turns } from './shell.ts';

freshElectron({ ready: true });

describe('the main process', () => {
  function host() {
    const clock = manualClock();
    const said: string[] = [];
    let startsAtLogin = true;
    const core = createCoreProcess({
      clock,
      flags: { listen: '127.0.0.1:0' },
      autostart: {
        isOn: () => Promise.resolve(startsAtLogin),
        set(on) {
          if (on) return Promise.reject(new Error('Move Scrim.'));
          startsAtLogin = on;
          return Promise.resolve();
        },
      },
      changed: (condition, problem) => said.push(problem === undefined ? condition : `${condition}: ${problem}`),
    });
    const child = (): FakeUtilityProcess => fake.processes.at(-1)!;
    return {
      core,
      clock,
      said,
      child,
      says: (message: unknown) => child().emit('message', message),
      kinds: () => child().sent.map(({ message }) => (message as { type: string }).type),
    };
  }

  test('starts nothing before the app is ready', () => {
    const { core } = host();
    resetFake();
    expect(() => core.start()).toThrow(/before app is ready/);
  });

  test('tells the core its flags; it runs when it says so, and gets a port for each who asks', () => {
    const { core, said, child, says, kinds } = host();
    core.start();
    core.start();
    expect(fake.processes).toHaveLength(1);
    expect(child().file).toMatch(/core-process\.js$/);
    expect(child().sent[0]?.message).toEqual({ type: 'start', flags: { listen: '127.0.0.1:0' } });
    expect(core.connect('window')).toBeUndefined();
    says({ type: 'ready' });
    expect(said).toEqual(['starting', 'running']);
    const port = core.connect('window');
    core.connect('shell');
    expect(kinds()).toEqual(['start', 'window', 'shell']);
    expect(child().sent[1]?.ports).toHaveLength(1);
    expect(child().sent[1]?.ports[0]).not.toBe(port);
  });

  test('a crash: the tray hears of it at once, and it starts again, later each time', () => {
    const { core, clock, said, child } = host();
    core.start();
    const waits = [...restartDelays, restartDelays.at(-1)!];
    for (const [index, delay] of waits.entries()) {
      child().exit(9);
      expect(said.at(-1)).toMatch(/^failed: Scrim's core ended and starts again in \d+ s/);
      expect(core.connect('window')).toBeUndefined();
      clock.advance(delay - 1);
      expect(fake.processes).toHaveLength(index + 1);
      clock.advance(1);
      expect(fake.processes).toHaveLength(index + 2);
    }
  });

  test('a core that ran well for a while starts again soon', () => {
    const { core, clock, child, says } = host();
    core.start();
    for (let i = 0; i < 4; i++) {
      child().exit(1);
      clock.advance(60_000);
    }
    says({ type: 'ready' });
    clock.advance(wellAfter);
    child().exit(1);
    clock.advance(restartDelays[0]);
    expect(fake.processes).toHaveLength(6);
  });

  test('a core that cannot start says why; "start now" does not wait', () => {
    const { core, said, child, says } = host();
    core.start();
    says({ type: 'failed', message: 'Choose another address with --listen.' });
    expect(child().sent.at(-1)?.message).toEqual({ type: 'stop' });
    child().exit(0);
    expect(said.at(-1)).toBe('failed: Choose another address with --listen.');
    core.start();
    expect([fake.processes.length, said.at(-1)]).toEqual([2, 'starting']);
  });

  test('stopped by "scrim stop": off, and not started again by itself', () => {
    const { core, clock, said, child, says } = host();
    core.start();
    says({ type: 'ready' });
    child().exit(0);
    clock.advance(600_000);
    expect([said.at(-1), fake.processes.length]).toEqual(['stopped', 1]);
    core.start();
    expect(fake.processes).toHaveLength(2);
  });

  test('stops in order; by force when it does not', async () => {
    const { core, clock, child, says, kinds } = host();
    core.start();
    says({ type: 'ready' });
    const stopped = core.stop();
    expect([kinds().at(-1), child().killed]).toEqual(['stop', 0]);
    clock.advance(12_000);
    expect(child().killed).toBe(1);
    await stopped;
    clock.advance(600_000);
    expect(fake.processes).toHaveLength(1);
  });

  test('a stop while it waits to start again: it does not', async () => {
    const { core, clock, child } = host();
    core.start();
    child().exit(1);
    await core.stop();
    clock.advance(600_000);
    expect(fake.processes).toHaveLength(1);
  });

  test.each([
    { type: 'quit' },
    { type: 'ready', more: 1 },
    { type: 'failed', message: 7 },
    { type: 'keychain', call: '1' },
    'ready',
    null,
    undefined,
  ])('%j is not understood, and changes nothing', (message) => {
    const { core, said, says } = host();
    core.start();
    says(message);
    expect([said, fake.processes.length]).toEqual([['starting'], 1]);
  });

  test('a process that is gone is not heard any more', () => {
    const { core, clock, said, child } = host();
    core.start();
    const first = child();
    first.exit(1);
    clock.advance(1_000);
    first.emit('message', { type: 'ready' });
    expect(said.at(-1)).toBe('starting');
  });

  test('the window’s settings turn the start at login, and hear why not', async () => {
    const { core, child, says } = host();
    core.start();
    says({ type: 'autostart', call: 1, set: null });
    says({ type: 'autostart', call: 2, set: true });
    says({ type: 'autostart', call: 3, set: false });
    await turns();
    expect(
      child()
        .sent.slice(1)
        .map(({ message }) => message),
    ).toEqual([
      { type: 'autostart', call: 1, isOn: true, problem: null },
      { type: 'autostart', call: 2, isOn: false, problem: 'Move Scrim.' },
      { type: 'autostart', call: 3, isOn: false, problem: null },
    ]);
  });

  describe('a keychain helper', () => {
    test('is a process of its own with a way to the core, and without our environment', () => {
      process.env['SCRIM_TEST_SECRET'] = 'x';
      const { core, says } = host();
      core.start();
      const [coreChild] = fake.processes;
      says({ type: 'keychain', call: 7 });
      delete process.env['SCRIM_TEST_SECRET'];
      const helper = fake.processes[1];
      expect(helper?.file).toMatch(/keychain-child\.js$/);
      expect(Object.keys(helper?.options.env ?? {})).not.toContain('SCRIM_TEST_SECRET');
      expect(Object.keys(helper?.options.env ?? {})).not.toContain('NODE_OPTIONS');
      expect(helper?.sent[0]?.ports).toHaveLength(1);
      expect(coreChild?.sent.at(-1)).toMatchObject({ message: { type: 'keychain', call: 7 } });
      helper?.exit(0);
      expect(coreChild?.sent.at(-1)).toMatchObject({ message: { type: 'keychain-ended', call: 7 } });
    });

    test('more than a few at once are refused', () => {
      const { core, says } = host();
      core.start();
      const [coreChild] = fake.processes;
      for (let call = 1; call <= 20; call++) coreChild?.emit('message', { type: 'keychain', call });
      says({ type: 'keychain', call: 1 });
      expect(fake.processes).toHaveLength(1 + 16);
      expect(coreChild?.sent.at(-1)).toMatchObject({ message: { type: 'keychain-ended', call: 20 } });
    });
  });
});

describe('the core’s process', () => {
  function side({ fails }: { readonly fails?: Error } = {}) {
    const child = new FakeUtilityProcess('core-process.js', [], {});
    const heard: FromCore[] = [];
    child.on('message', (message: FromCore) => heard.push(message));
    const stopped = Promise.withResolvers<undefined>();
    const served: unknown[] = [];
    const started: ServeOptions[] = [];
    const exits: number[] = [];
    const core = {
      stopped: stopped.promise,
      stop: () => {
        stopped.resolve(undefined);
        return Promise.resolve();
      },
      serveWindow: (port: unknown, caller: { kind: string; may: () => Promise<unknown> }) =>
        served.push([port, caller]),
    } as unknown as Core;
    serveMain(child.parentPort, {
      env: { SCRIM_KEYS: 'memory' },
      exit: (code) => exits.push(code),
      createCore(options) {
        started.push(options);
        return fails === undefined ? Promise.resolve(core) : Promise.reject(fails);
      },
    });
    return { child, heard, served, started, exits };
  }

  test('starts as it is told, once: the shell asks, and keychain helpers come from the main process', async () => {
    const { child, heard, started } = side();
    child.postMessage({ type: 'start', flags: { listen: '127.0.0.1:0', policy: '/p.yaml' } });
    child.postMessage({ type: 'start', flags: { listen: '127.0.0.1:0' } });
    await turns();
    expect(started).toHaveLength(1);
    expect(started[0]).toMatchObject({ desktop: 'shell', env: { SCRIM_KEYS: 'memory' } });
    expect(started[0]?.startKeychain).toBeTypeOf('function');
    expect(heard).toContainEqual({ type: 'ready' });
  });

  test('serves the contract on a port that comes, as its window or its shell', async () => {
    const { child, served } = side();
    child.postMessage({ type: 'start', flags: {} });
    await turns();
    const { port1 } = new MessageChannelMain();
    child.postMessage({ type: 'window' }, [port1]);
    await turns();
    const [[port, caller]] = served as [[unknown, { kind: string; may: () => Promise<unknown> }]];
    expect([port, caller.kind, await caller.may()]).toEqual([port1, 'window', { ok: true }]);
  });

  test('a port that comes too early is closed, so that whoever holds the other end knows', async () => {
    const { child } = side({ fails: new CoreError('usage', 'x') });
    const { port1, port2 } = new MessageChannelMain();
    port2.start();
    const closed = new Promise((resolve) => port2.once('close', resolve));
    child.postMessage({ type: 'window' }, [port1]);
    await closed;
  });

  test('what cannot start says its sentence; an error that is not ours keeps its text to itself', async () => {
    const { child, heard, exits } = side({ fails: new CoreError('cannot-listen', 'Choose another address.') });
    child.postMessage({ type: 'start', flags: {} });
    await turns();
    expect(heard).toContainEqual({ type: 'failed', message: 'Choose another address.' });
    // It waits to be told: what it said must arrive first.
    expect(exits).toEqual([]);
    child.postMessage({ type: 'stop' });
    await turns();
    expect(exits).toEqual([0]);
    const other = side({ fails: new Error('something raw') });
    other.child.postMessage({ type: 'start', flags: {} });
    await turns();
    expect(JSON.stringify(other.heard)).not.toContain('something raw');
  });

  test('flags that are wrong are a failure with the way out', async () => {
    const { child, heard } = side();
    child.postMessage({ type: 'start', flags: { listen: 'nowhere' } });
    await turns();
    expect(heard.at(-1)).toMatchObject({ type: 'failed', message: expect.stringContaining('--listen') as string });
  });

  test('stops when told, and ends as what ends on purpose', async () => {
    const { child, exits } = side();
    child.postMessage({ type: 'start', flags: {} });
    await turns();
    child.postMessage({ type: 'stop' });
    await turns();
    expect(exits).toEqual([0]);
  });

  test.each([{ type: 'shell', port: 1 }, { type: 'eval', code: '1' }, 'stop', null])(
    '%j is not understood',
    async (message) => {
      const { child, heard, exits, served } = side();
      child.postMessage(message);
      await turns();
      expect([heard, exits, served]).toEqual([[], [], []]);
    },
  );
});

describe('a keychain call through the main process', () => {
  function calls() {
    const told: FromCore[] = [];
    const keychain = keychainThroughMain((message) => told.push(message));
    const call = (): ReturnType<typeof callKeychain> =>
      callKeychain({ operation: 'read', service: 'scrim', name: 'openai' }, {}, keychain.start);
    return { told, keychain, call };
  }

  test('request and answer go over the port of the helper only, and it is ended when it has answered', async () => {
    const { told, keychain, call } = calls();
    const answer = call();
    expect(told).toEqual([{ type: 'keychain', call: 1 }]);
    const { port1, port2 } = new MessageChannelMain();
    const requests: unknown[] = [];
    port1.on('message', ({ data }: { data: unknown }) => {
      requests.push(data);
      port1.postMessage(`${JSON.stringify({ ok: true, secret: 'aGVsbG8=' })}\n`);
    });
    port1.start();
    port1.postMessage('started\n');
    keychain.opened(1, port2 as never);
    await expect.poll(() => told.length).toBe(2);
    expect(requests).toEqual([{ operation: 'read', service: 'scrim', name: 'openai' }]);
    expect(told[1]).toEqual({ type: 'end-keychain', call: 1 });
    keychain.ended(1);
    expect(await answer).toEqual({ ok: true, secret: 'aGVsbG8=' });
    expect(JSON.stringify(told)).not.toContain('aGVsbG8=');
  });

  test('a helper that could not start, or ended without an answer', async () => {
    const { keychain, call } = calls();
    const answer = call();
    keychain.ended(1);
    keychain.ended(1);
    expect(await answer).toEqual({ ok: false, problem: 'no-module' });
  });
});
