// The contract, implemented: one line a namespace.

import { approvalsProcedures } from './procedures/approvals.ts';
import { commandsProcedures } from './procedures/commands.ts';
import type { CoreParts } from './procedures/parts.ts';
import { os } from './procedures/implementer.ts';
import { liveProcedures } from './procedures/live.ts';
import { statusProcedures } from './procedures/status.ts';

export function createContractRouter(parts: CoreParts) {
  return os.router({
    approvals: approvalsProcedures(parts),
    commands: commandsProcedures(parts),
    live: liveProcedures(parts),
    status: statusProcedures(parts),
  });
}

export type ContractRouter = ReturnType<typeof createContractRouter>;
