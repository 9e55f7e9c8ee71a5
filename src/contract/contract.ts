// Everything a window, a tray or a command may ask of a running core: one namespace a screen.

import type { ContractRouterClient } from '@orpc/contract';
import { approvalsContract } from './procedures/approvals.ts';
import { liveContract } from './procedures/live.ts';
import { commandsContract } from './procedures/commands.ts';
import { statusContract } from './procedures/status.ts';

export const contract = {
  approvals: approvalsContract,
  commands: commandsContract,
  live: liveContract,
  status: statusContract,
};

export type ScrimClient = ContractRouterClient<typeof contract>;
