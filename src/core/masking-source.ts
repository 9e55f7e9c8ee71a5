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
  /** Salted HMAC, hex. */
  readonly fingerprint: (value: string) => string;
  /** A file that known values come from has changed: open a new source. Absent: files are not followed. */
  readonly onChange?: () => void;
}

/** Reads the known values of the policy and all its scopes. Dispose it to stop following their files. */
export async function openMaskingSource(policy: Policy, options: MaskingSourceOptions): Promise<MaskingSource> {
  const policies = [policy.masking, ...policy.scopes.map((scope) => scope.policy.masking)];
  const known = new Map<MaskingPolicy, KnownSecret[]>();
  const watchers: Disposable[] = [];
  for (const masking of new Set(policies)) {
    known.set(masking, await readKnownSecrets(masking.values, options));
    if (options.onChange !== undefined)
      watchers.push(await watchKnownSecrets(masking.values, options, options.onChange));
  }
  const made = new Map<MaskingPolicy, Masking>();
  return {
    of(masking) {
      const found = made.get(masking);
      if (found !== undefined) return found;
      const { placeholder, packs, keys, env, rules, allow } = masking;
      const knownValues = known.get(masking) ?? [];
      const { fingerprint } = options;
      const compiled = createMasking({ placeholder, packs, keys, env, rules, allow, knownValues, fingerprint });
      made.set(masking, compiled);
      return compiled;
    },
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher[Symbol.dispose]();
    },
  };
}
