// The import table as dependency-cruiser rules.
import { importTable } from './import-table.js';

const folderNames = Object.keys(importTable);

const perFolder = Object.entries(importTable).flatMap(([folder, { imports, pure }]) => {
  const allowed = [folder, ...imports].join('|');
  const rules = [
    {
      name: `${folder}-imports`,
      comment: `src/${folder} may import only: ${imports.join(', ') || 'nothing'} (build/import-table.js).`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { path: '^(src|electron|renderer|test|build)/', pathNot: `^src/(${allowed})/` },
    },
  ];
  if (pure) {
    rules.push({
      name: `${folder}-pure`,
      comment: `src/${folder} is pure: no Node modules; what it needs is passed in.`,
      severity: 'error',
      from: { path: `^src/${folder}/` },
      to: { dependencyTypes: ['core'] },
    });
  }
  return rules;
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...perFolder,
    {
      name: 'known-folders',
      comment:
        'A folder of src/ stands in build/import-table.js (core/ and cli/ aside: they belong to core.ts and cli.ts), or does not exist.',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(core|cli|${folderNames.join('|')})/` },
    },
    {
      name: 'shells-are-thin',
      comment: 'cli.ts, cli/ and electron/ see the core and its contract, nothing else.',
      severity: 'error',
      from: { path: '^(src/cli|electron)' },
      to: { path: '^src/', pathNot: '^src/(core\\.ts|core/|cli\\.ts|cli/|contract/)' },
    },
    {
      name: 'renderer-sees-the-contract',
      comment: 'The window speaks the contract and knows no Node.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(src/(?!contract/)|electron/)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependency-at-runtime',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'types', 'node', 'default'],
    },
  },
};
