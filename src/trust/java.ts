// Java: a trust store of Scrim's own, Java's roots and ours. JSSE does not bind a root to its name constraints, so ours is kept out of
// Java's common store; a program is given this one with -Djavax.net.ssl.trustStore (see `scrim run`).

import { realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Command } from '../base/command.ts';
import { isThere } from './files.ts';
import { sha256OfPem, statusOf, type TrustEnvironment, type TrustStore } from './trust-store.ts';

/** Not a secret: Java's own default, for a file that holds nothing but certificates. */
const password = 'changeit';

export function javaTrustStorePath(folder: string): string {
  return join(folder, 'java.p12');
}

export function javaStore(env: TrustEnvironment): TrustStore {
  const store = javaTrustStorePath(env.folder);
  const options = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', password];
  const alias = (sha256: string) => `scrim-${sha256.slice(0, 8).toLowerCase()}`;

  async function keytool(): Promise<string | undefined> {
    const home = env.variables['JAVA_HOME'];
    const name = env.platform === 'win32' ? 'keytool.exe' : 'keytool';
    const folders = [
      ...(home === undefined || home === '' ? [] : [join(home, 'bin')]),
      ...(env.variables['PATH'] ?? '').split(delimiter),
    ];
    for (const folder of folders) if (folder !== '' && (await isThere(join(folder, name)))) return join(folder, name);
    return undefined;
  }

  async function found(program: string): Promise<{ alias: string; sha256: string }[]> {
    if (!(await isThere(store))) return [];
    const { stdout } = await env.run({ program, args: ['-J-Duser.language=en', '-list', '-rfc', ...options] });
    return [
      ...stdout.matchAll(/^Alias name: (scrim-\S+)$[\s\S]*?(-----BEGIN[^-]+-----[^-]+-----END[^-]+-----)/gm),
    ].flatMap(([, name = '', pem = '']) => {
      const sha256 = sha256OfPem(pem);
      return sha256 === undefined ? [] : [{ alias: name, sha256 }];
    });
  }

  return {
    id: 'java',
    title: "Java programs that are given Scrim's trust store",
    async status() {
      const program = await keytool();
      if (program === undefined)
        return { is: 'unavailable', hint: 'Install a Java runtime, or set JAVA_HOME: keytool is not there.' };
      return statusOf(
        env,
        (await found(program)).map(({ sha256 }) => sha256),
      );
    },
    async commands(action) {
      const program = await keytool();
      if (program === undefined) return [];
      const entries = await found(program);
      const wanted = action === 'install' ? env.certificates : [];
      const missing = wanted.filter(({ sha256 }) => !entries.some((entry) => entry.sha256 === sha256));
      const roots = join(dirname(dirname(await realpath(program))), 'lib', 'security', 'cacerts');
      const command = (...args: string[]): Command => ({ program, args });
      return [
        ...(missing.length > 0 && !(await isThere(store))
          ? [
              command(
                ...['-importkeystore', '-noprompt', '-srckeystore', roots, '-srcstorepass', password],
                ...['-destkeystore', store, '-deststoretype', 'PKCS12', '-deststorepass', password],
              ),
            ]
          : []),
        ...entries
          .filter(({ sha256 }) => !wanted.some((certificate) => certificate.sha256 === sha256))
          .map((entry) => command('-delete', '-alias', entry.alias, ...options)),
        ...missing.map(({ sha256, path }) =>
          command('-importcert', '-noprompt', '-alias', alias(sha256), '-file', path, ...options),
        ),
      ];
    },
  };
}
