// What `scrim open` asks of the running instance: an address that opens the window once.

import { ORPCError } from '@orpc/client';
import { httpClient } from '../contract/client.ts';
import { tokenHeader } from '../contract/control.ts';
import { CoreError } from './core-error.ts';
import { running, type Common } from './inspect.ts';
import { openUrl } from './open-url.ts';

export interface OpenFlags {
  /** Only say the address: for a browser that is started by hand. */
  readonly print?: boolean;
}

/** `screen`: such as `approvals`. Resolves with the address, which is good once and for ten minutes. */
export async function openWindow(common: Common, screen: string, { print = false }: OpenFlags): Promise<string> {
  const { ui, controlToken } = await running(common);
  if (ui === null)
    throw new CoreError('not-running', 'The running Scrim has no window; end its process and start it again.');
  const client = httpClient({ url: ui, headers: () => ({ [tokenHeader]: controlToken }) });
  const { url } = await client.status.link({ screen }).catch((error: unknown) => {
    throw error instanceof ORPCError && error.code === 'FORBIDDEN'
      ? new CoreError('refused', error.message)
      : new CoreError('usage', 'Name one of the screens of the window, such as approvals or sessions.');
  });
  if (!print) await openUrl(url, { platform: process.platform, env: common.env, origin: ui });
  return url;
}
