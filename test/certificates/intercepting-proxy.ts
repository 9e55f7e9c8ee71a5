// A proxy that answers every CONNECT itself: TLS with the leaf that `leafFor` gives, then `{"host":…}` over HTTP/1.1.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';

export interface InterceptingProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `Proxy-Authorization` of each CONNECT, in order. */
  readonly credentials: (string | undefined)[];
}

export async function interceptingProxy(leafFor: (host: string) => SecureContext): Promise<InterceptingProxy> {
  const credentials: (string | undefined)[] = [];
  const application = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ host: request.headers.host }));
  });
  const proxy = createServer((request, response) =>
    response.end(JSON.stringify({ host: request.headers.host, path: request.url })),
  );
  proxy.on('connect', (request, socket) => {
    credentials.push(request.headers['proxy-authorization']);
    const host = (request.url ?? '').replace(/:\d+$/, '');
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: leafFor(host),
      SNICallback: (name, done) => done(null, leafFor(name)),
    });
    // A client that refuses the certificate ends here; its own words are what the test looks at.
    secure.on('error', () => undefined);
    application.emit('connection', secure);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    credentials,
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      application.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
