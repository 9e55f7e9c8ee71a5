// What the log keeps of the client beside its request: the process, and harmless headers. Everything is masked.

import type { MaskedText } from '../base/text.ts';
import type { RecordedHeader, RecordedIdentity } from '../contract/records.ts';
import { masked } from '../exchange/masked.ts';
import type { RawHeaders } from '../http/head.ts';
import type { ProcessFacts } from '../identity/process-facts.ts';
import type { Masking } from '../masking/masking.ts';
import { isRecordedHeader } from '../sessions/header-list.ts';
import type { SessionLog } from '../sessions/sessions.ts';
import type { LiveTrack } from './live-exchange.ts';

const maxValue = 500;

export function recordedHeaders(headers: RawHeaders, masking: Masking): RecordedHeader[] {
  const kept: RecordedHeader[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = (headers[i] ?? '').toLowerCase();
    if (isRecordedHeader(name)) kept.push({ name, value: masked(masking, (headers[i + 1] ?? '').slice(0, maxValue)) });
  }
  return kept;
}

/** Both are told: the log, and whoever watches. */
export function recordIdentity(
  log: SessionLog,
  live: LiveTrack,
  facts: ProcessFacts | undefined,
  masking: Masking,
): void {
  if (facts === undefined) return;
  const identity = identityOf(facts, masking);
  log.identity(live.id, identity);
  live.identity(identity);
}

function identityOf({ program, pid, user, folder, git, ci }: ProcessFacts, masking: Masking): RecordedIdentity {
  const text = (value: string): MaskedText => masked(masking, value);
  const optional = (value: string | null): MaskedText | null => (value === null ? null : text(value));
  return {
    program: text(program),
    pid,
    user: optional(user),
    folder: optional(folder),
    git:
      git === null
        ? null
        : { root: text(git.root), branch: optional(git.branch), commit: git.commit, remote: optional(git.remote) },
    ci: ci === null ? null : { provider: ci.provider, run: optional(ci.run) },
  };
}
