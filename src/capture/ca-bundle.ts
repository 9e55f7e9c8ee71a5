// One file of roots for programs whose variable replaces their own: the system's, Node's, the user's, and ours.

import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import { replacePem } from '../certificates/pem-file.ts';

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
  const named = new Set(
    variables.map((name) => env[name]).filter((file) => file !== undefined && file !== '' && file !== path),
  );
  const own = await Promise.all([...named].map((file) => readFile(file as string, 'utf8').catch(() => '')));
  const roots = [...getCACertificates('system'), ...getCACertificates('bundled')];
  const blocks = [caPem, ...own, ...roots].flatMap(certificates);
  // A user's bundle mostly repeats the system's; the same root once is enough.
  await replacePem(path, `${[...new Set(blocks)].join('\n')}\n`);
}

/** The certificate blocks of a PEM text, without comments and with one kind of line end. */
function certificates(pem: string): string[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((block) =>
    block.replace(/\r\n?/g, '\n'),
  );
}
