// A window of this process, paired as a browser is.

import type { ScrimClient } from '../../src/contract/contract.ts';
import { httpClient } from '../../src/contract/client.ts';
import { tokenHeader } from '../../src/contract/control.ts';

/** `link`: what opens the window once. */
export async function pairedWindow(link: string): Promise<ScrimClient> {
  const { origin } = new URL(link);
  const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  const response = await fetch(`${origin}/pair`, {
    method: 'POST',
    headers: { origin },
    body: JSON.stringify({ code: /code=(\w+)/.exec(link)?.[1], key: { kty, crv, x, y } }),
  });
  const { token } = (await response.json()) as { token: string };
  return httpClient({ url: origin, headers: () => ({ [tokenHeader]: token }) });
}
