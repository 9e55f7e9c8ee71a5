// After `npm ci`: makes the bundle that `npm run scrim` prefers. Where it cannot be made (no devDependencies), the sources run.

try {
  const { createBuilder } = await import('vite');
  const builder = await createBuilder({ configFile: 'build/vite.config.ts', logLevel: 'error' });
  await builder.buildApp();
} catch (error) {
  process.stderr.write(`No bundle was made (${error.code ?? error.message}); Scrim runs from its sources.\n`);
}
