// Java's trust store, made by the real keytool.

import { expect, test } from 'vitest';
import { javaStore, javaTrustStorePath } from '../../src/trust/java.ts';
import { changeTrust } from '../../src/trust/trust.ts';
import { runProgram } from '../certificates/real-program.ts';
import { missingProgram } from '../support/programs.ts';
import { testTrust } from './test-authority.ts';

const noKeytool = missingProgram('sh', '-c', 'command -v keytool');

test.skipIf(noKeytool)("holds Java's roots and ours, and then Java's alone", { timeout: 120_000 }, async () => {
  await using trust = await testTrust();
  const env = trust.environment();
  const store = javaStore(env);
  const list = async () => {
    const args = [
      '-J-Duser.language=en',
      '-list',
      '-keystore',
      javaTrustStorePath(env.folder),
      '-storepass',
      'changeit',
    ];
    return (await runProgram('keytool', args)).output;
  };
  expect(await store.status()).toEqual({ is: 'not-trusted' });

  await changeTrust(env, store, 'install');

  const all = await list();
  expect(all.match(/trustedCertEntry/g)?.length).toBeGreaterThan(50);
  expect(all.match(/^scrim-/gm)).toHaveLength(2);
  const alone = { ...env, certificates: [trust.added] };
  expect(await javaStore(alone).status()).toEqual({ is: 'outdated' });
  await changeTrust(alone, javaStore(alone), 'install');
  expect((await list()).match(/^scrim-/gm)).toHaveLength(1);
  await changeTrust(env, store, 'uninstall');
  expect(await list()).not.toMatch(/^scrim-/m);
});

test('without Java it says what is missing', async () => {
  await using trust = await testTrust();
  const store = javaStore(trust.environment({ variables: { PATH: '/nonexistent' } }));
  expect(await store.status()).toMatchObject({
    is: 'unavailable',
    hint: expect.stringContaining('JAVA_HOME') as string,
  });
});
