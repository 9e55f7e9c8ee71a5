// One file of roots for programs whose variable replaces their own: the system's, Node's, the user's, and ours.

import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import { readPem, replacePem } from '../certificates/pem-file.ts';

export interface CaBundleOptions {
  /** Our certificates, PEM. */
  readonly caPem: string;
  /** Where to write. */
  readonly path: string;
  /** The user's environment: roots that it names are kept. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const variables = [
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'AWS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'PIP_CERT',
  'CARGO_HTTP_CAINFO',
  'CODEX_CA_CERTIFICATE',
  'DENO_CERT',
  'npm_config_cafile',
];

/** Writes the bundle in one step, ours first. Files that the environment names but that cannot be read are left out. */
export async function writeCaBundle({ caPem, path, env }: CaBundleOptions): Promise<void> {
  const named = new Set(variables.map((name) => env[name] ?? ''));
  const files = [...named].filter((file) => file !== '' && file !== path);
  // Where the environment names the bundle itself, the user's own file has had to give way to it: what it held is kept beside.
  if (named.has(path)) files.push(usersRootsPath(path));
  const own = (await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))).flatMap(othersIn);
  const roots = [...getCACertificates('system'), ...getCACertificates('bundled')].flatMap(othersIn);
  await replaceChanged(usersRootsPath(path), own);
  await replaceChanged(path, [...certificates(caPem), ...own, ...roots]);
}

/** Puts our certificates as they are now into a bundle that is there; one that nobody was given is not made. */
export async function renewCaBundle({ caPem, path }: Omit<CaBundleOptions, 'env'>): Promise<void> {
  const before = await readPem(path);
  if (before === undefined || before.startsWith(textOf(certificates(caPem)))) return;
  await writeCaBundle({ caPem, path, env: { SSL_CERT_FILE: path } });
}

/** Roots that the user's environment named when the bundle was written. */
function usersRootsPath(path: string): string {
  return path.replace(/(\.pem)?$/, '.users.pem');
}

async function replaceChanged(path: string, blocks: readonly string[]): Promise<void> {
  const pem = textOf(blocks);
  if (((await readPem(path)) ?? '') !== pem) await replacePem(path, pem);
}

/** A user's bundle mostly repeats the system's; the same root once is enough. */
function textOf(blocks: readonly string[]): string {
  return [...new Set(blocks)].map((block) => `${block}\n`).join('');
}

/**
 * Without certificates of ours: they are given, and a former one that is still in a store or in a file must not come back.
 * "Scrim CA" stands in the subject of each, as plain ASCII.
 */
function othersIn(pem: string): string[] {
  return certificates(pem).filter(
    (block) => !Buffer.from(block.split('-----')[2] ?? '', 'base64').includes('Scrim CA'),
  );
}

/** The certificate blocks of a PEM text, without comments and with one kind of line end. */
function certificates(pem: string): string[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) =>
    block.replace(/\r\n?/g, '\n'),
  );
}
