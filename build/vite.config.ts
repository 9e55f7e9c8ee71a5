// One plain file for every bundle. Everything but Node itself is inlined, so node_modules never ships; what is native cannot
// be, and is looked for in node_modules beside or above the bundle.
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
        rolldownOptions: {
          // Programs of their own are looked for beside the file that starts them.
          input: {
            cli: 'src/cli.ts',
            'demo-client': 'src/core/demo-client.ts',
            'keychain-child': 'src/keychain/keychain-child.ts',
            'search-worker': 'src/sessions/search-worker.ts',
            'verify-worker': 'src/sessions/verify-worker.ts',
          },
          external: ['@napi-rs/keyring'],
          output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    },
  },
});
