// The policy file: read, watched, written. A change is taken over when it is valid; otherwise the old policy stays.

import { createHash, randomUUID } from 'node:crypto';
import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { defaultPolicyText } from '../policy/default-text.ts';
import type { CheckRiskRule } from '../policy/check-risk-rules.ts';
import type { CheckRule } from '../policy/check-rules.ts';
import { parsePolicy, type PolicyProblem } from '../policy/parse-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { SettingsError, systemCode } from './settings-error.ts';

/** A reading of the file: a new policy, or why the old one stays. */
export type PolicyReading =
  | { readonly policy: Policy; readonly problems?: undefined }
  | { readonly policy?: undefined; readonly problems: readonly PolicyProblem[] };

export interface PolicyFile extends Disposable {
  /** The last valid policy: the built-in one as long as there was none. */
  readonly policy: Policy;
  /** What is wrong with the file as it stands; empty when nothing is. */
  readonly problems: readonly PolicyProblem[];
  /** Reads the file now, without waiting for the watcher; true when its text changed. */
  reload(): Promise<boolean>;
}

export interface PolicyFileOptions {
  readonly path: string;
  /** Called after each reading of a changed text, never for the first one. */
  readonly onChange: (reading: PolicyReading) => void;
  readonly checkRule?: CheckRule;
  readonly checkRiskRule?: CheckRiskRule;
  /** False: read once. Default true. */
  readonly watch?: boolean;
}

// Editors write in several steps (truncate, write, rename); this is longer than any of them takes.
const settleTime = 60;

/**
 * Reads the policy and follows the file. A file that does not exist means the built-in policy, and is followed too.
 * Never rejects: what is wrong with the first reading stands in `problems`. Dispose it to stop following.
 */
export async function createPolicyFile(options: PolicyFileOptions): Promise<PolicyFile> {
  const { path, onChange, checkRule, checkRiskRule } = options;
  let text = '';
  let policy = valid(parsePolicy(''));
  let problems: readonly PolicyProblem[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  // The watcher comes first: a change during the first reading is then seen, not lost.
  const watchers = options.watch === false ? [] : await follow(path, changed);
  let reading = readPolicy(path).then((first) => {
    take(first);
    return true;
  });
  await reading;

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), settleTime);
  }

  /** One reading after the other, so that an older text cannot overtake a newer one. */
  function reload(): Promise<boolean> {
    reading = reading.then(async () => {
      const next = await readPolicy(path);
      if (stopped || (typeof next === 'string' && next === text)) return false;
      onChange(take(next));
      return true;
    });
    return reading;
  }

  function take(next: string | PolicyProblem): PolicyReading {
    text = typeof next === 'string' ? next : '\0';
    const parsed = typeof next === 'string' ? parsePolicy(next, checkRule, checkRiskRule) : { problems: [next] };
    problems = parsed.problems ?? [];
    policy = parsed.policy ?? policy;
    return parsed;
  }

  return {
    get policy() {
      return policy;
    },
    get problems() {
      return problems;
    },
    reload,
    [Symbol.dispose]() {
      stopped = true;
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** Writes the commented default policy. Rejects with `exists` rather than replace a file. */
export async function initPolicy(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, defaultPolicyText, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') {
      throw new SettingsError('exists', `Edit ${path}: it exists already, and is never overwritten.`, { cause });
    }
    throw new SettingsError('unwritable', `Make ${dirname(path)} a folder that you may write to, then try again.`, {
      cause,
    });
  }
}

export interface PolicyText {
  /** Empty where there is no file. */
  readonly text: string;
  /** SHA-256, hex; `none` where there is no file. */
  readonly hash: string;
}

/** The file as it stands. Rejects with `unreadable`. */
export async function readPolicyText(path: string): Promise<PolicyText> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, hash: createHash('sha256').update(text).digest('hex') };
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return { text: '', hash: 'none' };
    throw new SettingsError('unreadable', `Make ${path} a file that you may read, then try again.`, { cause });
  }
}

/**
 * Replaces the file in one step, if it is still the one with this hash: else it stays, and the answer is what it says now.
 * Where the path is a link, its target is replaced. Rejects with `unwritable`.
 */
export async function writePolicyText(
  path: string,
  text: string,
  basedOn: string,
): Promise<{ readonly isWritten: boolean; readonly now: PolicyText }> {
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    // Flushed before the rename: after a power cut there is the old policy or the new one, not an empty file.
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
    const standing = await readPolicyText(path);
    if (standing.hash !== basedOn) return { isWritten: false, now: standing };
    await rename(temporary, target);
    return { isWritten: true, now: await readPolicyText(path) };
  } catch (cause) {
    if (cause instanceof SettingsError) throw cause;
    throw new SettingsError('unwritable', `Make ${dirname(target)} a folder that you may write to, then try again.`, {
      cause,
    });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/**
 * The folder is watched, not the file: editors replace a file by renaming another one over it, and it may not exist yet.
 * A link (people keep their configuration elsewhere) is followed to the folder of its target as well.
 */
async function follow(path: string, changed: () => void): Promise<FSWatcher[]> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(() => undefined);
  const target = await realpath(path).catch(() => path);
  return [...new Set([path, target])].flatMap((file) => {
    try {
      const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        if (name === null || name === basename(file)) changed();
      });
      // The folder was removed or unmounted: the last policy stays.
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      // Some file systems cannot be watched; the policy then changes with `reload` only.
      return [];
    }
  });
}

/** The text; empty when there is no file; a problem when it cannot be read. */
async function readPolicy(path: string): Promise<string | PolicyProblem> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    return { line: 1, column: 1, message: `Make ${path} a file that you may read.` };
  }
}

function valid(parsed: ReturnType<typeof parsePolicy>): Policy {
  if (parsed.policy === undefined)
    throw new SettingsError('unreadable', 'Report this: the built-in policy is not valid.');
  return parsed.policy;
}
