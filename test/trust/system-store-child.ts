// Runs in a mount namespace of its own: puts certificates into the system's store, asks OpenSSL, takes them out again.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { linuxSystemStore } from '../../src/trust/linux-system.ts';
import { systemCommands } from '../../src/trust/run-command.ts';
import { changeTrust } from '../../src/trust/trust.ts';
import { trustedCertificate, type TrustEnvironment } from '../../src/trust/trust-store.ts';

const paths = JSON.parse(process.argv[2] ?? '[]') as string[];
const env: TrustEnvironment = {
  platform: 'linux',
  home: '/nonexistent',
  variables: {},
  userId: process.getuid?.(),
  certificates: paths.map((path) => trustedCertificate(path, readFileSync(path, 'utf8'))),
  folder: '/nonexistent',
  root: '/',
  run: systemCommands({ env: process.env }),
};
const store = linuxSystemStore(env);
// As programs find a root by its name: in the folder of the system, by hash.
const verified = () => spawnSync('openssl', ['verify', '-CApath', '/etc/ssl/certs', ...paths]).status === 0;
const say = async (more: string) => process.stdout.write(`${(await store.status()).is}${more}\n`);

await say('');
await changeTrust(env, store, 'install');
await say(verified() ? ', verified' : ', not verified');
await changeTrust(env, store, 'uninstall');
await say(verified() ? ', verified' : ', not verified');
