import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBuilder } from 'vite';
import { expect, test } from 'vitest';
import { missingSession, startDesktopSession } from './desktop-session.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.skipIf(missingSession !== undefined)('the bundle finds its keychain program and the native module', async () => {
  // In the project, so that the module is found where it is for dist/cli.
  const folder = await mkdtemp(join(root, 'node_modules', '.scrim-bundle-'));
  const session = await startDesktopSession();
  try {
    const caller = join(folder, 'caller.ts');
    await writeFile(
      caller,
      `import { createSystemStore } from ${JSON.stringify(join(root, 'src/keychain/system-store.ts'))};
       const store = createSystemStore({ service: 'scrim-test', env: process.env });
       await store.write('a', Buffer.from('kept'));
       console.log(String(await store.read('a')), await store.list());`,
    );
    const builder = await createBuilder({
      root,
      configFile: join(root, 'build/vite.config.ts'),
      logLevel: 'error',
      environments: { cli: { build: { outDir: join(folder, 'out') } } },
    });
    const { rolldownOptions } = builder.environments['cli']!.config.build;
    const { 'keychain-child': child } = rolldownOptions.input as Record<string, string>;
    rolldownOptions.input = { caller, 'keychain-child': child! };
    await builder.build(builder.environments['cli']!);
    await session.startKeyring();
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'out', 'caller.js')], {
      env: session.env,
    });
    expect(stdout).toBe("kept [ 'a' ]\n");
  } finally {
    await session.end();
    await rm(folder, { recursive: true, force: true });
  }
});
