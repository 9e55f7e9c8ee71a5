// scrim doctor: everything that can be looked at, each by itself, and one command for each thing that is wrong.

import { authorityChecks } from './doctor/authority-checks.ts';
import { runCheck, type Check, type CheckResult } from './doctor/check.ts';
import { clientChecks } from './doctor/client-checks.ts';
import { doctorContext, type DoctorContext } from './doctor/context.ts';
import { exposedKeysCheck } from './doctor/exposed-keys.ts';
import { homeChecks } from './doctor/home-checks.ts';
import { instanceChecks } from './doctor/instance-checks.ts';
import { keychainCheck } from './doctor/keychain-check.ts';
import { runningClientsCheck } from './doctor/running-clients.ts';
import { shellCheck } from './doctor/shell-check.ts';
import { cleanText } from '../identity/process-facts.ts';
import type { Stores } from '../keychain/open-stores.ts';
import type { Common } from './inspect.ts';

/** In the order in which they are told. */
const checks: readonly Check<DoctorContext>[] = [
  ...instanceChecks,
  ...homeChecks,
  keychainCheck,
  ...authorityChecks,
  ...clientChecks,
  runningClientsCheck,
  shellCheck,
  exposedKeysCheck,
];

/** Looks, and changes nothing that a person would notice. Never rejects; takes six seconds at the longest. */
export async function diagnose(common: Common): Promise<readonly CheckResult[]> {
  const looks = beginLooks(common);
  return (await Promise.all(looks.map(({ results }) => results))).flat();
}

/** One look: `name` names it, its results may have others (`client claude`). */
export interface Look {
  readonly name: string;
  /** Never rejects. */
  readonly results: Promise<readonly CheckResult[]>;
}

/** Begins all of them, or the one of that name. `stores`: those of a core that runs, so that they are not opened again. */
export function beginLooks(
  common: Common,
  { only, stores }: { readonly only?: string | undefined; readonly stores?: Stores | undefined } = {},
): readonly Look[] {
  const context = doctorContext(common, stores);
  return checks
    .filter(({ name }) => only === undefined || name === only)
    .map((check) => ({ name: check.name, results: runCheck(check, context).then((results) => results.map(cleaned)) }));
}

/** Names of files are other people's text, and this goes to a terminal. */
function cleaned(result: CheckResult): CheckResult {
  return { ...result, why: cleanText(result.why) };
}
