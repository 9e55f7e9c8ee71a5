// Where this user's secrets lie: the keychain, an encrypted file, or (own keys only) files that nobody else can read.

import { keysChoices, openStores, type KeysChoice, type Stores } from '../keychain/open-stores.ts';
import type { StartKeychain } from '../keychain/keychain-protocol.ts';
import { askHidden, passphraseFrom } from '../keychain/passphrase.ts';
import type { Locations } from '../settings/locations.ts';
import { CoreError } from './core-error.ts';

export interface KeysOptions {
  readonly dataDir?: string | undefined;
  /** `--keys`; else `SCRIM_KEYS`; else `auto`. */
  readonly keys?: string | undefined;
  /** `--keys-passphrase-fd` */
  readonly keysPassphraseFd?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How the keychain's helper process is started, where it is not by spawning Node. */
  readonly startKeychain?: StartKeychain | undefined;
}

/** Rejects with `KeychainError`, or CoreError `usage`. */
export function openKeyStores(places: Locations, options: KeysOptions): Promise<Stores> {
  const { env } = options;
  const isUsual = options.dataDir === undefined && (env['SCRIM_DATA_DIR'] ?? '') === '';
  return openStores({
    keys: readChoice(options.keys ?? env['SCRIM_KEYS'] ?? 'auto'),
    folder: places.secretsFolder,
    dataFolder: isUsual ? undefined : places.dataFolder,
    env,
    passphrase: passphraseFrom({ descriptor: readDescriptor(options.keysPassphraseFd), env }),
    startKeychain: options.startKeychain,
  });
}

function readChoice(text: string): KeysChoice {
  const choice = keysChoices.find((each) => each === text);
  if (choice === undefined) throw new CoreError('usage', `Write --keys as one of ${keysChoices.join(', ')}.`);
  return choice;
}

function readDescriptor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,4}$/.test(text))
    throw new CoreError('usage', 'Write --keys-passphrase-fd as the number of an open file.');
  return Number(text);
}

/** What a person types, unseen. */
export async function askForKey(question: string): Promise<string> {
  return (await askHidden(question)).toString('utf8');
}
