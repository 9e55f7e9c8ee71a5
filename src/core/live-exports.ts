// The receivers that the policy names get each exchange as it ends; they change with the policy.

import type { ExchangeRecord } from '../contract/records.ts';
import type { LiveExport } from '../exports/live.ts';
import type { ExportTarget } from '../policy/policy.ts';
import { noLiveExport, openLiveExport, type LiveOptions } from './export.ts';

export interface LiveExports {
  /** Rejects where a target is not valid: the receivers before stay. */
  follow(targets: readonly ExportTarget[]): Promise<void>;
  /** `read`: the finished exchange; asked only when somebody wants it. */
  exchange(read: () => ExchangeRecord | undefined): void;
  close(): Promise<void>;
}

export function createLiveExports(options: Omit<LiveOptions, 'targets'>): LiveExports {
  let live: LiveExport = noLiveExport;
  let followed = '[]';
  return {
    async follow(targets) {
      const wanted = JSON.stringify(targets);
      if (wanted === followed) return;
      const before = live;
      live = targets.length === 0 ? noLiveExport : await openLiveExport({ ...options, targets });
      followed = wanted;
      // What it still has goes out, or into its spool; nobody waits for that.
      void before.close();
    },
    exchange(read) {
      if (live === noLiveExport) return;
      const record = read();
      if (record !== undefined) live.exchange(record);
    },
    close: () => live.close(),
  };
}
