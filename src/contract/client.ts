// The contract over its transports: the same client in Electron, in a browser, in a command and in a test.

import { createORPCClient } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ScrimClient } from './contract.ts';
import { rpcPath } from './rpc-path.ts';

type Port = ConstructorParameters<typeof PortLink>[0]['port'];

/** Over a message port of a browser, of Node or of Electron; a browser's port is started here. */
export function messagePortClient(port: Port): ScrimClient {
  const client: ScrimClient = createORPCClient(new PortLink({ port }));
  if ('start' in port && typeof port.start === 'function') (port as unknown as { start(): void }).start();
  return client;
}

export interface HttpClientOptions {
  /** `http://127.0.0.1:8878` */
  readonly url: string;
  readonly headers: () => Record<string, string> | Promise<Record<string, string>>;
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** Over loopback HTTP. */
export function httpClient({ url, headers, fetch }: HttpClientOptions): ScrimClient {
  return createORPCClient(
    new FetchLink({
      url: `${url}${rpcPath}`,
      headers,
      ...(fetch === undefined ? {} : { fetch: (request) => fetch(request) }),
    }),
  );
}
