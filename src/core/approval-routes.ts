// The ways to ask a person on this machine: the policy's hook, the desktop and the terminal, all at once.

import type { Channel } from '../approvals/channel.ts';
import { dialogChannel } from '../approvals/channels/dialog.ts';
import { hookChannel } from '../approvals/channels/hook.ts';
import { notificationChannel } from '../approvals/channels/notification.ts';
import { controllingTerminal, ownTerminal } from '../approvals/channels/controlling-terminal.ts';
import { terminalChannel, type Terminal } from '../approvals/channels/terminal.ts';
import type { Route } from '../approvals/dispatch.ts';
import type { TimedClock } from '../base/clock.ts';
import type { Question } from '../contract/questions.ts';
import type { ApprovalPolicy } from '../policy/policy.ts';
import type { TerminalUse } from './serve-options.ts';

export interface ApprovalRoutesOptions {
  readonly clock: TimedClock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `./` in a hook means. */
  readonly policyFolder: string;
  readonly policyOf: (question: Question) => ApprovalPolicy | undefined;
  /** Where we listen, as `127.0.0.1:8877`. */
  readonly ownAddresses: () => readonly string[];
  readonly terminal: TerminalUse;
  /** `shell`: it shows every question itself; ours would be the second display of the same. */
  readonly desktop: 'own' | 'shell';
}

/** Hooks may answer for a person who is away: several at once. People look at one question at a time. */
const hooksAtOnce = 8;

export function approvalRoutes(options: ApprovalRoutesOptions): readonly Route[] {
  const { clock, env, terminal } = options;
  const desktop = [
    ...(process.platform === 'linux' ? [notificationChannel({ clock, env })] : []),
    dialogChannel({ clock, env, platform: process.platform }),
  ];
  return [
    { channels: [policyHook(options)], atOnce: hooksAtOnce },
    ...(options.desktop === 'shell' ? [] : [{ channels: desktop, atOnce: 1 }]),
    ...(terminal === 'none'
      ? []
      : [{ channels: [terminalChannel({ clock, open: () => openTerminal(terminal) })], atOnce: 1 }]),
  ];
}

async function openTerminal(use: TerminalUse): Promise<Terminal | undefined> {
  return use === 'shared' ? controllingTerminal() : ownTerminal(process.stdin, process.stderr);
}

/** The hook of the policy in force when the question was asked. */
function policyHook({ clock, env, policyFolder: folder, policyOf, ownAddresses }: ApprovalRoutesOptions): Channel {
  return {
    name: 'hook',
    async ask(question, waiting, signal) {
      const [file, ...args] = policyOf(question)?.hook ?? [];
      if (file === undefined) return undefined;
      const command = [file, ...args] as const;
      return hookChannel({
        clock,
        env,
        folder,
        ownAddresses: ownAddresses(),
        command,
      }).ask(question, waiting, signal);
    },
  };
}
