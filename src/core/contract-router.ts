// The contract, implemented: one line a namespace.

import type { CoreParts } from './procedures/parts.ts';
import { os } from './procedures/implementer.ts';
import { statusProcedures } from './procedures/status.ts';

export function createContractRouter(parts: CoreParts) {
  return os.router({
    status: statusProcedures(parts),
  });
}

export type ContractRouter = ReturnType<typeof createContractRouter>;
