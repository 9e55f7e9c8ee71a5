// What is known of the process behind a client, for whoever must judge its requests.

import type { Upstream } from '../http/exchange-ports.ts';
import type { ProcessFacts } from '../identity/process-facts.ts';
import type { ExchangeFacts } from '../policy/scopes.ts';
import type { KnownPeer } from './peers.ts';

/**
 * What a response wants done is judged by program and folder, so a response that is quicker than the look-up of the
 * client's process waits for it. (A model's never is; a server's on this machine may be.)
 */
export function afterLooking(upstream: Upstream, peer: KnownPeer): Upstream {
  return {
    request: (head, listener) =>
      upstream.request(head, {
        ...listener,
        response(response, body) {
          if (peer.looking === undefined) listener.response(response, body);
          else void peer.looking.then(() => listener.response(response, body));
        },
      }),
  };
}

/** The project a process works on: its repository, else the folder it was started in. */
export function projectOf(facts: ProcessFacts | undefined): string | null {
  return facts?.git?.root ?? facts?.folder ?? null;
}

export function processFacts(facts: ProcessFacts | undefined): Pick<ExchangeFacts, 'project' | 'identity'> {
  const project = projectOf(facts);
  const identity = facts?.user ?? null;
  return { ...(project === null ? {} : { project }), ...(identity === null ? {} : { identity }) };
}

/** The first product of a User-Agent (RFC 9110 §10.1.5), without its version. */
export function programOf(agent: string): string {
  return /^[^\s/(]+/.exec(agent)?.[0] ?? 'unknown program';
}
