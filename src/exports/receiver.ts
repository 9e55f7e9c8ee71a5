// What all receivers have in common, whatever they speak.

import type { Exported } from './exported.ts';

export interface Receiver {
  /** As messages for `deliver`: text that can wait on disk. */
  encode(exported: Exported): readonly string[];
  /**
   * Resolves when the receiver has them (for syslog: when the system has taken them, the protocol has no more).
   * @throws ExportsError `unreachable` or `refused`
   */
  deliver(messages: readonly string[]): Promise<void>;
  /** Lets what is under way end; later deliveries are refused. */
  close(): Promise<void>;
}
