// What answers calls of the contract: over HTTP, and over message ports.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SupportedMessagePort } from '@orpc/client/message-port';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { rpcPath } from '../contract/rpc-path.ts';
import { createContractRouter } from './contract-router.ts';
import type { Caller } from './procedures/implementer.ts';
import type { CoreParts } from './procedures/parts.ts';

export interface ContractHandlers {
  /** False: there is no such procedure, and nothing has been answered. */
  readonly handle: (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<boolean>;
  readonly upgrade: (port: SupportedMessagePort, caller: Caller) => void;
}

/** Bytes of a call: the longest is a policy file. */
const maxCall = 2 * 1024 * 1024;

export function createHandlers(parts: CoreParts): ContractHandlers {
  const router = createContractRouter(parts);
  const http = new RPCHandler(router, { plugins: [new BodyLimitPlugin({ maxBodySize: maxCall })] });
  const ports = new PortHandler(router);
  return {
    async handle(request, response, caller) {
      const { matched } = await http.handle(request, response, { prefix: rpcPath, context: { caller } });
      return matched;
    },
    upgrade: (port, caller) => ports.upgrade(port, { context: { caller } }),
  };
}
