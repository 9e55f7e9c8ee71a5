// The files that a set-up touches: whose they are, what they point to, who changed them since; and a real kill.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientById } from '../../src/capture/clients.ts';
import { applySetup, clientsSetUp, previewSetup, setupStatus, undoSetup } from '../../src/capture/setup.ts';
import { setupContext } from '../../src/capture/target-content.ts';
import { fakeMachine, journalFiles } from './fake-machine.ts';

const claude = clientById('claude')!;
const codex = clientById('codex')!;
const npm = clientById('npm')!;
const vscode = clientById('vscode')!;

test("a file keeps its mode; one that is made is the user's alone", async () => {
  using machine = fakeMachine();
  const path = machine.write('.npmrc', 'a=b\n', 0o640);
  chmodSync(path, 0o640);
  await applySetup(setupContext(machine.env), npm);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  await applySetup(setupContext(machine.env), claude);
  expect(statSync(join(machine.home, '.claude/settings.json')).mode & 0o777).toBe(0o600);
});

test('what was there is noted for the user alone', async () => {
  using machine = fakeMachine();
  machine.write('.npmrc', '//registry.example/:_authToken=mine\n');
  await applySetup(setupContext(machine.env), npm);
  expect(journalFiles(machine)).toEqual([expect.stringMatching(/\.json 600$/)]);
});

test('a link stays a link, and its file is changed and restored', async () => {
  using machine = fakeMachine();
  const real = machine.write('dotfiles/npmrc', 'a=b');
  symlinkSync(real, join(machine.home, '.npmrc'));
  await applySetup(setupContext(machine.env), npm);
  expect(lstatSync(join(machine.home, '.npmrc')).isSymbolicLink()).toBe(true);
  expect(readFileSync(real, 'utf8')).toContain('8877');
  await undoSetup(setupContext(machine.env), 'npm');
  expect(readFileSync(real, 'utf8')).toBe('a=b');
});

test.each([
  ['a link to nowhere', 'leads nowhere', (path: string) => symlinkSync(`${path}.gone`, path)],
  ['a read-only file', 'read-only', (path: string) => writeFileSync(path, 'a=b\n', { mode: 0o444 })],
  [
    'a second name',
    'second name',
    (path: string) => {
      writeFileSync(`${path}.other`, '');
      linkSync(`${path}.other`, path);
    },
  ],
  ['a folder', 'not a settings file', (path: string) => mkdirSync(path)],
  ['UTF-16', 'as UTF-8', (path: string) => writeFileSync(path, Buffer.from('\uFEFFa=b', 'utf16le'))],
  ['a giant', 'not a settings file', (path: string) => writeFileSync(path, Buffer.alloc(5 * 1024 * 1024, 'a'))],
])('%s is refused and left alone', async (_what, sentence, make) => {
  using machine = fakeMachine();
  make(join(machine.home, '.npmrc'));
  const before = machine.snapshot();
  await expect(applySetup(setupContext(machine.env), npm)).rejects.toThrow(sentence);
  await expect(previewSetup(setupContext(machine.env), npm)).rejects.toThrow(sentence);
  expect(machine.snapshot()).toEqual(before);
  expect(journalFiles(machine)).toEqual([]);
});

test("somebody else's file is refused", async () => {
  using machine = fakeMachine();
  const path = machine.write('.npmrc', 'a=b\n');
  // As root the file is given away; anybody else asks as another user.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(path, 65_534, 65_534);
  const env = isRoot ? machine.env : { ...machine.env, userId: (process.getuid?.() ?? 0) + 1 };
  await expect(applySetup(setupContext(env), npm)).rejects.toThrow('belongs to somebody else');
  expect(readFileSync(path, 'utf8')).toBe('a=b\n');
});

test('a file that cannot be changed leaves its neighbours as they were', async () => {
  using machine = fakeMachine();
  machine.write('.zshrc', '# mine\n', 0o444);
  const before = machine.snapshot();
  await expect(applySetup(setupContext(machine.env), clientById('shell')!)).rejects.toThrow('.zshrc');
  expect(machine.snapshot()).toEqual(before);
});

test('a command of the system that fails in the middle takes back what was done', async () => {
  using machine = fakeMachine('win32');
  const before = machine.snapshot();
  const { run } = machine.env;
  let writes = 0;
  const failing = setupContext({
    ...machine.env,
    run: (command) => {
      if (command.args[0] === 'add' && ++writes === 2)
        return Promise.resolve({ code: 5, stdout: '', stderr: 'denied' });
      return run(command);
    },
  });
  await expect(applySetup(failing, clientById('system')!)).rejects.toMatchObject({ code: 'command-failed' });
  expect(machine.snapshot()).toEqual(before);
});

test('our lines that somebody edited are not taken out for them, and the message says what to remove', async () => {
  using machine = fakeMachine();
  const context = setupContext(machine.env);
  const path = machine.write('.codex/.env', 'A=1\n');
  await applySetup(context, codex);
  const edited = readFileSync(path, 'utf8').replace('8877', '1234');
  writeFileSync(path, edited);

  await expect(undoSetup(context, 'codex')).rejects.toThrow(
    `Take the lines from "# >>> scrim codex >>>" to "# <<< scrim codex <<<" out of ${path} yourself`,
  );

  expect(readFileSync(path, 'utf8')).toBe(edited);
  expect(await setupStatus(context, codex)).toBe('changed');
  writeFileSync(path, 'A=1\nB=2\n');
  await undoSetup(context, 'codex');
  expect(readFileSync(path, 'utf8')).toBe('A=1\nB=2\n');
  expect(await clientsSetUp(context)).toEqual([]);
});

test('a value that somebody set since is theirs', async () => {
  using machine = fakeMachine();
  const context = setupContext(machine.env);
  const path = machine.write('.config/Code/User/settings.json', '{\n  // mine\n  "http.proxy": "http://old:1"\n}\n');
  await applySetup(context, vscode);
  writeFileSync(path, readFileSync(path, 'utf8').replace('http://127.0.0.1:8877', 'http://theirs:1'));
  expect(await setupStatus(context, vscode)).toBe('changed');
  await undoSetup(context, 'vscode');
  expect(readFileSync(path, 'utf8')).toBe('{\n  // mine\n  "http.proxy": "http://theirs:1"\n}\n');
});

test('a value that ours replaced comes back as it was written, though the file was changed since', async () => {
  using machine = fakeMachine();
  const context = setupContext(machine.env);
  const path = machine.write('.config/Code/User/settings.json', '{\n  "http.proxy": "http:\\/\\/old:1" /* why */\n}\n');
  await applySetup(context, vscode);
  writeFileSync(path, readFileSync(path, 'utf8').replace('{\n', '{\n  "editor.fontSize": 12,\n'));
  await undoSetup(context, 'vscode');
  expect(readFileSync(path, 'utf8')).toBe(
    '{\n  "editor.fontSize": 12,\n  "http.proxy": "http:\\/\\/old:1" /* why */\n}\n',
  );
});

test('a file that was deleted since stays deleted', async () => {
  using machine = fakeMachine();
  const context = setupContext(machine.env);
  const path = machine.write('.npmrc', 'a=b\n');
  await applySetup(context, npm);
  rmSync(path);
  await undoSetup(context, 'npm');
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  expect(journalFiles(machine)).toEqual([]);
});

test('a block that nobody remembers is replaced, not doubled', async () => {
  using machine = fakeMachine();
  const path = machine.write('.npmrc', 'a=b\n');
  await applySetup(setupContext(machine.env), npm);
  rmSync(machine.env.dataFolder, { recursive: true });
  const context = setupContext({ ...machine.env, proxy: 'http://127.0.0.1:9988' });
  await applySetup(context, npm);
  expect(readFileSync(path, 'utf8').match(/>>> scrim/g)).toHaveLength(1);
  await undoSetup(context, 'npm');
  expect(readFileSync(path, 'utf8')).toBe('a=b\n');
});

test('a journal that cannot be read stops everything with a sentence', async () => {
  using machine = fakeMachine();
  const context = setupContext(machine.env);
  await applySetup(context, npm);
  const [name = ''] = journalFiles(machine);
  writeFileSync(join(machine.env.dataFolder, 'setup', name.split(' ')[0] ?? ''), '{"version":2}');
  await expect(undoSetup(context, 'npm')).rejects.toMatchObject({ code: 'damaged-journal' });
});

test('the local token goes along as the password of the proxy', async () => {
  using machine = fakeMachine('linux', { token: 'local' });
  await applySetup(setupContext(machine.env), claude);
  const settings = JSON.parse(readFileSync(join(machine.home, '.claude/settings.json'), 'utf8')) as {
    env: Record<string, string>;
  };
  expect(settings.env['HTTPS_PROXY']).toBe('http://scrim:local@127.0.0.1:8877');
});

test('a process killed in the middle of a set-up leaves what an undo restores', async () => {
  for (const step of [2, 6, 8, 9, 11]) {
    using machine = fakeMachine();
    machine.write('.claude/settings.json', '{ "model": "opus" }');
    const before = machine.snapshot();
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'setup-child.ts'), String(step), JSON.stringify(machine.env)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');

    await undoSetup(setupContext(machine.env), 'claude');

    expect(machine.snapshot(), `killed at step ${step}`).toEqual(before);
    expect(journalFiles(machine).filter((name) => name.includes('.json '))).toEqual([]);
  }
});
