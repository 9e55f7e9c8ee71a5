import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The shell's tests run without Electron.
  resolve: { alias: { electron: fileURLToPath(new URL('support/fake-electron.ts', import.meta.url)) } },
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores are the smallest machine we promise to test on.
    maxWorkers: 2,
    pool: 'forks',
    reporters: ['default'],
  },
});
