// scrim run: the command's environment, its exit code and signals, and its traffic.

import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../support/authority.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { missingProgram } from '../support/programs.ts';
import { collect, runScrim, startScrim, startScrimCommand, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const secret = makeSecret('aws-access-key-id', 'run');
const authority = createAuthority();
const folder = temporaryFolder();
const node = process.execPath;
const masked = /AKIAMASKED_AWS_[0-9a-f]{8}/;
const noCurl = missingProgram('curl', '--version');

let server: Playback;
/** Flags of an own instance that finds the provider. */
let flags: string[];

beforeAll(async () => {
  server = await startPlayback({ secret, tls: authority.issue({ names: ['api.openai.com'] }) });
  await writeFile(join(folder.path, 'ca.pem'), authority.caPem);
  flags = [
    ...['--data-dir', join(folder.path, 'data'), '--policy', join(folder.path, 'none.yaml'), 'run'],
    ...['--upstream-ca', join(folder.path, 'ca.pem'), '--resolve', `api.openai.com:443:127.0.0.1:${server.port}`],
  ];
});

afterAll(async () => {
  await server.close();
  folder.remove();
});

/** Runs a script of Node's in `scrim run`. */
const runNode = (script: string, ...words: string[]) => runScrim([...flags, '--', node, '-e', script, ...words]);

describe('the command', () => {
  test('its exit code, its output, its arguments, nothing else', async () => {
    const script =
      'process.stdout.write(process.argv.slice(1).join("|")); process.stderr.write("mine"); process.exit(42)';
    const words = ['--json', '-x', 'two words', '$HOME', '', '--'];
    expect(await runNode(script, '--', ...words)).toEqual({
      code: 42,
      signal: null,
      out: words.join('|'),
      err: 'mine',
    });
  });

  test('its input', async () => {
    const { out } = await runScrim([...flags, '--', node, '-e', 'process.stdin.pipe(process.stdout)'], {
      input: 'through',
    });
    expect(out).toBe('through');
  });

  test('a command that does not exist: 127; one that may not run: 126', async () => {
    expect(await runScrim([...flags, '--', 'no-such-command-at-all'])).toMatchObject({
      code: 127,
      err: expect.stringMatching(/not found/) as string,
    });
    expect(await runScrim([...flags, '--', join(folder.path, 'ca.pem')])).toMatchObject({ code: 126 });
  });

  test('a signal that ends the command ends us too', async () => {
    expect(await runNode('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)')).toMatchObject({
      code: null,
      signal: 'SIGTERM',
    });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const)(
    '%s reaches the command, which decides',
    async (signal) => {
      const script = `process.on("${signal}", () => process.exit(33)); setInterval(() => {}, 1000); process.stdout.write("ready")`;
      const child = startScrimCommand([...flags, '--', node, '-e', script]);
      await once(child.stdout, 'data');
      const result = collect(child);
      child.kill(signal);
      expect(await result).toMatchObject({ code: 33, signal: null });
    },
  );
});

describe('its environment', () => {
  test('proxy, certificates, base URLs; what the user set stays', async () => {
    const child = startScrimCommand([...flags, '--', node, '-e', 'process.stdout.write(JSON.stringify(process.env))'], {
      env: { NO_PROXY: 'intranet.test', ANTHROPIC_BASE_URL: 'https://claude.intranet.test', MINE: 'kept' },
    });
    const { out, err } = await collect(child);
    const env = JSON.parse(out) as Record<string, string>;
    expect(env['HTTPS_PROXY']).toMatch(/^http:\/\/([^@/]+@)?127\.0\.0\.1:\d+$/);
    for (const name of ['https_proxy', 'HTTP_PROXY', 'http_proxy']) expect(env[name]).toBe(env['HTTPS_PROXY']);
    expect(env['NO_PROXY']?.split(',')).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', 'intranet.test']));
    expect(env).toMatchObject({
      MINE: 'kept',
      NODE_USE_ENV_PROXY: '1',
      ANTHROPIC_BASE_URL: 'https://claude.intranet.test',
    });
    expect(err).toMatch(/ANTHROPIC_BASE_URL/);
    expect(env['OPENAI_BASE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/openai\/v1$/);
    const own = await readFile(env['NODE_EXTRA_CA_CERTS']!, 'utf8');
    for (const name of ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']) {
      const bundle = await readFile(env[name]!, 'utf8');
      expect(bundle).toContain(own.trim().slice(0, 200));
      // Ours and the system's: what is not intercepted must still be trusted.
      expect(bundle.split('BEGIN CERTIFICATE').length).toBeGreaterThan(20);
    }
  });
});

describe('its traffic', () => {
  const ask = `
    const ask = async (url) => {
      const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"stream":true}' });
      process.stdout.write(await answer.text());
    };`;

  test('Node, through the proxy and through the base URL', async () => {
    const { code, out, err } = await runNode(`${ask}
      ask('https://api.openai.com/v1/chat/completions').then(() => ask(process.env.OPENAI_BASE_URL + '/chat/completions'))`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(new RegExp(masked, 'g'))).toHaveLength(2);
    expect(out).not.toContain(secret.slice(4, 12));
  });

  test.skipIf(noCurl !== undefined)('curl', async () => {
    const result = await runScrim([
      ...flags,
      '--',
      'curl',
      '-sS',
      '-d',
      '{"stream":true}',
      'https://api.openai.com/v1/chat/completions',
    ]);
    expect(result).toMatchObject({ code: 0, err: '', out: expect.stringMatching(masked) as string });
  });

  test('it is in the log afterwards', async () => {
    const { out } = await runScrim([...flags.slice(0, 4), 'sessions', 'list']);
    expect(out).toMatch(/findings\s+api\.openai\.com/);
  });

  test('an instance that runs already is used, and goes on', async () => {
    const scrim: ScrimProcess = await startScrim({
      upstreamCa: authority.caPem,
      resolve: [`api.openai.com:443:127.0.0.1:${server.port}`],
    });
    try {
      const { code, out } = await scrim.command(
        'run',
        '--',
        node,
        '-e',
        `${ask}
        ask('https://api.openai.com/v1/chat/completions').then(() => process.stdout.write(process.env.HTTPS_PROXY))`,
      );
      expect(code).toBe(0);
      expect(out).toMatch(masked);
      expect(out.endsWith(new URL(scrim.proxy).host)).toBe(true);
      expect(await scrim.nextEvent('exchange')).toMatchObject({ host: 'api.openai.com', status: 200 });
      expect(scrim.process.exitCode).toBeNull();
    } finally {
      await scrim.stop();
    }
  });
});
