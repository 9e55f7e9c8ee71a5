// What a check is and what it answers. Each has its own time and its own failure: none can hold up or end the others.

import { commandLine, type Command } from '../../base/command.ts';
import { AuthorityError } from '../../certificates/authority-error.ts';
import { SetupError } from '../../capture/setup-error.ts';
import { KeychainError } from '../../keychain/secret-store.ts';
import { MaskingError } from '../../masking/masking.ts';
import { SessionsError } from '../../sessions/errors.ts';
import { SettingsError } from '../../settings/settings-error.ts';
import { TrustError } from '../../trust/trust-error.ts';
import { CoreError } from '../core-error.ts';

export type CheckStatus = 'ok' | 'problem' | 'not-checked';

export interface CheckResult {
  /** What was looked at: `proxy`, `client claude`, … */
  readonly check: string;
  readonly status: CheckStatus;
  /** One sentence. Never a secret. */
  readonly why: string;
  readonly fix?: Fix;
}

/**
 * - `run`: can be run here, to its end
 * - `start`: goes on running beside us
 * - `yourself`: only a person can: another window, another program, a decision
 */
export interface Fix {
  readonly how: 'run' | 'start' | 'yourself';
  readonly command: Command;
  /** As one would type it. */
  readonly line: string;
}

export interface Check<Context> {
  readonly name: string;
  /** Milliseconds; default 2,000. */
  readonly limit?: number;
  /** One result or several of the same kind. Whatever it rejects with becomes "not-checked". */
  run(context: Context): Promise<readonly CheckResult[]>;
}

const usualLimit = 2_000;

/** Never rejects, and never takes longer than the check's limit. */
export async function runCheck<Context>(check: Check<Context>, context: Context): Promise<readonly CheckResult[]> {
  const { name, limit = usualLimit } = check;
  const { promise: late, resolve } = Promise.withResolvers<readonly CheckResult[]>();
  const timer = setTimeout(
    () => resolve([notChecked(name, `There was no answer within ${limit / 1_000} seconds.`)]),
    limit,
  );
  try {
    return await Promise.race([check.run(context), late]);
  } catch (error) {
    return [notChecked(name, reasonOf(error))];
  } finally {
    clearTimeout(timer);
  }
}

export function ok(check: string, why: string): CheckResult {
  return { check, status: 'ok', why };
}

export function problem(check: string, why: string, fix?: Fix): CheckResult {
  return { check, status: 'problem', why, ...(fix === undefined ? {} : { fix }) };
}

export function notChecked(check: string, why: string, fix?: Fix): CheckResult {
  return { check, status: 'not-checked', why, ...(fix === undefined ? {} : { fix }) };
}

export function fixBy(how: Fix['how'], program: string, ...args: string[]): Fix {
  const command = { program, args };
  return { how, command, line: commandLine(command) };
}

/** For what only a shell understands, such as `export`. */
export function fixInShell(line: string): Fix {
  return { how: 'yourself', command: { program: line, args: [] }, line };
}

const ours = [
  AuthorityError,
  CoreError,
  KeychainError,
  MaskingError,
  SessionsError,
  SettingsError,
  SetupError,
  TrustError,
];

/** SECURITY: only sentences of our own are passed on. What a system or a parser says may quote what it read. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && ours.some((kind) => error instanceof kind)) return error.message;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^E[A-Z]{2,20}$/.test(code)
    ? `The system refused this look (${code}).`
    : 'This look failed; please report it.';
}
