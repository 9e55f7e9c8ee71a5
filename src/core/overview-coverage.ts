// Which clients of this machine go through Scrim, as the doctor finds it.

import { clients } from '../capture/clients.ts';
import type { ClientCoverage } from '../contract/procedures/overview.ts';
import { cleanText } from '../identity/process-facts.ts';
import { clientChecks } from './doctor/client-checks.ts';
import { runCheck, type CheckResult } from './doctor/check.ts';
import { doctorContext, titleOf } from './doctor/context.ts';
import { runningClientsCheck } from './doctor/running-clients.ts';
import type { Common } from './inspect.ts';

const states = { ok: 'through', problem: 'around', 'not-checked': 'unknown' } as const;

/** Never rejects; takes six seconds at the longest. */
export async function clientCoverage(common: Common): Promise<readonly ClientCoverage[]> {
  const context = doctorContext(common);
  const checks = [...clientChecks.filter(({ name }) => name === 'clients'), runningClientsCheck];
  const results = (await Promise.all(checks.map((check) => runCheck(check, context)))).flat();
  const assistants = new Set(clients.filter(({ isAssistant }) => isAssistant).map(({ id }) => id));
  const setUp = new Map(results.flatMap((each) => entryOf(each, 'client ')));
  const running = new Map(results.flatMap((each) => entryOf(each, 'running ')));
  return [...new Set([...setUp.keys(), ...running.keys()])]
    .filter((client) => assistants.has(client) || setUp.get(client)?.status === 'ok' || running.has(client))
    .map((client) => {
      // What runs now tells more than what is set up.
      const told =
        running.get(client)?.status === 'problem' ? running.get(client) : (setUp.get(client) ?? running.get(client));
      return {
        client,
        title: titleOf(client),
        state: states[told?.status ?? 'not-checked'],
        why: cleanText(told?.why ?? ''),
        runs: running.has(client),
      };
    });
}

function entryOf(result: CheckResult, prefix: string): [string, CheckResult][] {
  const { check } = result;
  return check.startsWith(prefix) && check !== 'running clients' ? [[check.slice(prefix.length), result]] : [];
}
