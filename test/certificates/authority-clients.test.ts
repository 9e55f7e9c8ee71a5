// What real clients make of the two authorities, separately and in one file.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { certifiedHost } from '../../src/certificates/host-name.ts';
import { createLeaves } from '../../src/certificates/leaves.ts';
import { loadAuthority } from '../../src/certificates/stored-authority.ts';
import { interceptingProxy, type InterceptingProxy } from './intercepting-proxy.ts';
import { isThere, runProgram } from './real-program.ts';
import { testAuthority, type TestAuthority } from './temporary-authority.ts';

let made: TestAuthority;
let proxy: InterceptingProxy;
let onlyFirst: string;

beforeAll(async () => {
  made = await testAuthority();
  onlyFirst = join(made.folder, 'only-first.pem');
  await writeFile(onlyFirst, made.authority.certificatesPem());
  await made.authority.ensureFor(['llm.example']);
  const first = await loadAuthority(made.authority.status()[0]!.path, made.options.secrets);
  const stolen = createLeaves(made.clock);
  // "stolen": the first authority's key, used for a host that it may not vouch for.
  proxy = await interceptingProxy((host) =>
    host === 'bank.example' || host === '10.0.0.1'
      ? stolen.contextFor(certifiedHost(host), first!.signer)
      : made.authority.leafFor(host),
  );
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

const python =
  'import sys,urllib.request as u;print(u.build_opener(u.ProxyHandler({"https":sys.argv[2]})).open(sys.argv[1]).read().decode())';
const requests = 'import sys,requests;print(requests.get(sys.argv[1],proxies={"https":sys.argv[2]}).text)';
const fetching =
  'fetch(process.argv[1]).then(r=>r.text()).then(console.log,e=>{console.log(e.cause?.code,e.cause?.message);process.exitCode=1})';

const clients = [
  {
    name: 'Node fetch',
    here: true,
    run: (url: string, ca: string) =>
      runProgram(process.execPath, ['-e', fetching, url], {
        NODE_EXTRA_CA_CERTS: ca,
        NODE_USE_ENV_PROXY: '1',
        HTTPS_PROXY: proxy.url,
      }),
  },
  {
    name: 'curl',
    here: isThere('curl', '--version'),
    run: (url: string, ca: string) =>
      runProgram('curl', ['-sS', '--noproxy', '', '-x', proxy.url, '--cacert', ca, url]),
  },
  {
    name: 'curl with SSL_CERT_FILE',
    here: isThere('curl', '--version'),
    run: (url: string, ca: string) =>
      runProgram('curl', ['-sS', '--noproxy', '', '-x', proxy.url, url], { SSL_CERT_FILE: ca }),
  },
  {
    name: 'Python urllib',
    here: isThere('python3', '--version'),
    run: (url: string, ca: string) => runProgram('python3', ['-c', python, url, proxy.url], { SSL_CERT_FILE: ca }),
  },
  {
    name: 'Python requests',
    here: isThere('python3', '-c', 'import requests'),
    run: (url: string, ca: string) =>
      runProgram('python3', ['-c', requests, url, proxy.url], { REQUESTS_CA_BUNDLE: ca }),
  },
];

for (const { name, here, run } of clients) {
  describe.skipIf(!here)(here ? name : `${name} (skipped: not installed here)`, () => {
    test.each(['https://api.openai.com/', 'https://127.0.0.1/', 'https://[::1]/', 'https://localhost/'])(
      'accepts %s under the first authority',
      async (url) => {
        const { code, output } = await run(url, onlyFirst);
        // Older urllib3 puts a second pair of brackets around an IPv6 address in Host.
        expect(output.replace(/\[(\[.*?\])\]/, '$1')).toContain(`"host":"${new URL(url).host}"`);
        expect(code).toBe(0);
      },
    );

    test('accepts both authorities from one file', async () => {
      for (const host of ['api.anthropic.com', 'llm.example']) {
        expect((await run(`https://${host}/`, made.authority.certificatePath)).output).toContain(`"host":"${host}"`);
      }
    });

    test.each(['https://bank.example/', 'https://10.0.0.1/'])(
      'refuses %s, for which the first authority may not vouch',
      async (url) => {
        const { code, output } = await run(url, made.authority.certificatePath);
        expect(output).toMatch(/permitted subtree violation|name constraint|verify failed|certificate/i);
        expect(output).not.toContain('"host"');
        expect(code).not.toBe(0);
      },
    );

    test('refuses the second authority where only the first is trusted', async () => {
      expect((await run('https://llm.example/', onlyFirst)).code).not.toBe(0);
    });
  });
}
