// Every store of roots on this machine, and putting our certificates into one or taking them out.

import { commandLine, type Command } from '../base/command.ts';
import { javaStore } from './java.ts';
import { linuxSystemStore } from './linux-system.ts';
import { macKeychainStore } from './mac-keychain.ts';
import { nssStores } from './nss.ts';
import { TrustError } from './trust-error.ts';
import type { TrustEnvironment, TrustStore } from './trust-store.ts';
import { windowsRootStore } from './windows-root.ts';

/** Those of this system, whether their tools are there or not; those that need no administrator first. */
export async function trustStores(env: TrustEnvironment): Promise<TrustStore[]> {
  const system = { linux: linuxSystemStore, darwin: macKeychainStore, win32: windowsRootStore }[env.platform](env);
  const others = [...(await nssStores(env)), javaStore(env)];
  return env.platform === 'linux' ? [...others, system] : [system, ...others];
}

/**
 * Runs what `store.commands` names, then looks whether it took. Resolves with what was run; empty when there was nothing to do.
 * Rejects with `TrustError`. Print the commands before: some ask the user for a password.
 */
export async function changeTrust(
  env: TrustEnvironment,
  store: TrustStore,
  action: 'install' | 'uninstall',
): Promise<readonly Command[]> {
  const before = await store.status();
  if (before.is === 'unavailable') throw new TrustError('unavailable', before.hint);
  const commands = await store.commands(action);
  for (const command of commands) {
    const { code } = await env.run(command);
    if (code !== 0) {
      throw new TrustError(
        'command-failed',
        `Run ${commandLine(command)} yourself to see why it failed, then try again.`,
      );
    }
  }
  const after = await store.status();
  if (after.is !== (action === 'install' ? 'trusted' : 'not-trusted')) {
    throw new TrustError(
      'not-taken',
      `Look at the roots of "${store.title}" yourself: the tool reported no error, and they did not change.`,
    );
  }
  return commands;
}
