// Stores of roots as the window lists them, and changing one: only where nobody is asked for a password on a terminal.

import { commandLine } from '../base/command.ts';
import type { Authority } from '../certificates/authority.ts';
import type { StoreCommands, StoreRow } from '../contract/procedures/clients.ts';
import type { Locations } from '../settings/locations.ts';
import { trustStores } from '../trust/trust.ts';
import type { TrustStore } from '../trust/trust-store.ts';
import type { Common } from './inspect.ts';
import { thisMachine, trustEnvironment } from './machine.ts';
import { changeStores, reportOf } from './trust.ts';

export interface Trusting {
  readonly common: Common;
  readonly places: Locations;
  readonly authority: Authority;
}

export async function storeRows({ common, places, authority }: Trusting): Promise<StoreRow[]> {
  const env = await trustEnvironment(thisMachine(common.env), places, authority);
  return await Promise.all((await trustStores(env)).map(rowOf));
}

async function rowOf(store: TrustStore): Promise<StoreRow> {
  const report = await reportOf(store);
  const isThere = report.status !== 'unavailable';
  return {
    ...report,
    hint: report.hint ?? null,
    install: isThere && report.status !== 'trusted' ? await commandsOf(store, 'install') : nothing,
    uninstall: isThere && report.status !== 'not-trusted' ? await commandsOf(store, 'uninstall') : nothing,
  };
}

const nothing: StoreCommands = { lines: [], needsTerminal: false };

async function commandsOf(store: TrustStore, action: 'install' | 'uninstall'): Promise<StoreCommands> {
  const commands = await store.commands(action);
  return { lines: commands.map(commandLine), needsTerminal: commands.some(({ program }) => program === 'sudo') };
}

/** Null: done. `stores`: ids; without, every one that is there and needs no terminal. */
export async function changeStoresHere(
  trusting: Trusting,
  action: 'install' | 'uninstall',
  store?: string,
): Promise<string | null> {
  const rows = await storeRows(trusting);
  const able = rows.filter((row) => row[action].lines.length > 0 && !row[action].needsTerminal);
  const chosen = store === undefined ? able : able.filter((row) => row.store === store);
  const row = rows.find((each) => each.store === store);
  if (row?.[action].needsTerminal === true) return 'Run the commands in a terminal: they need an administrator.';
  if (store !== undefined && row === undefined) return 'Look again: this store is not there any more.';
  for (const { store: id } of chosen) {
    const request = { action, stores: [id], isDryRun: false } as const;
    for await (const step of changeStores(trusting.common, request, trusting.authority))
      if (step.step === 'failed' || step.step === 'unavailable') return step.reason;
  }
  return null;
}
