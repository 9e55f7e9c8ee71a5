// A fix by a click. The window names a check and the line it showed; what is done is what the check says now, and only where
// that is the same line.

import { spawn } from 'node:child_process';
import type { CheckFix } from '../../contract/procedures/clients.ts';
import type { CheckResult, Fix } from './check.ts';

export interface FixHands {
  /** Each resolves with why it could not be done, or null. */
  setUp(client: string): Promise<string | null>;
  installCertificate(): Promise<string | null>;
  publishCertificate(): Promise<string | null>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How a window offers it. */
export function offered({ check, fix }: CheckResult, userId: number | undefined): CheckFix | null {
  if (fix === undefined) return null;
  const screen = screenOf(fix);
  const way = screen !== null ? 'screen' : canBeDoneHere(check, fix, userId) ? 'here' : 'yourself';
  return { line: fix.line, way, screen };
}

/** What the window has a screen for is done there. */
function screenOf({ command: { program, args } }: Fix): string | null {
  if (program !== 'scrim') return null;
  const [first, second, third] = args;
  if (first === 'approvals') return 'approvals';
  if (first === 'keys' && second === 'set') return `keys/${third ?? ''}`;
  if (first === 'ca' && second === 'rotate') return 'settings/certificate';
  return null;
}

/** SECURITY: a closed list. Whatever asks for a password, ends a process or touches the log is a person's to run. */
function canBeDoneHere(check: string, { how, command: { program, args } }: Fix, userId: number | undefined): boolean {
  if (how !== 'run') return false;
  if (program === 'chmod') return true;
  if (program !== 'scrim') return false;
  if (args[0] === 'setup') return true;
  // The system's store of Linux wants sudo.
  if (args[0] === 'ca' && args[1] === 'install') return check !== 'trust system' || userId === 0;
  return args[0] === 'ca' && args[1] === 'path';
}

/** Null: done. Only for what `offered` calls `here`. */
export async function applyHere({ command: { program, args } }: Fix, hands: FixHands): Promise<string | null> {
  if (program === 'scrim') {
    const [first, second] = args;
    if (first === 'setup' && second !== undefined) return hands.setUp(second);
    return second === 'install' ? hands.installCertificate() : hands.publishCertificate();
  }
  const isDone = await ran(program, args, hands.env);
  return isDone ? null : 'That did not work; run the command yourself to see why.';
}

function ran(program: string, args: readonly string[], env: FixHands['env']): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', env: { ...env } });
    child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0));
  });
}
