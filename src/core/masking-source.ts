// The masking that a policy asks for: made once for each scope, with the values that are known at that moment.

import { createMasking, type Masking } from '../masking/masking.ts';
import type { MaskingPolicy, Policy } from '../policy/policy.ts';
import { readKnownSecrets, watchKnownSecrets, type KnownSecret } from '../settings/known-values.ts';

export interface MaskingSource extends Disposable {
  of(policy: MaskingPolicy): Masking;
}

export interface MaskingSourceOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where `.env` files are looked for. */
  readonly projectFolder: string;
  /** Values that are masked under every policy: the keys that Scrim itself puts into requests. */
  readonly ownSecrets?: readonly string[];
  /** Salted HMAC, hex. */
  readonly fingerprint: (value: string) => string;
  /** A file that known values come from has changed: open a new source. Absent: files are not followed. */
  readonly onChange?: () => void;
}

/**
 * Reads the known values of the policy and all its scopes, and compiles the rules that a person wrote. Dispose it to stop following their
 * files. Rejects with MaskingError when the rules cannot be used together: the policy before then stays in force.
 */
export async function openMaskingSource(policy: Policy, options: MaskingSourceOptions): Promise<MaskingSource> {
  const policies = [policy.masking, ...policy.scopes.map((scope) => scope.policy.masking)];
  const known = new Map<MaskingPolicy, KnownSecret[]>();
  for (const masking of new Set(policies)) known.set(masking, await readKnownSecrets(masking.values, options));
  const { ownSecrets = [] } = options;
  const made = new Map<MaskingPolicy, Masking>();
  const of = (masking: MaskingPolicy): Masking => {
    const found = made.get(masking);
    if (found !== undefined) return found;
    const { placeholder, packs, keys, env, rules, allow } = masking;
    const { fingerprint } = options;
    const knownValues = [...(known.get(masking) ?? []), ...ownSecrets.map((value) => ({ name: 'stored key', value }))];
    const compiled = createMasking({ placeholder, packs, keys, env, rules, allow, knownValues, fingerprint });
    made.set(masking, compiled);
    return compiled;
  };
  // What a person wrote may fail, and must do so now; the built-in rules alone wait for the first text (10 MB less when idle).
  for (const [masking, values] of known) {
    const { keys, env, rules, allow } = masking;
    if (keys.length + env.length + rules.length + allow.length + values.length + ownSecrets.length > 0) of(masking);
  }
  const { onChange } = options;
  const watched = onChange === undefined ? [] : [...known.keys()];
  const watchers = await Promise.all(
    watched.map((masking) => watchKnownSecrets(masking.values, options, () => onChange?.())),
  );
  return {
    of,
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher[Symbol.dispose]();
    },
  };
}
