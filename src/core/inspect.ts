// What the commands that only look need: policy file, log, running instance.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Status } from '../contract/control.ts';
import { checkRule } from '../masking/masking.ts';
import { parsePolicy, type PolicyProblem } from '../policy/parse-policy.ts';
import { checkRiskRule } from '../risk/risk.ts';
import type { SessionReader } from '../sessions/reader.ts';
import { openSessionReader } from '../sessions/sessions.ts';
import { findInstance, readInstance, type Instance } from '../settings/instance.ts';
import { locations, type Locations } from '../settings/locations.ts';
import { initPolicy } from '../settings/policy-file.ts';
import type { KeysOptions } from './key-stores.ts';
import { askInstance } from './control-client.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';

export interface Common extends KeysOptions {
  readonly policy?: string | undefined;
}

export function placesOf(common: Common): Locations {
  return locations({ dataDir: common.dataDir, policyFile: common.policy, env: common.env });
}

/** Problems of the policy file (or `file`); empty when it is valid or absent. */
export async function checkPolicy(
  common: Common,
  file?: string,
): Promise<{ file: string; exists: boolean; problems: readonly PolicyProblem[] }> {
  const path = file ?? placesOf(common).policyFile;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (file === undefined && common.policy === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT')
      return { file: path, exists: false, problems: [] };
    throw new CoreError('not-found', `Name a readable policy file: ${path} is not one.`);
  }
  const parsed = parsePolicy(text, checkRule, checkRiskRule);
  return { file: path, exists: true, problems: 'problems' in parsed ? (parsed.problems ?? []) : [] };
}

export async function writeDefaultPolicy(common: Common): Promise<string> {
  const { policyFile } = placesOf(common);
  await initPolicy(policyFile);
  return policyFile;
}

export function openLog(common: Common): SessionReader {
  return openSessionReader({ folder: join(placesOf(common).dataFolder, 'sessions'), clock: systemClock });
}

export async function running(common: Common): Promise<Instance> {
  const instance = await findInstance(placesOf(common).instanceFile);
  if (instance === undefined) throw new CoreError('not-running', 'Scrim is not running; start it with scrim start.');
  return instance;
}

export async function fetchStatus(common: Common): Promise<Status> {
  return await askInstance(await running(common), ({ status }) => status.get());
}

/** Asks the running instance to stop; resolves when it has, the streams that were running included. */
export async function stopInstance(common: Common): Promise<Instance> {
  const instance = await running(common);
  await askInstance(instance, ({ status }) => status.stop());
  const { instanceFile } = placesOf(common);
  // It lets running streams end first, for a few seconds; its file goes last. A `scrim run` outlives its instance.
  for (let tries = 0; isAlive(instance.pid); tries++) {
    if ((await readInstance(instanceFile))?.pid !== instance.pid) break;
    if (tries === 200)
      throw new CoreError(
        'not-running',
        `Scrim was told to stop but its process ${instance.pid} goes on; end it yourself.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return instance;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
