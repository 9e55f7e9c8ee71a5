// The kinds of procedure. Which one it is stands in the contract, so that no implementation can forget the check.

import { oc } from '@orpc/contract';

export interface ProcedureMeta {
  /**
   * It changes what Scrim does, or answers for the person: the caller is looked at first, and refused where it may be the
   * assistant that is being guarded.
   */
  readonly changes?: boolean;
  /** A command may call it all the same, from a script and without a terminal. */
  readonly fromScripts?: boolean;
  /** Only commands of this machine may call it: no window, no tray. */
  readonly commandsOnly?: boolean;
}

/** Shows something; everything in it is masked. */
export const shows = oc.$meta<ProcedureMeta>({});

// SECURITY: an assistant of the same user reaches the same interface; what it must not do is marked here.
export const changes = shows.meta({ changes: true });

/**
 * SECURITY: only for what gives a program nothing that it does not have. A command holds the token of this run, so it reads this
 * user's files, and could end the process with a signal as well.
 */
export const changesFromScripts = changes.meta({ fromScripts: true });

/** What one process of Scrim tells or asks another. */
export const betweenCommands = shows.meta({ commandsOnly: true });
