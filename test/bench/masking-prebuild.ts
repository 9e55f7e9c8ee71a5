// Writes src/masking/rules/prebuilt-data.ts from the rules: run it after changing a rule that is a regular expression.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prebuiltSource } from '../masking/prebuilt-source.ts';

writeFileSync(fileURLToPath(new URL('../../src/masking/rules/prebuilt-data.ts', import.meta.url)), prebuiltSource());
