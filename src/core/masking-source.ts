// The masking that a policy asks for: made once for each scope, with the values that are known at that moment.

import { createMasking, type Masking } from '../masking/masking.ts';
import type { MaskingPolicy, Policy } from '../policy/policy.ts';
import { readKnownSecrets, watchKnownSecrets } from '../settings/known-values.ts';
import { CoreError } from './core-error.ts';

export interface MaskingSource extends Disposable {
  of(policy: MaskingPolicy): Masking;
}

export interface MaskingSourceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` files are looked for. */
  readonly projectFolder: string;
  /** Salted HMAC, hex. */
  readonly fingerprint: (value: string) => string;
  /** A file that known values come from has changed: open a new source. Absent: files are not followed. */
  readonly onChange?: () => void;
}

/**
 * Reads the known values of the policy and all its scopes and compiles their rules. Dispose it to stop following their
 * files. Rejects with MaskingError when the rules cannot be used together: the policy before then stays in force.
 */
export async function openMaskingSource(policy: Policy, options: MaskingSourceOptions): Promise<MaskingSource> {
  const policies = [policy.masking, ...policy.scopes.map((scope) => scope.policy.masking)];
  const made = new Map<MaskingPolicy, Masking>();
  for (const masking of new Set(policies)) {
    const { placeholder, packs, keys, env, rules, allow } = masking;
    const { fingerprint } = options;
    const knownValues = await readKnownSecrets(masking.values, options);
    made.set(masking, createMasking({ placeholder, packs, keys, env, rules, allow, knownValues, fingerprint }));
  }
  const { onChange } = options;
  const watched = onChange === undefined ? [] : [...made.keys()];
  const watchers = await Promise.all(
    watched.map((masking) => watchKnownSecrets(masking.values, options, () => onChange?.())),
  );
  return {
    of(masking) {
      const found = made.get(masking);
      if (found === undefined)
        throw new CoreError('policy', 'Ask for the masking of this policy or of one of its scopes.');
      return found;
    },
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher[Symbol.dispose]();
    },
  };
}
