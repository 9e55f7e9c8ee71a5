// A request of a host that the policy does not name: passed on as it is, undecoded. Also the plainest exchange there is.

import type { BodySink, BodySource, ClientSide, Upstream, UpstreamSide } from '../http/exchange-ports.ts';
import { refusalBody, refusalFor, refusalHeaders } from './refusal.ts';

/** Moves a body by hand, with back-pressure: a stream pipeline costs nearly half of the requests per second. */
export function pump(source: BodySource, sink: BodySink, done: () => void, failed: () => void): void {
  const resume = () => source.resume();
  source.listen({
    data(bytes) {
      if (sink.write(bytes)) return;
      source.pause();
      sink.drained(resume);
    },
    end(trailers) {
      sink.end(trailers);
      done();
    },
    failed,
  });
}

const nothing = () => undefined;

export function forward(client: ClientSide, upstream: Upstream): void {
  let over = false;
  const side: UpstreamSide = upstream.request(client.head, {
    information: (head) => client.inform(head),
    response(head, body) {
      pump(
        body,
        client.respond(head),
        () => (over = true),
        () => {
          over = true;
          client.reset();
        },
      );
    },
    failed(error) {
      if (over) return;
      over = true;
      const refusal = refusalFor(error);
      const text = refusalBody(refusal);
      const sink = client.respond({ status: refusal.status, statusText: '', headers: refusalHeaders(refusal, text) });
      sink.write(text);
      sink.end();
    },
  });
  client.left(() => {
    over = true;
    side.cancel();
  });
  pump(client.body, side.body, nothing, () => side.cancel());
}
