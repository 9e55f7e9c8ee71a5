// Can Scrim's secrets be had, and is there a place for provider keys?

import { KeychainError, type KeychainCode } from '../../keychain/secret-store.ts';
import { fixBy, notChecked, ok, problem, type Check, type CheckResult } from './check.ts';
import type { DoctorContext } from './context.ts';

/** One probe of the keychain is bounded by itself: two seconds, counted from when its helper has started. */
const limit = 5_000;

export const keychainCheck: Check<DoctorContext> = {
  name: 'keychain',
  limit,
  run: async (context) => [await keychain(context)],
};

async function keychain(context: DoctorContext): Promise<CheckResult> {
  const name = 'keychain';
  const file = context.scrim('run', 'keys', 'list', '--keys', 'file');
  try {
    const { place, provider } = await context.stores();
    if (place === 'keychain') return ok(name, 'Your keychain answers, and keeps the keys.');
    if (place === 'encrypted-file') return ok(name, 'The keys lie in an encrypted file, which opens.');
    if (place === 'memory') return notChecked(name, 'With --keys memory nothing is kept.');
    const refusal = await refusalOf(() => provider.list());
    if (refusal === undefined) return ok(name, 'The keys lie in files that only you can read.');
    if (isBroken.has(refusal.code)) return problem(name, refusal.message, file);
    return notChecked(name, refusal.message, file);
  } catch (error) {
    if (!(error instanceof KeychainError) || error.code === 'passphrase') throw error;
    const closed = fixBy('run', 'chmod', '-R', 'go-rwx', context.places().secretsFolder);
    return problem(name, error.message, error.code === 'exposed' ? closed : file);
  }
}

/** There is a keychain, and it does not do its work. That there is none is not wrong: many servers have none. */
const isBroken: ReadonlySet<KeychainCode> = new Set<KeychainCode>(['locked', 'unresponsive', 'unreadable', 'damaged']);

async function refusalOf(work: () => Promise<unknown>): Promise<KeychainError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof KeychainError) return error;
    throw error;
  }
}
