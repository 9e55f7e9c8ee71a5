// The variables that settings files carry: those of `scrim run` without base URLs, so that clients go on talking to their own addresses.

import { clientEnvironment } from './environment.ts';
import type { SetupEnvironment } from './setup-environment.ts';

/** Proxy and certificates, as for a command of `scrim run`. */
export function allVariables(env: SetupEnvironment): Readonly<Record<string, string>> {
  const { proxy, gateway, caPath, bundlePath, token, variables } = env;
  return clientEnvironment({
    proxy,
    gateway,
    caPath,
    bundlePath,
    ...(token === undefined ? {} : { token }),
    env: variables,
    baseUrls: false,
  }).variables;
}

/** What an assistant needs, in the order in which it is written. */
export function assistantVariables(env: SetupEnvironment): Readonly<Record<string, string>> {
  const all = allVariables(env);
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];
  return Object.fromEntries(names.map((name) => [name, all[name] ?? '']));
}

/** The proxy's address, with the local token when there is one. */
export function proxyAddress(env: SetupEnvironment): string {
  return allVariables(env)['HTTPS_PROXY'] ?? env.proxy;
}

/** Lines of a `.env` file. Single quotes: libraries differ in what they do with backslashes between double ones. */
export function dotenvLines(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `${name}=${value.includes("'") ? `"${value}"` : `'${value}'`}`,
  );
}
