// What the shell hears of connections that never became an exchange.

import type { ConnectionEvent } from '../connection/connection-event.ts';
import type { CoreEvent } from '../contract/core-events.ts';

/** Undefined for what is not worth telling: a tunnel is the usual thing. */
export function connectionFailure(event: ConnectionEvent, certificatePath: string): CoreEvent | undefined {
  switch (event.type) {
    case 'tunnel':
      return undefined;
    case 'refused': {
      const where = event.host === undefined ? '' : ` for ${event.host}`;
      return {
        event: 'failure',
        code: event.code,
        message: `A request${where} was refused with status ${event.status}.`,
      };
    }
    case 'handshake-failed':
      return {
        event: 'failure',
        code: 'handshake-failed',
        message: `A client ended the TLS handshake for ${event.host} (${event.reason}); make it trust ${certificatePath}.`,
      };
  }
}
