// What the checks share: each thing is looked up once, when the first check asks for it.

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { clients, clientById } from '../../capture/clients.ts';
import type { ClientSetup } from '../../capture/client-setup.ts';
import { setupStatus, type SetupStatus } from '../../capture/setup.ts';
import { setupContext, type SetupContext } from '../../capture/target-content.ts';
import type { Status } from '../../contract/control.ts';
import type { Stores } from '../../keychain/open-stores.ts';
import { checkRule } from '../../masking/masking.ts';
import type { Policy } from '../../policy/policy.ts';
import { parsePolicy } from '../../policy/parse-policy.ts';
import { findInstance, type Instance } from '../../settings/instance.ts';
import type { Locations } from '../../settings/locations.ts';
import { createPolicyFile } from '../../settings/policy-file.ts';
import { systemCommands } from '../../trust/run-command.ts';
import { askInstance } from '../control-client.ts';
import { CoreError } from '../core-error.ts';
import { placesOf, type Common } from '../inspect.ts';
import { openKeyStores } from '../key-stores.ts';
import { lastingAddresses, setupEnvironment, thisMachine, type Machine } from '../machine.ts';
import { fixBy, type Fix } from './check.ts';

export interface DoctorContext {
  readonly common: Common;
  readonly machine: Machine;
  /** Throws `SettingsError` when the folders cannot be made. */
  places(): Locations;
  /** The running one. */
  instance(): Promise<Instance | undefined>;
  /** Rejects when the control interface does not answer. */
  status(instance: Instance): Promise<Status>;
  /** The policy in force, or the built-in one while the file is not valid. */
  policy(): Promise<Policy>;
  /** Rejects with `KeychainError`, or CoreError `usage` where a person would have to be asked. */
  stores(): Promise<Stores>;
  setup(): Promise<SetupContext>;
  clients(): Promise<readonly FoundClient[]>;
  /** `scrim WORDS` for the folders of this run. */
  scrim(how: Fix['how'], ...words: string[]): Fix;
}

export interface FoundClient {
  readonly client: ClientSetup;
  readonly status: SetupStatus;
  /** Why its state is not known. */
  readonly error?: unknown;
}

/** No tool of the system gets longer than a check has. */
const toolTime = 1_800;

/** `stores`: those that are open already. */
export function doctorContext(common: Common, stores?: Stores): DoctorContext {
  const machine = { ...thisMachine(common.env), run: systemCommands({ env: common.env, timeout: toolTime }) };
  const places = once(() => placesOf(common));
  const instance = once(() => findInstance(places().instanceFile));
  const setup = once(async () => setupContext(setupEnvironment(machine, places(), await lastingAddresses(places()))));
  return {
    common,
    machine,
    places,
    instance,
    status: once((running: Instance) => askStatus(running)),
    policy: once(async () => (await readPolicy(places())) ?? builtInPolicy()),
    stores: once(() => (stores === undefined ? openStoresUnasked(places(), common) : Promise.resolve(stores))),
    setup,
    clients: once(async () => {
      const context = await setup();
      return await Promise.all(clients.map((client) => find(context, client)));
    }),
    scrim: (how, ...words) => fixBy(how, 'scrim', ...words, ...ownFlags(common)),
  };
}

export function titleOf(id: string): string {
  return clientById(id)?.title ?? id;
}

/** Home as a person writes it. */
export function shown({ machine: { home } }: DoctorContext, path: string): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function once<Args extends unknown[], T>(make: (...args: Args) => T): (...args: Args) => T {
  let made: { readonly value: T } | undefined;
  return (...args) => (made ??= { value: make(...args) }).value;
}

async function find(context: SetupContext, client: ClientSetup): Promise<FoundClient> {
  try {
    return { client, status: await setupStatus(context, client) };
  } catch (error) {
    return { client, status: 'not-captured', error };
  }
}

async function askStatus(instance: Instance): Promise<Status> {
  const signal = AbortSignal.timeout(toolTime);
  return await askInstance(instance, ({ status }) => status.get(undefined, { signal }));
}

async function readPolicy({ policyFile }: Locations): Promise<Policy | undefined> {
  const file = await createPolicyFile({ path: policyFile, checkRule, onChange: () => undefined, watch: false });
  file[Symbol.dispose]();
  return file.problems.length > 0 ? undefined : file.policy;
}

function builtInPolicy(): Policy {
  const { policy } = parsePolicy('');
  if (policy === undefined) throw new CoreError('policy', 'Report this: the built-in policy is not valid.');
  return policy;
}

/** A passphrase is not asked for: a check must not wait for a person. */
async function openStoresUnasked(places: Locations, common: Common): Promise<Stores> {
  const { env } = common;
  const wanted = common.keys ?? env['SCRIM_KEYS'] ?? 'auto';
  const isThere = await access(join(places.secretsFolder, 'keys.json')).then(
    () => true,
    () => false,
  );
  const needsPassphrase = wanted === 'file' || (wanted === 'auto' && isThere);
  if (needsPassphrase && common.keysPassphraseFd === undefined && (env['SCRIM_KEYS_PASSPHRASE_FD'] ?? '') === '')
    throw new CoreError(
      'usage',
      'The keys lie in an encrypted file: pass its passphrase with --keys-passphrase-fd to have it looked into.',
    );
  return await openKeyStores(places, common);
}

function ownFlags({ dataDir, policy, keys }: Common): string[] {
  return [
    ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
    ...(policy === undefined ? [] : ['--policy', policy]),
    ...(keys === undefined ? [] : ['--keys', keys]),
  ];
}
