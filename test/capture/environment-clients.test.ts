// The environment block with real programs: what each of them does with it, without a word on its command line.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { writeCaBundle } from '../../src/capture/ca-bundle.ts';
import { clientEnvironment } from '../../src/capture/environment.ts';
import { interceptingProxy, type InterceptingProxy } from '../certificates/intercepting-proxy.ts';
import { isThere, runProgram } from '../certificates/real-program.ts';
import { testAuthority, type TestAuthority } from '../certificates/temporary-authority.ts';

let made: TestAuthority;
let proxy: InterceptingProxy;
let variables: Readonly<Record<string, string>>;

beforeAll(async () => {
  made = await testAuthority();
  await made.authority.ensureFor(['llm.example']);
  proxy = await interceptingProxy((host) => made.authority.leafFor(host));
  const bundlePath = join(made.folder, 'bundle.pem');
  await writeCaBundle({ caPem: made.authority.certificatesPem(), path: bundlePath, env: {} });
  variables = clientEnvironment({
    proxy: proxy.url,
    gateway: proxy.url,
    caPath: made.authority.certificatePath,
    bundlePath,
    token: 'tok/en',
    env: {},
  }).variables;
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
});

const fetching = 'fetch(process.argv[1]).then(r=>r.text()).then(console.log)';
const requesting = 'require("https").get(process.argv[1],r=>r.pipe(process.stdout))';
const programs = [
  { name: 'Node fetch', here: true, command: process.execPath, args: ['-e', fetching] },
  { name: 'Node https', here: true, command: process.execPath, args: ['-e', requesting] },
  { name: 'curl', here: isThere('curl', '--version'), command: 'curl', args: ['-sS'] },
  {
    name: 'Python urllib',
    here: isThere('python3', '--version'),
    command: 'python3',
    args: ['-c', 'import sys,urllib.request as u;print(u.urlopen(sys.argv[1]).read().decode())'],
  },
  {
    name: 'Python requests',
    here: isThere('python3', '-c', 'import requests'),
    command: 'python3',
    args: ['-c', 'import sys,requests;print(requests.get(sys.argv[1]).text)'],
  },
  {
    name: 'wget',
    here: isThere('wget', '--version'),
    command: 'wget',
    args: ['-qO-', '--ca-certificate', '$SSL_CERT_FILE'],
  },
];

for (const { name, here, command, args } of programs) {
  describe.skipIf(!here)(here ? name : `${name} (skipped: not installed here)`, () => {
    test.each(['api.openai.com', 'llm.example'])('reaches %s through the proxy, with its token', async (host) => {
      const before = proxy.credentials.length;
      const filled = args.map((argument) =>
        argument === '$SSL_CERT_FILE' ? (variables['SSL_CERT_FILE'] ?? '') : argument,
      );
      const { code, output } = await runProgram(command, [...filled, `https://${host}/`], variables);
      expect(output).toContain(`"host":"${host}"`);
      expect(code).toBe(0);
      expect(proxy.credentials.slice(before)).toContain(`Basic ${Buffer.from('scrim:tok/en').toString('base64')}`);
    });

    test('reaches the gateway directly', async () => {
      const filled = args.map((argument) =>
        argument === '$SSL_CERT_FILE' ? (variables['SSL_CERT_FILE'] ?? '') : argument,
      );
      if (name === 'Node https') return;
      const { output } = await runProgram(
        command,
        [...filled, `${variables['OPENAI_BASE_URL'] ?? ''}/models`],
        variables,
      );
      expect(output).toContain('"path":"/openai/v1/models"');
    });
  });
}
