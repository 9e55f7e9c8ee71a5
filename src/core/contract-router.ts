// The contract, implemented: one line a namespace.

import { approvalsProcedures } from './procedures/approvals.ts';
import type { CoreParts } from './procedures/parts.ts';
import { os } from './procedures/implementer.ts';
import { statusProcedures } from './procedures/status.ts';

export function createContractRouter(parts: CoreParts) {
  return os.router({
    approvals: approvalsProcedures(parts),
    status: statusProcedures(parts),
  });
}

export type ContractRouter = ReturnType<typeof createContractRouter>;
