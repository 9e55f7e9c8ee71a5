// Clients, certificate stores and the doctor, for the window.

import type { CheckGroup, CheckRow } from '../../contract/procedures/clients.ts';
import { masked } from '../../exchange/masked.ts';
import { makeChanges, previewChanges } from '../client-changes.ts';
import { clientRows } from '../client-rows.ts';
import { CoreError } from '../core-error.ts';
import { beginLooks } from '../doctor.ts';
import type { CheckResult } from '../doctor/check.ts';
import { applyHere, offered } from '../doctor/window-fix.ts';
import { openOwnAuthority } from '../home.ts';
import { openSetup } from '../setup.ts';
import { changeStoresHere, storeRows } from '../store-rows.ts';
import { commonOf, type CoreParts } from './parts.ts';
import { os } from './implementer.ts';

export function clientsProcedures(parts: CoreParts) {
  const { places, authority, stores, inForce, policy } = parts;
  const common = commonOf(parts.options);
  const trusting = { common, places, authority };
  const mask = (text: string): string => masked(inForce().masking(policy().masking), text);
  const setup = () => openSetup(common, authority);
  const userId = process.getuid?.();
  const row = (look: string, result: CheckResult): CheckRow => ({
    ...{ look, check: result.check, status: result.status, group: groupOf(look) },
    why: mask(result.why),
    fix: offered(result, userId),
  });
  const lookAt = async (look: string): Promise<readonly CheckResult[]> => {
    const [begun] = beginLooks(common, { only: look, stores });
    if (begun === undefined) throw new CoreError('not-found', 'Look again: there is no such check.');
    return await begun.results;
  };
  return {
    list: os.clients.list.handler(async () => {
      const [{ addresses, usersProxy }, clients] = await Promise.all([setup(), clientRows(common)]);
      return {
        clients,
        address: addresses.proxy,
        isHere: addresses.isRunning,
        usersProxy: usersProxy ?? null,
      };
    }),
    preview: os.clients.preview.handler(async ({ input }) => previewChanges(await setup(), input, mask)),
    change: os.clients.change.handler(async ({ input }) => makeChanges(await setup(), input, mask)),
    stores: os.clients.stores.handler(() => storeRows(trusting)),
    trust: os.clients.trust.handler(async ({ input: { store, action } }) => ({
      problem: await changeStoresHere(trusting, action, store),
    })),
    doctor: os.clients.doctor.handler(async function* () {
      const looks = beginLooks(common, { stores });
      yield { kind: 'begun' as const, looks: looks.length };
      const open = new Map(looks.map(({ name, results }) => [name, results.then((found) => ({ name, found }))]));
      while (open.size > 0) {
        const { name, found } = await Promise.race(open.values());
        open.delete(name);
        const rows = found.map((result) => row(name, result));
        yield { kind: 'looked' as const, look: name, rows, left: open.size };
      }
    }),
    recheck: os.clients.recheck.handler(async ({ input: { look } }) =>
      (await lookAt(look)).map((result) => row(look, result)),
    ),
    fix: os.clients.fix.handler(async ({ input: { look, check, line } }) => {
      const result = (await lookAt(look)).find((each) => each.check === check && each.fix?.line === line);
      if (result?.fix === undefined) return { problem: 'Look again: this is not wrong any more, or in another way.' };
      if (offered(result, userId)?.way !== 'here') return { problem: 'Run the command in a terminal yourself.' };
      const problem = await applyHere(result.fix, {
        env: common.env,
        installCertificate: () => changeStoresHere(trusting, 'install'),
        async publishCertificate() {
          await openOwnAuthority(places, stores.own);
          await parts.certificatesChanged();
          return null;
        },
        async setUp(client) {
          for await (const outcome of (await setup()).change({ client, isUndo: false, isDryRun: false }))
            if (outcome.problem !== undefined) return outcome.problem;
          return null;
        },
      });
      return { problem };
    }),
  };
}

const groups: Readonly<Record<string, CheckGroup>> = {
  proxy: 'Scrim',
  'control interface': 'Scrim',
  'instance file': 'Scrim',
  questions: 'Scrim',
  'data folder': 'Data and policy',
  'disk space': 'Data and policy',
  policy: 'Data and policy',
  log: 'Data and policy',
  keychain: 'Keys',
  authority: 'Certificates',
  clock: 'Certificates',
  trust: 'Certificates',
  'exposed keys': 'Keys',
};

function groupOf(look: string): CheckGroup {
  return groups[look] ?? 'Clients';
}
