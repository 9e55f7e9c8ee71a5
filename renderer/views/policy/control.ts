// What the control of a setting is given.

import type { PolicyJson } from '../../../src/contract/policy.ts';

export interface Control {
  /** The one that counts: written, or the default. */
  readonly value: PolicyJson | undefined;
  readonly set: (value: PolicyJson) => void;
  /** What was chosen last was refused. */
  readonly invalid: boolean;
}
