// How the window reaches its core: a message port in Electron, loopback HTTP in a browser.

import { httpClient, messagePortClient } from '../src/contract/client.ts';
import type { ScrimClient } from '../src/contract/contract.ts';
import { pairedToken } from './pairing.ts';

type Shell = NonNullable<Window['scrim']>;

declare global {
  interface Window {
    /** Put there by the preload of the desktop shell. */
    readonly scrim?: {
      /** Asks for a message port to the core; it arrives as a message event on the window with `data` of `scrim:port`. */
      readonly connect: () => void;
    };
  }
}

/**
 * `code`: typed by the person. `replaced`: takes the place of the client, when the core was started anew. Undefined: this
 * browser is not paired, and the person has to open the window anew.
 */
export async function connect(
  code: string | undefined,
  replaced: (client: ScrimClient) => void,
): Promise<ScrimClient | undefined> {
  if (window.scrim !== undefined) return shellClient(window.scrim, replaced);
  let token = await pairedToken(code);
  if (token === undefined) return undefined;
  return httpClient({
    url: location.origin,
    headers: () => ({ 'x-scrim-token': token ?? '' }),
    async fetch(request) {
      const response = await fetch(request.clone());
      if (response.status !== 401) return response;
      // The page was asleep while its core was started anew, or has been open for longer than its pairing.
      token = await pairedToken();
      if (token === undefined) location.reload();
      return response;
    },
  });
}

async function shellClient(shell: Shell, replaced: (client: ScrimClient) => void): Promise<ScrimClient> {
  const port = await portFrom(shell);
  // Electron adds this event to a page's ports (its documentation of message ports).
  port.addEventListener('close', () => void shellClient(shell, replaced).then(replaced), { once: true });
  return messagePortClient(port);
}

function portFrom(shell: Shell): Promise<MessagePort> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent): void => {
      // SECURITY: only from this page itself, which is where the preload speaks.
      if (event.source !== window || event.data !== 'scrim:port' || event.ports[0] === undefined) return;
      removeEventListener('message', take);
      resolve(event.ports[0]);
    };
    addEventListener('message', take);
    shell.connect();
  });
}
