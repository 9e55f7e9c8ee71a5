// One plain file for every bundle. Everything but Node itself is inlined, so node_modules never ships; what is native cannot
// be, and is looked for in node_modules beside or above the bundle.
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** pdfkit asks for the measures of its fonts at run time, by names that only its own folder resolves: those we use go inside. */
const pdfFonts: Plugin = {
  name: 'pdf-fonts',
  transform(code, id) {
    if (!id.endsWith('/pdfkit.node.mjs')) return undefined;
    let changed = code;
    for (const font of ['Helvetica', 'HelveticaBold', 'Courier']) {
      const asked = `require$1('#standard-fonts/${font}')`;
      if (!code.includes(asked))
        throw new Error(`pdfkit loads its fonts in another way now: see "${asked}" in build/vite.config.ts.`);
      changed = `import ${font}Measures from './standard-fonts/${font}.mjs';\n${changed.replace(asked, `${font}Measures`)}`;
    }
    return { code: changed, map: null };
  },
};

export default defineConfig({
  root,
  plugins: [pdfFonts],
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
            'window-worker': 'src/core/window-worker.ts',
          },
          external: ['@napi-rs/keyring'],
          output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    },
  },
});
