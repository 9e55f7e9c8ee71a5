// One plain file for every bundle. Everything but Node itself is inlined, so node_modules never ships; what is native cannot
// be, and is looked for in node_modules beside or above the bundle.
import { readdirSync, readFileSync } from 'node:fs';
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

/** The tray's pictures, for each system its kind: beside the shell that shows them. */
const trayPictures: Plugin = {
  name: 'tray-pictures',
  applyToEnvironment: ({ name }) => name === 'shell',
  generateBundle() {
    const folder = `${root}build/icons/tray`;
    for (const name of readdirSync(folder).filter((each) =>
      /(?:-22|-22@2x|Template|Template@2x)\.png$|\.ico$/.test(each),
    ))
      this.emitFile({ type: 'asset', fileName: `tray/${name}`, source: readFileSync(`${folder}/${name}`) });
  },
};

/** Programs of their own, which are looked for beside the file that starts them. */
const programs = {
  'keychain-child': 'src/keychain/keychain-child.ts',
  'overview-worker': 'src/core/overview-worker.ts',
  'policy-worker': 'src/core/policy-worker.ts',
  'search-worker': 'src/sessions/search-worker.ts',
  'verify-worker': 'src/sessions/verify-worker.ts',
  'window-worker': 'src/core/window-worker.ts',
};

export default defineConfig({
  root,
  plugins: [pdfFonts, trayPictures],
  builder: {
    // The window has a configuration of its own: window.config.ts.
    buildApp: async (builder) => {
      for (const name of ['cli', 'shell', 'preload']) {
        const environment = builder.environments[name];
        if (environment) await builder.build(environment);
      }
    },
  },
  environments: {
    cli: {
      consumer: 'server',
      resolve: { noExternal: true, conditions: ['node', 'import', 'default'] },
      build: {
        outDir: 'dist/cli',
        // Goes with every package: what is bundled, and under which licences.
        license: { fileName: 'licenses.md' },
        target: 'node24',
        ssr: true,
        minify: false,
        sourcemap: true,
        rolldownOptions: {
          input: { cli: 'src/cli.ts', 'demo-client': 'src/core/demo-client.ts', ...programs },
          external: ['@napi-rs/keyring'],
          output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    },
    // Electron's main process and the core's process; Electron 45 brings Node 24.
    shell: {
      consumer: 'server',
      resolve: { noExternal: true, conditions: ['node', 'import', 'default'] },
      build: {
        outDir: 'dist/electron',
        license: { fileName: 'licenses.md' },
        target: 'node24',
        ssr: true,
        minify: false,
        sourcemap: true,
        rolldownOptions: {
          input: { main: 'electron/main.ts', 'core-process': 'electron/core-process.ts', ...programs },
          external: ['electron', '@napi-rs/keyring'],
          output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        },
      },
    },
    // One file, in the only form that a sandboxed preload may have.
    preload: {
      consumer: 'server',
      build: {
        outDir: 'dist/electron',
        emptyOutDir: false,
        target: 'node24',
        ssr: true,
        minify: false,
        rolldownOptions: {
          input: { preload: 'electron/preload.ts' },
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
});
