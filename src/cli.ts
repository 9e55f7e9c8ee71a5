#!/usr/bin/env -S node --max-semi-space-size=8
// The headless shell. Only what must happen before anything is loaded stands here.

import { mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import envPaths from 'env-paths';

// Later starts need neither compile nor strip types anew.
// SECURITY: in a folder of the user's own; Node's default lies where another user may have been first.
try {
  const folder = envPaths('scrim', { suffix: '' }).cache;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  enableCompileCache(folder);
} catch {
  // A home that cannot be written to only makes starts slower.
}
const { main } = await import('./cli/program.ts');
process.exitCode = await main(process.argv.slice(2));
