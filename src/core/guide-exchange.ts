// The one exchange that this process has with itself: how it differs from those of clients.

import type { ExchangesOptions } from './exchanges.ts';
import type { GuideDemo } from './guide-demo.ts';
import { nobody } from './peers.ts';

export function withGuide(demo: GuideDemo, options: ExchangesOptions): ExchangesOptions {
  const { credentials, desk, peerOf } = options;
  return {
    ...options,
    credentials: {
      ...credentials,
      // Its model wants no key, whatever the policy wants of clients.
      upstreamFor: (client, choice, tokenUsed) =>
        credentials.upstreamFor(client, demo.isOwn(client) ? 'client' : choice, tokenUsed),
    },
    desk: {
      ...desk,
      ask(asked, asker, answered) {
        // SECURITY: not by what the client calls itself: an assistant could take that name, and get the demonstration's answer.
        demo.asks(asker.provider, asker.exchange);
        return desk.ask(asked, asker, answered);
      },
    },
    // SECURITY: to guard this process would guard the person's browser, where Scrim has opened it. No other request has this
    // provider: its name leads to the gateway's random path, which is good once.
    peerOf: (client) => (demo.isOwn(client) ? nobody : peerOf(client)),
  };
}
