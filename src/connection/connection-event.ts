// What the listener tells about connections that never become an exchange: codes, hosts and ports, nothing raw.

import type { RefusalCode } from './refusal.ts';

export type ConnectionEvent =
  | {
      readonly type: 'refused';
      readonly code: RefusalCode;
      readonly status: number;
      readonly host: string | undefined;
    }
  /** Bytes pass unread. */
  | { readonly type: 'tunnel'; readonly host: string; readonly port: number }
  /** Most often a client that does not trust our authority; `reason` is the TLS library's code. */
  | { readonly type: 'handshake-failed'; readonly host: string; readonly reason: string };
