// Who may speak to the control interface at all.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenHeader } from '../contract/control.ts';

export interface AccessRefusal {
  readonly status: number;
  readonly body: { readonly error: string };
}

/** SECURITY: a page in the user's browser reaches loopback too; it must not be taken for the user. */
export function originRefusal({ headers }: IncomingMessage): AccessRefusal | undefined {
  // Host: DNS rebinding. Origin: cross-site requests. Sec-Fetch-Site: links, images and scripts too, which say no origin; a page
  // of another port is `same-site`. With links alone a page could use up the codes of pairing.
  const isOwn = headers.origin === undefined || headers.origin === `http://${headers.host ?? ''}`;
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return foreign;
  if (isLoopbackHost(headers.host) && isOwn) return undefined;
  return foreign;
}

const foreign: AccessRefusal = { status: 403, body: { error: 'Open this address directly on this machine.' } };

export const tokenRefusal: AccessRefusal = {
  status: 401,
  body: { error: 'Send the token of the running instance; scrim status and scrim stop do.' },
};

/** What the request says its token is; empty: nothing. */
export function sentToken({ headers }: IncomingMessage): string {
  const sent = headers[tokenHeader];
  return typeof sent === 'string' ? sent : '';
}

export function isSame(sent: string, token: string): boolean {
  const a = Buffer.from(sent);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host);
}
