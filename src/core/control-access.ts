// Who may speak to the control interface at all.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenHeader } from '../contract/control.ts';

export interface AccessRefusal {
  readonly status: number;
  readonly body: { readonly error: string };
}

/**
 * SECURITY: a page in the user's browser reaches loopback too; it must not be taken for the user.
 * `isOpen`: the request needs no token.
 */
export function accessRefusal(request: IncomingMessage, token: string, isOpen: boolean): AccessRefusal | undefined {
  // Host: DNS rebinding. Origin: cross-site requests. Token: everything else on this machine.
  if (!isLoopbackHost(request.headers.host) || !isOwnOrigin(request))
    return { status: 403, body: { error: 'Open this address directly on this machine.' } };
  if (isOpen || isToken(request.headers[tokenHeader], token)) return undefined;
  return { status: 401, body: { error: 'Send the token of the running instance; scrim status and scrim stop do.' } };
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}

function isOwnOrigin({ headers }: IncomingMessage): boolean {
  return headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
}

function isToken(sent: string | string[] | undefined, token: string): boolean {
  if (typeof sent !== 'string') return false;
  const a = Buffer.from(sent);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}
