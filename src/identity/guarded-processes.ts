// The processes whose requests pass through Scrim: neither they nor what they start may answer Scrim's questions.

import type { NamedProcess, ProcessFacts, ProcessRef } from './process-facts.ts';
import { isInterpreter, isShell } from './program-name.ts';

export interface GuardedProcesses {
  /**
   * Guards the process that made a connection, or the child of `scrim run`, and with it the program it is part of: the
   * parents in an unbroken line with the same executable or application. An editor talks from one process and opens its terminals
   * from another; both are children of the editor.
   */
  guard(facts: Pick<ProcessFacts, 'pid' | 'startTime' | 'program' | 'executable' | 'parents'>): void;
  has(process: ProcessRef): boolean;
  /** So many live ones that some are not remembered. `guard` is called for each connection, so they come back. */
  isFull(): boolean;
}

export interface GuardedProcessesOptions {
  readonly limit?: number;
  readonly isAlive?: (pid: number) => boolean;
}

export function createGuardedProcesses(options: GuardedProcessesOptions = {}): GuardedProcesses {
  const limit = options.limit ?? 4096;
  const isAlive = options.isAlive ?? processExists;
  const guarded = new Map<string, number>();
  let isFull = false;

  /** A number that has been used again counts as alive: the start time keeps the two apart. */
  function dropDead() {
    for (const [key, pid] of guarded) if (!isAlive(pid)) guarded.delete(key);
    isFull = guarded.size >= limit;
  }

  return {
    guard(facts) {
      for (const process of programOf(facts)) {
        if (guarded.has(keyOf(process))) continue;
        dropDead();
        if (!isFull) guarded.set(keyOf(process), process.pid);
      }
    },
    has: (process) => guarded.has(keyOf(process)),
    isFull() {
      if (isFull) dropDead();
      return isFull;
    },
  };
}

const keyOf = ({ pid, startTime }: ProcessRef) => `${pid} ${startTime}`;

/** A shell script's parent may be the person's own shell, which must stay free to answer. */
function programOf(facts: NamedProcess & Pick<ProcessFacts, 'parents'>): readonly ProcessRef[] {
  const { executable, parents } = facts;
  if (executable === null || isShell(executable)) return [facts];
  // Two scripts of one interpreter are two programs.
  const isPart = (parent: NamedProcess): boolean =>
    applicationOf(parent.executable ?? '') === applicationOf(executable) &&
    (!isInterpreter(executable) || parent.program === facts.program);
  const end = parents.findIndex((parent) => !isPart(parent));
  return [facts, ...parents.slice(0, end === -1 ? undefined : end)];
}

/** On macOS the processes of an application are programs of their own within its folder. */
const applicationOf = (executable: string) => /^.+?\.app(?=\/)/.exec(executable)?.[0] ?? executable;

function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
