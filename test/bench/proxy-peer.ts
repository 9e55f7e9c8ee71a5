// What Scrim is compared with: http-mitm-proxy as it comes, without any filter, with connections kept alive on both sides.
// Started by proxy.ts.

import { Agent } from 'node:https';
import { Proxy } from 'http-mitm-proxy';
import type { Listening, ToPeer } from './proxy-jobs.ts';

process.once('message', ({ caFolder, upstreamCa }: ToPeer) => {
  const proxy = new Proxy();
  proxy.onError(() => undefined);
  const httpsAgent = new Agent({
    keepAlive: true,
    ca: upstreamCa,
    lookup: (_host, _options, found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  proxy.listen({ host: '127.0.0.1', port: 0, sslCaDir: caFolder, keepAlive: true, httpsAgent }, () => {
    process.send?.({ port: proxy.httpPort } satisfies Listening);
  });
});
process.once('disconnect', () => process.exit());
