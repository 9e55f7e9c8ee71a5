// The program of the core's process. What it does stands in core-side.ts.

import { createCore } from '../src/core.ts';
import { serveMain } from './core-side.ts';

serveMain(process.parentPort, { createCore, env: process.env, exit: (code) => process.exit(code) });
