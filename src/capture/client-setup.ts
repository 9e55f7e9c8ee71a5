// What an adapter is.

import type { Change } from './change.ts';
import type { SetupEnvironment } from './setup-environment.ts';

export interface ClientSetup {
  /** What the user types: `scrim setup claude`. */
  readonly id: string;
  readonly title: string;
  /** Set up when no client is named, if installed. Tools that are no assistants, and the whole system, only by name. */
  readonly isAssistant: boolean;
  installed(env: SetupEnvironment): Promise<boolean>;
  /** What has to be in place. Empty: nothing can be set up here (yet). Each target once. */
  plan(env: SetupEnvironment): Promise<readonly Change[]>;
  /** What the user has to know or do besides, one sentence each. */
  readonly advice: readonly string[];
}
