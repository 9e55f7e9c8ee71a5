// After `npm ci`: makes the bundle that `npm run scrim` prefers, and the window. Where they cannot be made (no
// devDependencies), the sources run, without a window.

try {
  const { build, createBuilder } = await import('vite');
  const builder = await createBuilder({ configFile: 'build/vite.config.ts', logLevel: 'error' });
  await builder.buildApp();
  await build({ configFile: 'build/window.config.ts', logLevel: 'error' });
} catch (error) {
  process.stderr.write(`No bundle was made (${error.code ?? error.message}); Scrim runs from its sources.\n`);
}
