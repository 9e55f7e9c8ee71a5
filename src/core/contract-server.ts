// The contract over its transports. Loaded when somebody first asks: a core that only serves clients needs none of it, and it
// is a tenth of its memory.

import type { ContractHandlers } from './contract-handlers.ts';
import type { CoreParts } from './procedures/parts.ts';

/** The handlers, made once. */
export function loadContract(parts: CoreParts): () => Promise<ContractHandlers> {
  let loading: Promise<ContractHandlers> | undefined;
  return () => (loading ??= import('./contract-handlers.ts').then(({ createHandlers }) => createHandlers(parts)));
}
