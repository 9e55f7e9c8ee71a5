// The two kinds of procedure. Which one it is stands in the contract, so that no implementation can forget the check.

import { oc } from '@orpc/contract';

export interface ProcedureMeta {
  /**
   * It changes what Scrim does, or answers for the person: the caller is looked at first, and refused where it may be the
   * assistant that is being guarded.
   */
  readonly changes?: boolean;
}

/** Shows something; everything in it is masked. */
export const shows = oc.$meta<ProcedureMeta>({});

// SECURITY: an assistant of the same user reaches the same interface; what it must not do is marked here.
export const changes = shows.meta({ changes: true });
