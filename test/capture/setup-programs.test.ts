// What was written, read by the programs it is for.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientById } from '../../src/capture/clients.ts';
import { applySetup, setupStatus, undoSetup } from '../../src/capture/setup.ts';
import { setupContext } from '../../src/capture/target-content.ts';
import { systemCommands } from '../../src/trust/run-command.ts';
import { isThere, runProgram } from '../certificates/real-program.ts';
import { missingProgram } from '../support/programs.ts';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';

const missing = (command: string, ...args: string[]) =>
  isThere(command, ...args) ? undefined : missingProgram(command, ...args);

async function setUp(id: string, machine: FakeMachine): Promise<void> {
  await applySetup(setupContext(machine.env), clientById(id)!);
}

function run(machine: FakeMachine, command: string, args: string[], env: Record<string, string> = {}) {
  return runProgram(command, args, { HOME: machine.home, XDG_CONFIG_HOME: join(machine.home, '.config'), ...env });
}

test('git', async () => {
  using machine = fakeMachine();
  machine.write('.gitconfig', '[http]\n\tproxy = http://old:1\n[user]\n\tname = Ann');
  await setUp('git', machine);
  const asked = await run(machine, 'git', ['config', '--global', '--get-regexp', '^http|^user']);
  expect(asked.output).toContain(`http.sslcainfo ${machine.env.bundlePath}`);
  expect(asked.output).toContain('user.name Ann');
  expect((await run(machine, 'git', ['config', 'http.proxy'])).output).toBe('http://127.0.0.1:8877\n');
});

test('npm', async () => {
  using machine = fakeMachine();
  machine.write('.npmrc', 'proxy=http://old:1\nregistry=https://registry.example/\n[section]\nproxy=http://other:1\n');
  await setUp('npm', machine);
  // The cafile has to be there, or npm complains.
  mkdirSync(join(machine.home, 'scrim data', 'certificates'), { recursive: true });
  machine.write('scrim data/certificates/bundle.pem', '');
  const env = { npm_config_globalconfig: '/dev/null', npm_config_cache: join(machine.home, '.npm') };
  expect((await run(machine, 'npm', ['config', 'get', 'proxy'], env)).output).toMatch(
    /^http:\/\/127\.0\.0\.1:8877\/?\n/,
  );
  expect((await run(machine, 'npm', ['config', 'get', 'cafile'], env)).output).toContain(machine.env.bundlePath);
  expect((await run(machine, 'npm', ['config', 'get', 'registry'], env)).output).toContain('https://registry.example/');
});

describe('pip', () => {
  // pip itself is not everywhere where Python is; what reads its file is Python's own parser, strict as pip leaves it.
  const read =
    'import configparser, sys\np = configparser.RawConfigParser()\np.read(sys.argv[1], encoding="utf-8")\nprint(p["global"]["proxy"], p["global"]["cert"], p["global"].get("timeout"))';
  test.skipIf(missing('python3', '--version'))('reads one section, whatever stood there', async () => {
    using machine = fakeMachine();
    const path = machine.write(
      '.config/pip/pip.conf',
      '[install]\nproxy = x\n[global]\n# mine\nProxy: http://old:1\n    and more\ntimeout=60',
    );
    await setUp('pip', machine);
    const { output } = await run(machine, 'python3', ['-c', read, path]);
    expect(output).toBe(`http://127.0.0.1:8877 ${machine.env.bundlePath} 60\n`);
  });
});

const ask = 'printf "%s|%s" "$HTTPS_PROXY" "$SSL_CERT_FILE"';

describe.each([
  { shell: 'bash', flags: ['-i', '-c'] },
  { shell: 'zsh', flags: ['-i', '-c'] },
  { shell: 'fish', flags: ['-c'] },
])('$shell', ({ shell, flags }) => {
  test.skipIf(missing(shell, '--version'))('exports the variables', async () => {
    using machine = fakeMachine();
    await setUp('shell', machine);
    const { output } = await run(machine, shell, [...flags, ask]);
    expect(output).toContain(`http://127.0.0.1:8877|${machine.env.bundlePath}`);
  });

  test.skipIf(missing(shell, '--version'))('gives one program an environment of its own', async () => {
    using machine = fakeMachine();
    machine.write('bin/copilot', '#!/bin/sh\nprintf "%s|%s|%s" "$HTTPS_PROXY" "$SSL_CERT_FILE" "$*"\n', 0o755);
    await setUp('copilot', machine);
    const line = `copilot "a b" c; printf "<%s>" "$HTTPS_PROXY"`;
    const { output } = await run(machine, shell, [...flags, line], {
      PATH: `${join(machine.home, 'bin')}:${process.env['PATH'] ?? ''}`,
    });
    expect(output).toContain(`http://127.0.0.1:8877|${machine.env.bundlePath}|a b c<>`);
  });
});

// The key file takes the place of the desktop's own database: no session is needed.
const noSchema = missing('sh', '-c', 'GSETTINGS_BACKEND=memory gsettings get org.gnome.system.proxy mode');

test.skipIf(noSchema)('the proxy of GNOME', async () => {
  using machine = fakeMachine();
  const env = {
    PATH: process.env['PATH'],
    HOME: machine.home,
    XDG_CONFIG_HOME: join(machine.home, '.config'),
    GSETTINGS_BACKEND: 'keyfile',
  };
  const context = setupContext({ ...machine.env, run: systemCommands({ env }) });
  const client = clientById('system')!;
  const ask = async () => {
    const keys = ['proxy mode', 'proxy.http host', 'proxy.http port', 'proxy.https host', 'proxy.https port'];
    const answers = keys.map((key) =>
      context.env.run({ program: 'gsettings', args: ['get', ...`org.gnome.system.${key}`.split(' ')] }),
    );
    return (await Promise.all(answers)).map(({ stdout }) => stdout.trim());
  };
  const before = await ask();
  await applySetup(context, client);
  expect(await ask()).toEqual(["'manual'", "'127.0.0.1'", '8877', "'127.0.0.1'", '8877']);
  expect(await setupStatus(context, client)).toBe('captured');
  await undoSetup(context, 'system');
  expect(await ask()).toEqual(before);
});
