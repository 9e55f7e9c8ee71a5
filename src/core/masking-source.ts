// The masking that a policy asks for, made once for each policy.

import { createMasking, type Masking } from '../masking/masking.ts';
import type { MaskingPolicy } from '../policy/policy.ts';

export interface MaskingSource {
  (policy: MaskingPolicy): Masking;
}

/** `env`: where the known values come from. `fingerprint`: salted HMAC, hex. */
export function createMaskingSource(
  env: Readonly<Record<string, string | undefined>>,
  fingerprint: (value: string) => string,
): MaskingSource {
  const made = new WeakMap<MaskingPolicy, Masking>();
  return (policy) => {
    const found = made.get(policy);
    if (found !== undefined) return found;
    const knownValues = policy.values.env.flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [{ name, value }];
    });
    const masking = createMasking({
      placeholder: policy.placeholder,
      packs: policy.packs,
      keys: policy.keys.filter((name) => !name.startsWith('!')),
      env: policy.env.filter((name) => !name.startsWith('!')),
      rules: policy.rules,
      allow: policy.allow,
      knownValues,
      fingerprint,
    });
    made.set(policy, masking);
    return masking;
  };
}
