// scrim ca through the real command: stores of a home of its own, changed by the real tools; rotation under a running proxy.

import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuthority } from '../support/authority.ts';
import { ask } from '../support/http-client.ts';
import { startPlayback } from '../support/playback.ts';
import { missingProgram } from '../support/programs.ts';
import { jsonLines, runScrim, startScrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const noCertutil = missingProgram('sh', '-c', 'command -v certutil');
const noKeytool = missingProgram('sh', '-c', 'command -v keytool');

interface Line {
  readonly subject?: string;
  readonly fingerprint256: string;
  readonly takesOver: string | null;
  readonly path: string;
  readonly store?: string;
  readonly status?: string;
  readonly step?: string;
  readonly commands: string[];
}

/** What Node compiled, for all starts. */
const cache = temporaryFolder();
let folder: ReturnType<typeof temporaryFolder>;
let home: string;
let env: Record<string, string>;
let nss: string;

beforeEach(() => {
  folder = temporaryFolder();
  home = join(folder.path, 'home');
  mkdirSync(home);
  const path = [dirname(process.execPath), '/usr/bin', '/bin', '/usr/sbin', '/sbin'].join(':');
  env = { HOME: home, XDG_CACHE_HOME: cache.path, PATH: path };
  nss = `nss:${join(home, '.local/share/pki/nssdb')}`;
});
afterEach(() => folder.remove());
afterAll(() => cache.remove());

const scrim = (...words: string[]) => runScrim(words, { env });
const lines = async (...words: string[]) => jsonLines<Line>((await scrim(...words, '--json')).out);
const certificates = () => join(home, '.local/share/scrim/certificates');
const storeStatus = async (id: string) => (await lines('ca', 'status')).find(({ store }) => store === id)?.status;
const inFile = () =>
  (
    readFileSync(join(certificates(), 'ca.pem'), 'utf8').match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []
  ).map((pem) => new X509Certificate(pem).fingerprint256);

describe('stores', () => {
  test('status: the certificates, and every store of this machine', async () => {
    const { code, out } = await scrim('ca', 'status');
    expect(code).toBe(0);
    expect(out).toMatch(/^subject +CN=Scrim CA /m);
    for (const id of [nss, 'java', 'system']) expect(out).toContain(`\n${id} `);
    const all = await lines('ca', 'status');
    expect(all[0]).toMatchObject({ fingerprint256: inFile()[0], takesOver: null });
    expect(all.slice(1).map(({ store }) => store)).toEqual([nss, 'java', 'system']);
  });

  test('a dry run prints the commands and runs none', async () => {
    const { code, out } = await scrim('ca', 'install', '--dry-run', '--store', 'system');
    expect(code).toBe(0);
    const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
    // Nothing is printed where this system has no store that we know.
    if (out !== '') expect(out).toMatch(new RegExp(`^ {2}${sudo}install -m 644 .*known-providers\\.pem `, 'm'));
    await scrim('ca', 'install', '--dry-run');
    expect(existsSync(join(home, '.local/share/pki'))).toBe(false);
    expect(existsSync(join(certificates(), 'java.p12'))).toBe(false);
    expect(await storeStatus('system')).not.toBe('trusted');
  });

  test.skipIf(noCertutil)('install and uninstall: what is printed is what is run', async () => {
    const printed = await scrim('ca', 'install', '--store', nss);
    expect(printed).toMatchObject({ code: 0, err: '' });
    expect(printed.out).toMatch(/^Chromium[^]*\n {2}certutil -A -t C,, -n 'Scrim CA [^']+' -i /);
    expect(await storeStatus(nss)).toBe('trusted');
    expect((await scrim('ca', 'install', '--store', nss)).out).toMatch(/trusts it already/);

    const steps = await lines('ca', 'uninstall', '--store', nss);
    expect(steps.map(({ step }) => step)).toEqual(['commands', 'done']);
    expect(steps[0]?.commands).toEqual([expect.stringMatching(/^certutil -D -n 'Scrim CA /) as string]);
    expect(await storeStatus(nss)).toBe('not-trusted');
  });

  test.skipIf(noCertutil)('uninstall works where the authority is damaged', async () => {
    await scrim('ca', 'install', '--store', nss);
    writeFileSync(join(certificates(), 'known-providers.pem'), 'not a certificate');
    expect(await scrim('ca', 'status')).toMatchObject({ code: 1 });
    expect(await scrim('ca', 'uninstall', '--store', nss)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/certutil -D/) as string,
    });
    expect((await scrim('ca', 'uninstall', '--store', nss)).out).toMatch(/does not know it/);
  });

  test.skipIf(noKeytool)('Java: scrim run points programs at the store while it is there', async () => {
    const print = [
      '--data-dir',
      join(home, '.local/share/scrim'),
      'run',
      '--',
      'sh',
      '-c',
      'echo "=$JAVA_TOOL_OPTIONS"',
    ];
    expect((await scrim(...print)).out).toBe('=\n');
    expect(await scrim('ca', 'install', '--store', 'java')).toMatchObject({ code: 0 });
    expect((await scrim(...print)).out).toContain(`-Djavax.net.ssl.trustStore="${join(certificates(), 'java.p12')}"`);
    expect(await scrim('ca', 'uninstall', '--store', 'java')).toMatchObject({ code: 0 });
    expect((await scrim(...print)).out).toBe('=\n');
  });

  test('a tool that is missing: left out of all, and an error where it was asked for', async () => {
    env = { ...env, PATH: dirname(process.execPath) };
    expect(await scrim('ca', 'install', '--store', nss)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Chromium[^\n]*left out\. Install libnss3-tools[^\n]*\n$/) as string,
    });
    expect(await scrim('ca', 'install', '--dry-run')).toMatchObject({ code: 0 });
  });

  test('an unknown store: 2, and their names', async () => {
    expect(await scrim('ca', 'install', '--store', 'nowhere')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/java, system\.\n$/) as string,
    });
  });
});

describe('rotation', () => {
  test('the successor is published beside the one in force, for clients and for their bundle', async () => {
    mkdirSync(join(home, '.claude'));
    await scrim('setup', 'claude');
    const [before] = inFile();
    const { code, err } = await scrim('ca', 'rotate');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/scrim ca install/) as string });
    const [first, second] = await lines('ca', 'status');
    expect(first).toMatchObject({ fingerprint256: before, takesOver: null });
    expect(Date.parse(second?.takesOver ?? '')).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    expect(inFile()).toEqual([before, second?.fingerprint256]);
    const bundle = readFileSync(join(certificates(), 'bundle.pem'), 'utf8');
    expect(bundle.startsWith(readFileSync(join(certificates(), 'ca.pem'), 'utf8'))).toBe(true);

    // A second one would push the first out before anybody knew it.
    await scrim('ca', 'rotate');
    expect(inFile()).toEqual([before, second?.fingerprint256]);

    await scrim('ca', 'rotate', '--now');
    expect(inFile()).toEqual([second?.fingerprint256]);
    expect(readFileSync(join(certificates(), 'bundle.pem'), 'utf8')).not.toContain(
      bundle.slice(0, bundle.indexOf('-----END')),
    );
  });

  test('--now: the running proxy signs with the new key at once, and says so', async () => {
    const secret = makeSecret('aws-access-key-id', 'rotate');
    const upstreamAuthority = createAuthority();
    await using upstream = await startPlayback({ secret, tls: upstreamAuthority.issue({ names: ['api.openai.com'] }) });
    await using running = await startScrim({
      env,
      upstreamCa: upstreamAuthority.caPem,
      resolve: [`api.openai.com:443:127.0.0.1:${upstream.port}`],
    });
    const call = (ca: string) =>
      ask('https://api.openai.com/v1/chat/completions', {
        proxy: running.proxy,
        ca,
        body: '{"model":"m","messages":[]}',
      });
    const old = readFileSync(running.ca, 'utf8');
    expect(await call(old)).toMatchObject({ status: 200, error: undefined });

    expect(await running.command('ca', 'rotate', '--now')).toMatchObject({ code: 0 });

    expect((await running.nextEvent('failure', ({ code }) => code === 'certificates')).message).toMatch(
      /clients again/,
    );
    expect(await call(old)).toMatchObject({ status: undefined });
    expect(await call(readFileSync(running.ca, 'utf8'))).toMatchObject({ status: 200 });
  });

  test('a take-over that is due happens at the start', async () => {
    await scrim('ca', 'rotate');
    const [, successor] = inFile();
    // Made eight days ago: the clock of the process, for want of another one.
    const later = join(folder.path, 'later.mjs');
    writeFileSync(later, 'const now = Date.now; Date.now = () => now() + 8 * 86_400_000;');
    const dataDir = join(home, '.local/share/scrim');
    const serve = ['--data-dir', dataDir, 'run', '--', 'true'];
    expect(await runScrim(serve, { env: { ...env, NODE_OPTIONS: `--import ${later}` } })).toMatchObject({ code: 0 });
    expect(inFile()).toEqual([successor]);
    expect((await lines('ca', 'status'))[0]).toMatchObject({ fingerprint256: successor, takesOver: null });
  });
});
