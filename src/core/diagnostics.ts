// What a report of a problem should hold: how Scrim runs and what the doctor says. SECURITY: nothing that was exchanged, no
// key, no token; names of the user, the machine and their folders are taken out, and the rest is masked.

import { homedir, hostname, userInfo } from 'node:os';
import type { Diagnostics } from '../contract/procedures/settings.ts';
import type { CheckResult } from './doctor/check.ts';
import { settingsPage } from './settings-page.ts';
import type { CoreParts } from './procedures/parts.ts';

export async function diagnosticsOf(
  parts: CoreParts,
  results: readonly CheckResult[],
  mask: (text: string) => string,
): Promise<Diagnostics> {
  const { version, mode, state, policyProblems, startedAt, exchanges, open, findings, questions, keys } =
    parts.status();
  const { system, autostart, ways, log, vault, keysPlace, authorities } = await settingsPage(parts);
  const plain = (text: string): string => mask(withoutNames(text));
  const report = {
    scrim: version,
    system,
    runningFor: Math.round((parts.clock.now() - startedAt) / 1_000),
    ...{ mode, state, exchanges, open, findings, questions },
    providersWithKey: keys,
    keysPlace,
    policyProblems: policyProblems.map(({ line, column, message }) => ({ line, column, message: plain(message) })),
    autostart: autostart.isOffered ? autostart.isOn : null,
    ways: ways.map(({ way, works }) => ({ way, works })),
    log,
    vault,
    authorities: authorities.map(({ notAfter, takesOver, constrainedTo }) => ({
      ...{ notAfter, takesOver },
      domains: constrainedTo?.length ?? null,
    })),
    doctor: results.map(({ check, status, why, fix }) => ({
      ...{ check, status, why: plain(why) },
      fix: fix === undefined ? null : plain(fix.line),
    })),
  };
  const day = new Date(parts.clock.now()).toISOString().slice(0, 10);
  return { name: `scrim-diagnostics-${day}.json`, text: `${JSON.stringify(report, null, 2)}\n` };
}

function withoutNames(text: string): string {
  const names: readonly (readonly [string, string])[] = [
    [homedir(), '~'],
    [hostname(), 'this-machine'],
    [userName(), 'user'],
  ];
  // A name of one or two letters would take words apart.
  return names.reduce((rest, [name, instead]) => (name.length > 2 ? rest.replaceAll(name, instead) : rest), text);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
