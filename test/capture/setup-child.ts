// A process that sets Claude Code up, stops at the given step, says so and waits to be killed.

import { clientById } from '../../src/capture/clients.ts';
import { applySetup } from '../../src/capture/setup.ts';
import type { SetupEnvironment } from '../../src/capture/setup-environment.ts';
import { setupContext } from '../../src/capture/target-content.ts';
import { stoppingFiles } from './stopping-files.ts';

const [step = '', env = ''] = process.argv.slice(2);
const run = () => Promise.resolve({ code: null, stdout: '', stderr: '' });
const { files, stopped } = stoppingFiles(Number(step), run);
// Keeps the process alive while nothing is under way.
setInterval(() => undefined, 60_000);
void stopped.then(() => process.stdout.write('stopped\n'));
await applySetup(setupContext({ ...(JSON.parse(env) as SetupEnvironment), run }, files), clientById('claude')!);
process.stdout.write('done\n');
