// scrim ca: the authority, and the stores of roots that know it.

import { rm } from 'node:fs/promises';
import { commandLine } from '../base/command.ts';
import type { Authority, AuthorityStatus } from '../certificates/authority.ts';
import { findInstance } from '../settings/instance.ts';
import { javaTrustStorePath } from '../trust/java.ts';
import { changeTrust, trustStores } from '../trust/trust.ts';
import { TrustError } from '../trust/trust-error.ts';
import type { TrustStatus, TrustStore } from '../trust/trust-store.ts';
import { askInstance } from './control-client.ts';
import { CoreError } from './core-error.ts';
import { openOwnAuthority } from './home.ts';
import { placesOf, type Common } from './inspect.ts';
import { openKeyStores } from './key-stores.ts';
import { thisMachine, trustEnvironment } from './machine.ts';
import { finishRotation, renewBundle } from './renewal.ts';

export type Incoming = AuthorityStatus & {
  /** ISO 8601. */
  readonly takesOver: string;
};

export interface AuthorityReport {
  /** The file that clients are given. */
  readonly path: string;
  readonly certificates: readonly AuthorityStatus[];
  /** Published, and signing nothing yet. */
  readonly incoming: readonly Incoming[];
}

export interface StoreReport {
  readonly store: string;
  readonly title: string;
  readonly status: TrustStatus['is'];
  /** What is missing, for `unavailable`. */
  readonly hint: string | undefined;
}

export interface TrustRequest {
  readonly action: 'install' | 'uninstall';
  /** Ids of stores; none: all. */
  readonly stores: readonly string[];
  readonly isDryRun: boolean;
}

interface AboutStore {
  readonly store: string;
  readonly title: string;
}

export type TrustStep =
  /** Is about to be run, or would be. Empty: nothing is to be done. */
  | (AboutStore & { readonly step: 'commands'; readonly commands: readonly string[] })
  | (AboutStore & { readonly step: 'done' })
  /** `reason`: one sentence. */
  | (AboutStore & { readonly step: 'unavailable' | 'failed'; readonly reason: string });

/** The authority is made when there is none yet. */
export async function authorityReport(common: Common): Promise<AuthorityReport> {
  return report(await openAuthority(common));
}

/** Every store of this machine. Runs their tools, which takes a second or two. */
export async function storeReports(common: Common): Promise<StoreReport[]> {
  const env = await trustEnvironment(thisMachine(common.env), placesOf(common), await openAuthority(common));
  return await Promise.all((await trustStores(env)).map((store) => reportOf(store)));
}

export async function reportOf(store: TrustStore): Promise<StoreReport> {
  const status = await store.status();
  return {
    store: store.id,
    title: store.title,
    status: status.is,
    hint: status.is === 'unavailable' ? status.hint : undefined,
  };
}

/**
 * Store by store, each command before it is run: whoever reads the steps may print it first. A store that refuses does not stop
 * the others. Rejects with CoreError `usage` for an unknown store. `given`: the authority of a core that runs.
 */
export async function* changeStores(
  common: Common,
  { action, stores, isDryRun }: TrustRequest,
  given?: Authority,
): AsyncGenerator<TrustStep> {
  const places = placesOf(common);
  // Taking out needs no authority: whatever is called ours goes, even when its key is gone.
  const authority =
    action === 'install' ? (given ?? (await openAuthority(common))) : { status: () => [], incoming: () => [] };
  const env = await trustEnvironment(thisMachine(common.env), places, authority);
  for (const store of chosen(await trustStores(env), stores)) {
    const about = { store: store.id, title: store.title };
    const status = await store.status();
    if (status.is === 'unavailable') {
      yield { ...about, step: 'unavailable', reason: status.hint };
      continue;
    }
    yield { ...about, step: 'commands', commands: (await store.commands(action)).map(commandLine) };
    if (isDryRun) continue;
    try {
      await changeTrust(env, store, action);
      // Java's roots without ours would be of no use, and a program would still be pointed at them.
      if (store.id === 'java' && action === 'uninstall') await rm(javaTrustStorePath(env.folder), { force: true });
      yield { ...about, step: 'done' };
    } catch (error) {
      if (!(error instanceof TrustError)) throw error;
      yield { ...about, step: 'failed', reason: error.message };
    }
  }
}

/** Publishes a successor; with `isNow` it takes over at once. Resolves with what is in force then. */
export async function rotate(common: Common, isNow: boolean): Promise<AuthorityReport> {
  const places = placesOf(common);
  const authority = await openAuthority(common);
  await authority.rotate();
  if (isNow) await finishRotation(authority, places, 0);
  else await renewBundle(authority, places);
  await tellRunning(common);
  return report(authority);
}

async function openAuthority(common: Common): Promise<Authority> {
  const places = placesOf(common);
  const { own } = await openKeyStores(places, common);
  return await openOwnAuthority(places, own);
}

function report(authority: Authority): AuthorityReport {
  return { path: authority.certificatePath, certificates: authority.status(), incoming: authority.incoming() };
}

function chosen(all: readonly TrustStore[], ids: readonly string[]): readonly TrustStore[] {
  if (ids.length === 0) return all;
  return ids.map((id) => {
    const store = all.find((each) => each.id === id);
    if (store === undefined)
      throw new CoreError('usage', `Name one of these stores: ${all.map((each) => each.id).join(', ')}.`);
    return store;
  });
}

/** It holds the old key in memory, and would sign with it until it looks by itself. */
async function tellRunning(common: Common): Promise<void> {
  const instance = await findInstance(placesOf(common).instanceFile);
  if (instance?.ui == null) return;
  await askInstance(instance, ({ commands }) => commands.certificatesChanged()).catch(() => {
    throw new CoreError('refused', 'Start Scrim again: it goes on with the old certificate until then.');
  });
}
