// The contract over its transports. Loaded when somebody first asks: a core that only serves clients needs none of it, and it
// is a tenth of its memory.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import type { Caller } from './procedures/implementer.ts';
import type { CoreParts } from './procedures/parts.ts';

export interface ContractHandlers {
  /** False: there is no such procedure, and nothing has been answered. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<boolean>;
  readonly upgrade: (port: SupportedMessagePort, caller: Caller) => void;
}

/** The handlers, made once. */
export function loadContract(parts: CoreParts): () => Promise<ContractHandlers> {
  let loading: Promise<ContractHandlers> | undefined;
  return () => (loading ??= import('./contract-handlers.ts').then(({ createHandlers }) => createHandlers(parts)));
}
