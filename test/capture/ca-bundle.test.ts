import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renewCaBundle, writeCaBundle } from '../../src/capture/ca-bundle.ts';
import { testAuthority } from '../certificates/temporary-authority.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scrim-bundle-'));
  path = join(folder, 'bundle.pem');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`;
const blocks = async () =>
  (await readFile(path, 'utf8')).match(/-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----\n/g) ?? [];

test('ours first, then the roots of the system and of Node, each once', async () => {
  await writeCaBundle({ caPem: `${pem('T1VSUzE=')}\n${pem('T1VSUzI=')}\n`, path, env: {} });
  const written = await blocks();
  expect(written.slice(0, 2)).toEqual([`${pem('T1VSUzE=')}\n`, `${pem('T1VSUzI=')}\n`]);
  expect(written.length).toBeGreaterThanOrEqual(2 + new Set(getCACertificates('bundled')).size);
  expect(new Set(written).size).toBe(written.length);
});

test('the user’s own roots are kept; files that are missing, empty or ours are not asked for', async () => {
  const corp = join(folder, 'corp.pem');
  await writeFile(corp, `# Corp root\r\n${pem('Q09SUA==').replaceAll('\n', '\r\n')}\r\n`);
  await writeFile(join(folder, 'extra.pem'), `${pem('RVhUUkE=')}\n${pem('Q09SUA==')}`);
  await writeFile(path, pem('T0xE'));
  await writeCaBundle({
    caPem: pem('T1VSUw=='),
    path,
    env: {
      SSL_CERT_FILE: corp,
      NODE_EXTRA_CA_CERTS: join(folder, 'extra.pem'),
      REQUESTS_CA_BUNDLE: join(folder, 'gone.pem'),
      CURL_CA_BUNDLE: '',
      GIT_SSL_CAINFO: path,
    },
  });
  const written = await blocks();
  expect(written.slice(0, 3).map((block) => block.split('\n')[1])).toEqual(['T1VSUw==', 'Q09SUA==', 'RVhUUkE=']);
  expect(written).not.toContain(`${pem('T0xE')}\n`);
});

test('a shell that names the bundle itself keeps the roots that were named when it was written', async () => {
  const corp = join(folder, 'corp.pem');
  await writeFile(corp, pem('Q09SUA=='));
  await writeCaBundle({ caPem: pem('T1VSUw=='), path, env: { SSL_CERT_FILE: corp } });
  await writeCaBundle({ caPem: pem('T1VSUzI='), path, env: { SSL_CERT_FILE: path } });
  expect((await blocks()).slice(0, 2)).toEqual([`${pem('T1VSUzI=')}\n`, `${pem('Q09SUA==')}\n`]);
  await renewCaBundle({ caPem: pem('T1VSUzM='), path });
  expect((await blocks()).slice(0, 2)).toEqual([`${pem('T1VSUzM=')}\n`, `${pem('Q09SUA==')}\n`]);
  await writeCaBundle({ caPem: pem('T1VSUzM='), path, env: {} });
  expect(await blocks()).not.toContain(`${pem('Q09SUA==')}\n`);
});

test('a former certificate of ours does not come back from a file that still has it', async () => {
  await using test = await testAuthority();
  const former = join(folder, 'profile.pem');
  await writeFile(former, test.authority.certificatesPem());
  await writeCaBundle({ caPem: pem('T1VSUw=='), path, env: { NODE_EXTRA_CA_CERTS: former } });
  expect(await readFile(path, 'utf8')).not.toContain(test.authority.certificatesPem().trim());
  await renewCaBundle({ caPem: test.authority.certificatesPem(), path });
  expect(await readFile(path, 'utf8')).toContain(test.authority.certificatesPem().trim());
});

test('a bundle that nobody was given is not made', async () => {
  await renewCaBundle({ caPem: pem('T1VSUw=='), path });
  await expect(readFile(path)).rejects.toThrow();
});
