// One plain file for every bundle. Everything but Node itself is inlined, so node_modules never ships.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  builder: {
    // The window, the shell and its preload join here as soon as they have a first file.
    buildApp: async (builder) => {
      const cli = builder.environments['cli'];
      if (cli) await builder.build(cli);
    },
  },
  environments: {
    cli: {
      consumer: 'server',
      resolve: { noExternal: true, conditions: ['node', 'import', 'default'] },
      build: {
        outDir: 'dist/cli',
        target: 'node24',
        ssr: true,
        minify: false,
        sourcemap: true,
        rolldownOptions: { input: 'src/cli.ts', output: { entryFileNames: 'cli.js' } },
      },
    },
  },
});
