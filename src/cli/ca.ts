// scrim ca: the authority of this user, and who trusts it.

import {
  authorityReport,
  changeStores,
  rotate,
  storeReports,
  type AuthorityReport,
  type TrustRequest,
  type TrustStep,
} from '../core/trust.ts';
import { common } from './inspect.ts';
import { outliveReader, printJson, printLine, table, tell, type GlobalOptions } from './output.ts';

export interface TrustFlags {
  readonly store?: readonly string[];
  readonly dryRun?: boolean;
}

export async function caPath(global: GlobalOptions): Promise<number> {
  const { path } = await authorityReport(common(global));
  if (global.json === true) printJson({ path });
  else printLine(path);
  return 0;
}

export async function caStatus(global: GlobalOptions): Promise<number> {
  printAuthority(await authorityReport(common(global)), global);
  const stores = await storeReports(common(global));
  if (global.json === true) for (const store of stores) printJson({ ...store, hint: store.hint ?? null });
  else printLine(`\n${table(stores.map(({ store, status, title, hint }) => [store, status, hint ?? title]))}`);
  return 0;
}

export async function caRotate(flags: { readonly now?: boolean }, global: GlobalOptions): Promise<number> {
  const report = await rotate(common(global), flags.now === true);
  printAuthority(report, global);
  tell(
    flags.now === true
      ? 'Run scrim ca install where a store knew the old certificate, and start every client again.'
      : `Run scrim ca install where a store knows the certificate, now and after ${report.incoming[0]?.takesOver ?? 'the take-over'}: the new one takes over then.`,
  );
  return 0;
}

/** 1 when a store refused, or one that was named is not there. */
export async function caTrust(
  action: TrustRequest['action'],
  flags: TrustFlags,
  global: GlobalOptions,
): Promise<number> {
  let code = 0;
  // Whoever reads may go away (head): what was begun is done to its end.
  outliveReader();
  const stores = flags.store ?? [];
  for await (const step of changeStores(common(global), { action, stores, isDryRun: flags.dryRun === true })) {
    if (step.step === 'failed' || (step.step === 'unavailable' && stores.length > 0)) code = 1;
    if (global.json === true) printJson(step);
    else print(step, action);
  }
  return code;
}

function print(step: TrustStep, action: TrustRequest['action']): void {
  switch (step.step) {
    case 'commands':
      printLine(step.title);
      if (step.commands.length === 0) printLine(action === 'install' ? '  trusts it already' : '  does not know it');
      for (const command of step.commands) printLine(`  ${command}`);
      return;
    case 'failed':
      return tell(`${step.title}: ${step.reason}`);
    case 'unavailable':
      return tell(`${step.title}: left out. ${step.reason}`);
    case 'done':
  }
}

function printAuthority({ certificates, incoming }: AuthorityReport, global: GlobalOptions): void {
  const all = [...certificates.map((each) => ({ ...each, takesOver: null })), ...incoming];
  if (global.json === true) {
    for (const each of all) printJson(each);
    return;
  }
  const texts = all.map(({ subject, path, notBefore, notAfter, fingerprint256, constrainedTo, takesOver }) =>
    table([
      ['subject', subject],
      ['file', path],
      ['valid', `${notBefore} to ${notAfter}`],
      ['sha-256', fingerprint256],
      ['may vouch for', constrainedTo === null ? 'any host' : constrainedTo.join(', ')],
      ...(takesOver === null ? [] : [['takes over', takesOver]]),
    ]),
  );
  printLine(texts.join('\n\n'));
}
