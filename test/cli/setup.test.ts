// scrim setup through the real command, in a home of its own: what changes, what comes back, and what a client then does.
// Long: each kind of client has its own files.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../support/http-client.ts';
import { createAuthority } from '../support/authority.ts';
import { startPlayback } from '../support/playback.ts';
import { missingProgram } from '../support/programs.ts';
import { cleanEnvironment, jsonLines, runScrim, startScrim, startScrimCommand } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** As people have them: comments, other line ends, no last newline, a byte order mark, values of their own. */
const files: Readonly<Record<string, string>> = {
  '.claude/settings.json': '{\n  // mine\n  "env": { "A": "1", "HTTPS_PROXY": "http://old:1" },\n  "model": "opus",\n}',
  '.codex/.env': 'A=1\r\nHTTPS_PROXY=http://old:1\r\n',
  '.gemini/settings.json': '{}',
  '.config/opencode/opencode.jsonc': '\uFEFF{ "provider": { "openai": { "options": {} } } /* c */ }\n',
  '.continue/config.yaml': '# mine\nname:   me\nmodels:\n    - name: x\n',
  '.aider.conf.yml': 'set-env:\n  - A=1 # first\n',
  '.config/Code/User/settings.json': '{\n\t"editor.fontSize": 12\n}\n',
  '.config/JetBrains/PyCharm2026.1/options/other.xml': '<application/>',
  '.bashrc': 'alias x=y\n# no newline at the end',
  '.zshrc': '',
  '.gitconfig': '[user]\n\tname = Ann\n',
  '.npmrc': 'registry = https://registry.example/\n',
  '.config/pip/pip.conf': '[global]\ntimeout=60\n',
  '.docker/config.json': '{"auths":{}}',
};
const assistants = ['claude', 'codex', 'gemini', 'opencode', 'continue', 'aider', 'vscode', 'jetbrains'];
const byName = ['shell', 'git', 'npm', 'pip', 'docker'];

/** What Node compiled, for all starts. */
const cache = temporaryFolder();
let folder: ReturnType<typeof temporaryFolder>;
let home: string;
let env: Record<string, string>;

beforeEach(() => {
  folder = temporaryFolder();
  home = join(folder.path, 'home');
  env = {
    HOME: home,
    XDG_CACHE_HOME: cache.path,
    SHELL: '/bin/bash',
    PATH: [dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  chmodSync(join(home, '.npmrc'), 0o640);
  // Many keep their dot files elsewhere.
  writeFileSync(join(folder.path, 'dotfile'), 'export A=1\n');
  symlinkSync(join(folder.path, 'dotfile'), join(home, '.bash_aliases'));
});
afterEach(() => folder.remove());
afterAll(() => cache.remove());

const scrim = (...words: string[]) => runScrim(words, { env });
const read = (name: string) => readFileSync(join(home, name), 'utf8');

/** Every file of the user's: kind, mode and bytes. What Scrim keeps for itself is left out. */
async function everything(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(home, path);
    if (/^\.(cache|local)(\/|$)|^\.config\/scrim/.test(name)) continue;
    const { mode } = lstatSync(path);
    const content = entry.isFile() ? readFileSync(path, 'base64') : entry.isSymbolicLink() ? readlinkSync(path) : '';
    found[name] = `${mode.toString(8)} ${content}`;
  }
  return found;
}

describe('there and back', () => {
  test('a dry run prints the exact lines and writes nothing', async () => {
    const before = await everything();
    const dry = await scrim('setup', 'claude', '--dry-run');
    expect(dry.code).toBe(0);
    expect(await everything()).toEqual(before);
    expect(existsSync(join(home, '.local/share/scrim/certificates'))).toBe(false);

    const real = await scrim('setup', 'claude');
    expect(real.out).toBe(dry.out);
    expect(dry.out).toMatch(
      /^Claude Code [^]*\.claude\/settings\.json\n[^]*\+.*"HTTPS_PROXY": "http:\/\/127\.0\.0\.1:8877"/,
    );
    const added = dry.out.split('\n').flatMap((line) => (/^ {4}\+(.*)$/.exec(line) ?? []).slice(1));
    for (const line of added) expect(read('.claude/settings.json')).toContain(line);
    expect(real.err).toMatch(/not running at http:\/\/127\.0\.0\.1:8877/);

    const back = await scrim('setup', 'claude', '--undo', '--dry-run');
    expect(back.out).toContain('"HTTPS_PROXY": "http://127.0.0.1:8877"');
    expect(read('.claude/settings.json')).not.toBe(files['.claude/settings.json']);
  });

  test('every client and back: each file, mode and link as before', async () => {
    const before = await everything();
    expect(await scrim('setup')).toMatchObject({ code: 0 });
    for (const name of byName) expect(await scrim('setup', name)).toMatchObject({ code: 0 });
    const status = jsonLines<{ client: string; status: string }>((await scrim('setup', '--list', '--json')).out);
    for (const { client, status: is } of status.filter((each) => [...assistants, ...byName].includes(each.client)))
      expect({ client, is }).toEqual({ client, is: 'captured' });
    for (const name of ['ca.pem', 'bundle.pem'])
      expect(read(join('.local/share/scrim/certificates', name))).toContain('-----BEGIN CERTIFICATE-----');
    const changed = await everything();
    expect(Object.keys(changed).filter((name) => changed[name] !== before[name]).length).toBeGreaterThan(12);

    expect(await scrim('setup')).toMatchObject({ code: 0, out: expect.stringMatching(/already set up/) as string });
    expect(await everything()).toEqual(changed);

    expect(await scrim('setup', '--undo')).toMatchObject({ code: 0 });
    expect(await everything()).toEqual(before);
    expect(await scrim('setup', '--undo')).toMatchObject({ code: 0, err: expect.stringMatching(/nothing/) as string });
  });

  test('killed in the middle of its work: the undo still brings everything back', async () => {
    const before = await everything();
    const notes = join(home, '.local/share/scrim/setup');
    mkdirSync(notes, { recursive: true, mode: 0o700 });
    const signals: (NodeJS.Signals | null)[] = [];
    for (const last of [1, 4, 9, 16, 25]) {
      const child = startScrimCommand(['setup'], { env });
      child.stdout.resume();
      let steps = 0;
      // Each client is noted before its files are changed: this is while it works.
      const watcher = watch(notes, () => {
        steps += 1;
        if (steps === last) child.kill('SIGKILL');
      });
      const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      watcher.close();
      signals.push(signal);
      expect(await scrim('setup', '--undo')).toMatchObject({ code: 0 });
      expect(await everything()).toEqual(before);
    }
    expect(signals).toContain('SIGKILL');
  });

  test('a reader that goes away does not stop it half way', async () => {
    const before = await everything();
    await scrim('setup');
    const child = startScrimCommand(['setup', '--undo'], { env });
    child.stdout.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await everything()).toEqual(before);
  });

  test('the certificates may be gone by then', async () => {
    await scrim('setup', 'claude');
    writeFileSync(join(home, '.local/share/scrim/certificates/known-providers.pem'), 'not a certificate');
    expect(await scrim('setup', '--undo')).toMatchObject({ code: 0 });
    expect(read('.claude/settings.json')).toBe(files['.claude/settings.json']);
  });
});

describe('somebody else writes too', () => {
  test('a file that was changed since keeps what was written', async () => {
    await scrim('setup', 'claude');
    const path = join(home, '.claude/settings.json');
    writeFileSync(path, read('.claude/settings.json').replace('"model": "opus"', '"model": "sonnet"'));
    expect(await scrim('setup', 'claude', '--undo')).toMatchObject({ code: 0 });
    expect(read('.claude/settings.json')).toContain('"model": "sonnet"');
    expect(read('.claude/settings.json')).not.toContain('8877');
    expect(read('.claude/settings.json')).toContain('http://old:1');
  });

  test('lines changed within our marks are left, said, and do not stop the others', async () => {
    await scrim('setup', 'shell');
    await scrim('setup', 'claude');
    const changed = read('.bashrc').replace('http://127.0.0.1:8877', 'http://127.0.0.1:1234');
    writeFileSync(join(home, '.bashrc'), changed);
    const { code, out, err } = await scrim('setup', '--undo');
    expect(code).toBe(1);
    expect(err).toMatch(/^Shell profile: Take .*\.bashrc yourself[^\n]*\.\n$/);
    expect(out).toContain('Claude Code');
    expect(read('.bashrc')).toBe(changed);
    expect(read('.claude/settings.json')).toBe(files['.claude/settings.json']);
  });

  test('a file that may not be written is refused with the reason, and nothing is half done', async () => {
    chmodSync(join(home, '.codex/.env'), 0o444);
    const before = await everything();
    const { code, err } = await scrim('setup', 'codex');
    expect(code).toBe(1);
    expect(err).toMatch(/^Codex: Make .*\.env writable[^\n]*\.\n$/);
    expect(await everything()).toEqual(before);
  });
});

describe('what it says', () => {
  test('--list: each client once, with its state', async () => {
    await scrim('setup', 'codex');
    await scrim('setup', 'aider');
    writeFileSync(join(home, '.aider.conf.yml'), 'set-env: []\n');
    const { code, out } = await scrim('setup', '--list');
    expect(code).toBe(0);
    expect(out).toMatch(/^codex +captured +Codex$/m);
    expect(out).toMatch(/^claude +not-captured +Claude Code$/m);
    expect(out).toMatch(/^aider +changed +Aider$/m);
    expect(out).toMatch(/^cursor +absent +Cursor$/m);
    expect(out).not.toContain('undefined');
  });

  test('--json: one object a client', async () => {
    const outcomes = jsonLines<{ client: string; problem: null; steps: { target: string; lines: string[] }[] }>(
      (await scrim('setup', '--json')).out,
    );
    expect(outcomes.map(({ client }) => client)).toEqual(assistants);
    for (const { problem, steps } of outcomes) {
      expect(problem).toBeNull();
      expect(steps[0]?.lines.join('\n')).toMatch(/8877/);
    }
  });

  test.each([
    [['setup', 'no-such-client'], 2, /claude, codex/],
    [['setup', 'claude', '--list'], 2, /--list alone/],
  ])('%j: %i', async (words, code, err) => {
    expect(await scrim(...words)).toMatchObject({ code, out: '', err: expect.stringMatching(err) as string });
  });
});

test('a proxy of the user’s own is not lost silently', async () => {
  const own = { ...env, HTTPS_PROXY: 'http://ann:word@proxy.example:3128' };
  const { err } = await runScrim(['setup', 'claude'], { env: own });
  expect(err).toMatch(/proxy\.example:3128: start Scrim with --upstream-proxy/);
  expect(err).not.toContain('word');
});

describe('where Scrim is', () => {
  /** A port that nobody uses now. */
  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  test('an instance with ports of its own choice is not what clients are given', async () => {
    await using running = await startScrim({ env });
    const { out, err } = await runScrim(['--data-dir', running.dataDir, 'setup', 'claude', '--dry-run'], { env });
    expect(out).toContain('"http://127.0.0.1:8877"');
    expect(err).toMatch(/not running/);
  });

  test('a named port is, and what was set up for it moves when Scrim has', async () => {
    const [port, ui] = [await freePort(), await freePort()];
    const flags = ['--listen', `127.0.0.1:${port}`, '--ui', `127.0.0.1:${ui}`];
    await using running = await startScrim({ env, flags });
    const setup = (...words: string[]) =>
      runScrim(['--data-dir', running.dataDir, 'setup', 'codex', ...words], { env });
    expect(await setup()).toMatchObject({
      code: 0,
      err: `Scrim runs at http://127.0.0.1:${port}: that is the address clients are given.\n`,
    });
    expect(read('.codex/.env')).toContain(`HTTPS_PROXY='http://127.0.0.1:${port}'`);

    await running.command('stop');
    expect(await setup()).toMatchObject({ code: 0 });
    expect(read('.codex/.env')).toContain(`HTTPS_PROXY='http://127.0.0.1:8877'`);
    expect(read('.codex/.env')).not.toContain(`:${port}`);
    expect(await setup('--undo')).toMatchObject({ code: 0 });
    expect(read('.codex/.env')).toBe(files['.codex/.env']);
  });

  test('proxy.pac: for whoever asks on this machine, not for a page of another host', async () => {
    await using running = await startScrim({ env });
    const url = `${running.ui}/proxy.pac`;
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-ns-proxy-autoconfig');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await response.text();
    expect(text).toContain(`PROXY ${new URL(running.proxy).host}`);
    expect(text).toContain('api.openai.com');
    expect(await ask(url, { method: 'GET', headers: { host: 'evil.example' } })).toMatchObject({ status: 403 });
    expect((await fetch(url, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    expect((await fetch(`${running.ui}/rpc/status/get`, { method: 'POST' })).status).toBe(401);
  });

  const noCurl = missingProgram('curl', '--version');
  test.skipIf(noCurl)('a shell that was set up: its curl gets masked text', async () => {
    const secret = makeSecret('aws-access-key-id', 'setup');
    const authority = createAuthority();
    await using upstream = await startPlayback({ secret, tls: authority.issue({ names: ['api.openai.com'] }) });
    const [port, ui] = [await freePort(), await freePort()];
    await using running = await startScrim({
      env,
      upstreamCa: authority.caPem,
      resolve: [`api.openai.com:443:127.0.0.1:${upstream.port}`],
      flags: ['--listen', `127.0.0.1:${port}`, '--ui', `127.0.0.1:${ui}`],
    });
    expect(await runScrim(['--data-dir', running.dataDir, 'setup', 'shell'], { env })).toMatchObject({ code: 0 });
    const call = `. ~/.bashrc; curl -sS https://api.openai.com/v1/chat/completions -H 'content-type: application/json' -d '{"model":"m","stream":false,"messages":[]}'`;
    const { stdout, stderr } = await shell(call);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/AKIAMASKED_AWS_[0-9a-f]{8}/);
    expect(stdout).not.toContain(secret);
    expect((await running.log()).length).toBe(1);
  });

  /** Not blocking: the provider answers in this process. */
  async function shell(script: string): Promise<{ stdout: string; stderr: string }> {
    const child = spawn('bash', ['--norc', '-c', script], { env: cleanEnvironment(env) });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    await once(child, 'close');
    return { stdout, stderr };
  }
});
