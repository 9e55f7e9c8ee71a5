// What procedures work with: the parts of a running core.

import type { CoreEvent } from '../../contract/core-events.ts';
import type { Status } from '../../contract/control.ts';
import type { Approvals } from '../../approvals/approvals.ts';
import type { Locations } from '../../settings/locations.ts';
import type { PolicyFile } from '../../settings/policy-file.ts';
import type { SessionLog } from '../../sessions/sessions.ts';
import type { TimedClock } from '../../base/clock.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Authority } from '../../certificates/authority.ts';
import type { Stores } from '../../keychain/open-stores.ts';
import type { Credentials } from '../credentials.ts';
import type { GuideDemo } from '../guide-demo.ts';
import type { Common } from '../inspect.ts';
import type { Live } from '../live.ts';
import type { AddedTime } from '../overview-added.ts';
import type { Pause } from '../pause.ts';
import type { PolicyInForce } from '../exchanges.ts';
import type { RunToken } from '../run-token.ts';
import type { ServeOptions } from '../serve-options.ts';

export interface CoreParts {
  readonly options: ServeOptions;
  readonly places: Locations;
  readonly stores: Stores;
  readonly clock: TimedClock;
  readonly status: () => Status;
  readonly pause: Pause;
  /** Of a window in a browser. */
  readonly link: (screen: string) => string;
  readonly stop: () => void;
  readonly approvals: Approvals;
  readonly log: SessionLog;
  readonly live: Live;
  readonly added: AddedTime;
  readonly policyFile: PolicyFile;
  /** Reads the file now; resolves when its policy is in force, rejects when it cannot be. */
  readonly policyChanged: () => Promise<unknown>;
  /** The policy as it is in force, and compiled. */
  readonly policy: () => Policy;
  readonly inForce: () => PolicyInForce;
  /** The stored keys are read anew. */
  readonly keysChanged: () => Promise<void>;
  readonly certificatesChanged: () => Promise<void>;
  readonly credentials: Credentials;
  readonly authority: Authority;
  readonly guideDemo: GuideDemo;
  /** A local token for one client. */
  readonly mintToken: () => RunToken;
  /** Every event of the core from now on, until `signal` aborts. Slow readers lose the oldest. */
  readonly events: (signal: AbortSignal | undefined) => AsyncIterable<CoreEvent>;
}

/** What functions of the commands want to be told, for this core. */
export function commonOf({ policyFile, ...options }: ServeOptions): Common {
  return { ...options, policy: policyFile };
}
