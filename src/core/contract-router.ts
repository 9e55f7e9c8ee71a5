// The contract, implemented: one line a namespace.

import { approvalsProcedures } from './procedures/approvals.ts';
import { commandsProcedures } from './procedures/commands.ts';
import type { CoreParts } from './procedures/parts.ts';
import { os } from './procedures/implementer.ts';
import { liveProcedures } from './procedures/live.ts';
import { overviewProcedures } from './procedures/overview.ts';
import { sessionsProcedures } from './procedures/sessions.ts';
import { clientsProcedures } from './procedures/clients.ts';
import { guideProcedures } from './procedures/guide.ts';
import { keysProcedures } from './procedures/keys.ts';
import { policyProcedures } from './procedures/policy.ts';
import { settingsProcedures } from './procedures/settings.ts';
import { statusProcedures } from './procedures/status.ts';

export function createContractRouter(parts: CoreParts) {
  return os.router({
    approvals: approvalsProcedures(parts),
    commands: commandsProcedures(parts),
    live: liveProcedures(parts),
    overview: overviewProcedures(parts),
    sessions: sessionsProcedures(parts),
    clients: clientsProcedures(parts),
    guide: guideProcedures(parts),
    keys: keysProcedures(parts),
    policy: policyProcedures(parts),
    settings: settingsProcedures(parts),
    status: statusProcedures(parts),
  });
}
