#!/usr/bin/env node
// The headless shell. Only what must happen before anything is loaded stands here.

import { enableCompileCache } from 'node:module';

// Later starts need neither compile nor strip types anew.
enableCompileCache();
const { main } = await import('./cli/program.ts');
process.exitCode = await main(process.argv.slice(2));
