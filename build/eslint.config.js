import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import { importTable } from './import-table.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pureFolders = Object.entries(importTable).filter(([, row]) => row.pure);
const impureGlobals = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto',
  'fetch',
  'process',
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'test/fixtures/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['build/*.js'] }, tsconfigRootDir: root },
    },
    rules: {
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import the file that owns the name.' },
        { selector: 'TSEnumDeclaration', message: 'String-literal unions instead of enums.' },
      ],
    },
  },
  ...svelte.configs['flat/recommended'],
  {
    files: ['renderer/**/*.svelte', 'renderer/**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { extraFileExtensions: ['.svelte'], parser: tseslint.parser, projectService: true },
    },
    rules: {
      // SECURITY: what a model wrote is text, never markup.
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': 'error',
      // Keys of the address are ours: there is no router to resolve them.
      'svelte/no-navigation-without-resolve': 'off',
      // `let { x } = $props()` and `$bindable` are how components take them.
      'prefer-const': 'off',
      'svelte/prefer-const': 'off',
    },
  },
  {
    files: pureFolders.map(([folder]) => `src/${folder}/**`),
    rules: {
      'no-restricted-globals': [
        'error',
        ...impureGlobals.map((name) => ({
          name,
          message: 'This folder is pure: time, ids and effects are passed in.',
        })),
      ],
    },
  },
  {
    files: ['build/**', 'test/vitest.config.ts'],
    ...tseslint.configs.disableTypeChecked,
    // Tools look for their configuration in the default export.
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
