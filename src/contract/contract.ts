// Everything a window, a tray or a command may ask of a running core: one namespace a screen.

import type { ContractRouterClient } from '@orpc/contract';
import { approvalsContract } from './procedures/approvals.ts';
import { liveContract } from './procedures/live.ts';
import { overviewContract } from './procedures/overview.ts';
import { commandsContract } from './procedures/commands.ts';
import { sessionsContract } from './procedures/sessions.ts';
import { clientsContract } from './procedures/clients.ts';
import { guideContract } from './procedures/guide.ts';
import { keysContract } from './procedures/keys.ts';
import { policyContract } from './procedures/policy.ts';
import { settingsContract } from './procedures/settings.ts';
import { statusContract } from './procedures/status.ts';

export const contract = {
  approvals: approvalsContract,
  commands: commandsContract,
  live: liveContract,
  overview: overviewContract,
  sessions: sessionsContract,
  clients: clientsContract,
  guide: guideContract,
  keys: keysContract,
  policy: policyContract,
  settings: settingsContract,
  status: statusContract,
};

export type ScrimClient = ContractRouterClient<typeof contract>;
