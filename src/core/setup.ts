// scrim setup: clients that go through Scrim however they are started, and back again.

import { clientById, clients } from '../capture/clients.ts';
import type { ClientSetup } from '../capture/client-setup.ts';
import {
  applySetup,
  clientsSetUp,
  previewSetup,
  previewUndo,
  setupStatus,
  undoSetup,
  type SetupStatus,
  type SetupStep,
} from '../capture/setup.ts';
import { SetupError } from '../capture/setup-error.ts';
import { setupContext, type SetupContext } from '../capture/target-content.ts';
import { writeCaBundle } from '../capture/ca-bundle.ts';
import type { Authority } from '../certificates/authority.ts';
import type { Locations } from '../settings/locations.ts';
import { CoreError } from './core-error.ts';
import { openOwnAuthority } from './home.ts';
import { placesOf, type Common } from './inspect.ts';
import { openKeyStores } from './key-stores.ts';
import {
  bundlePathOf,
  lastingAddresses,
  setupEnvironment,
  thisMachine,
  usersProxy,
  type Addresses,
} from './machine.ts';

export interface SetupRequest {
  /** Undefined: the installed assistants and editors, or at an undo everything that is set up. */
  readonly client?: string | undefined;
  readonly isUndo: boolean;
  readonly isDryRun: boolean;
}

export interface SetupOutcome {
  readonly client: string;
  readonly title: string;
  /** What was changed, or would be. */
  readonly steps: readonly SetupStep[];
  /** What to know or do besides. */
  readonly advice: readonly string[];
  /** Why it was not done: one sentence. */
  readonly problem: string | undefined;
}

export interface ClientStatus {
  readonly client: string;
  readonly title: string;
  readonly status: SetupStatus;
}

export interface Setup {
  readonly addresses: Addresses;
  /** Host and port of a proxy that these clients have used so far, and that Scrim has to be told of. */
  readonly usersProxy: string | undefined;
  list(): Promise<ClientStatus[]>;
  /** One client after the other; one that is refused does not stop the rest. Rejects with CoreError `usage` for an unknown name. */
  change(request: SetupRequest): AsyncIterable<SetupOutcome>;
}

/** `authority`: of a core that runs; else the stores are opened for it when it is needed. */
export async function openSetup(common: Common, authority?: Pick<Authority, 'certificatesPem'>): Promise<Setup> {
  const places = placesOf(common);
  const addresses = await lastingAddresses(places);
  const context = setupContext(setupEnvironment(thisMachine(common.env), places, addresses));
  return {
    addresses,
    usersProxy: usersProxy(common.env)?.host,
    list: () =>
      Promise.all(clients.map(async (client) => ({ ...named(client), status: await setupStatus(context, client) }))),
    async *change(request) {
      const ids = await chosen(context, request);
      // An undo needs the notes only: it must work when the certificates are gone.
      if (!request.isUndo && !request.isDryRun && ids.length > 0) await writeCertificates(common, places, authority);
      for (const id of ids) yield await outcome(context, id, request);
    },
  };
}

async function chosen(context: SetupContext, { client, isUndo }: SetupRequest): Promise<readonly string[]> {
  const setUp = isUndo ? await clientsSetUp(context) : [];
  if (client !== undefined) {
    // What is set up can be undone, even where its adapter is no longer part of Scrim.
    if (clientById(client) === undefined && !setUp.includes(client)) {
      const known = clients.map(({ id }) => id).join(', ');
      throw new CoreError('usage', `Name one of these clients: ${known}.`);
    }
    return [client];
  }
  if (isUndo) return setUp;
  const installed = await Promise.all(
    clients.map(async (each) => each.isAssistant && (await each.installed(context.env))),
  );
  return clients.filter((_, index) => installed[index]).map(({ id }) => id);
}

async function outcome(context: SetupContext, id: string, { isUndo, isDryRun }: SetupRequest): Promise<SetupOutcome> {
  const adapter = clientById(id);
  const about = adapter === undefined ? { client: id, title: id } : named(adapter);
  try {
    const steps = await changed(context, id, adapter, isUndo, isDryRun);
    const visible = steps.filter(({ lines }) => lines.length > 0);
    return { ...about, steps: visible, advice: isUndo ? [] : (adapter?.advice ?? []), problem: undefined };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { ...about, steps: [], advice: [], problem: error.message };
  }
}

function changed(
  context: SetupContext,
  id: string,
  adapter: ClientSetup | undefined,
  isUndo: boolean,
  isDryRun: boolean,
): Promise<readonly SetupStep[]> {
  if (isUndo || adapter === undefined) return isDryRun ? previewUndo(context, id) : undoSetup(context, id);
  return isDryRun ? previewSetup(context, adapter) : applySetup(context, adapter);
}

function named({ id, title }: ClientSetup): { client: string; title: string } {
  return { client: id, title };
}

/** A client that is set up names these files: they are there before it is told. */
async function writeCertificates(
  common: Common,
  places: Locations,
  given: Pick<Authority, 'certificatesPem'> | undefined,
): Promise<void> {
  const authority = given ?? (await openOwnAuthority(places, (await openKeyStores(places, common)).own));
  await writeCaBundle({ caPem: authority.certificatesPem(), path: bundlePathOf(places), env: common.env });
}
