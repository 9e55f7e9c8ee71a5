// Certificates of two authorities, each in a file of its own, as Scrim keeps them.

import { readFileSync } from 'node:fs';
import { trustedCertificate, type TrustedCertificate, type TrustEnvironment } from '../../src/trust/trust-store.ts';
import { systemCommands } from '../../src/trust/run-command.ts';
import { testAuthority, type TestAuthority } from '../certificates/temporary-authority.ts';

export interface TestTrust extends AsyncDisposable {
  readonly test: TestAuthority;
  readonly known: TrustedCertificate;
  readonly added: TrustedCertificate;
  /** Trusts both; a home and a system of its own, real programs. */
  environment(changes?: Partial<TrustEnvironment>): TrustEnvironment;
}

export async function testTrust(): Promise<TestTrust> {
  const test = await testAuthority();
  await test.authority.ensureFor(['models.example.test']);
  const [known, added] = test.authority
    .status()
    .map(({ path }) => trustedCertificate(path, readFileSync(path, 'utf8')));
  if (known === undefined || added === undefined) throw new Error('two authorities were expected');
  const variables = { PATH: process.env['PATH'] };
  return {
    test,
    known,
    added,
    environment: (changes = {}) => ({
      platform: 'linux',
      home: `${test.folder}/home`,
      variables,
      userId: 0,
      certificates: [known, added],
      folder: test.folder,
      root: `${test.folder}/root`,
      run: systemCommands({ env: { ...variables, HOME: `${test.folder}/home` } }),
      ...changes,
    }),
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}
