// A request that is kept until its body is complete, because what it is sent with depends on it.

import {
  TransportError,
  type BodySink,
  type Upstream,
  type UpstreamListener,
  type UpstreamSide,
} from '../http/exchange-ports.ts';
import type { RawHeaders, RequestHead } from '../http/head.ts';

/** Bytes. */
const maxBody = 64 * 1024 * 1024;
/** Bytes in which a model's name is looked for. */
const maxRead = 16 * 1024 * 1024;

/** `prepare`: gives the head to send; it rejects with a `TransportError` where the request must not be sent. */
export function heldRequest(
  upstream: Upstream,
  head: RequestHead,
  listener: UpstreamListener,
  prepare: (model: string | undefined, body: Uint8Array) => Promise<RequestHead>,
): UpstreamSide {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let sent: UpstreamSide | undefined;
  let over = false;

  const fail = (error: TransportError): void => {
    if (over) return;
    over = true;
    chunks.length = 0;
    listener.failed(error);
  };
  const send = async (trailers: RawHeaders): Promise<void> => {
    const body = Buffer.concat(chunks);
    const ready = await prepare(modelOf(head, body), body);
    if (over) return;
    sent = upstream.request(ready, listener);
    if (body.length > 0) sent.body.write(body);
    sent.body.end(trailers);
  };
  const body: BodySink = {
    write(bytes) {
      if (over) return true;
      const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
      length += chunk.length;
      if (length > maxBody)
        fail(
          new TransportError('too-large', 'The request is larger than Scrim can hold for its key; send less at once.'),
        );
      else chunks.push(chunk);
      return true;
    },
    drained: (callback) => setImmediate(callback),
    end(trailers = []) {
      send(trailers).catch((error: unknown) =>
        fail(
          error instanceof TransportError
            ? error
            : new TransportError('no-credential', 'The key could not be put in; run "scrim doctor".'),
        ),
      );
    },
  };
  return {
    body,
    cancel() {
      over = true;
      chunks.length = 0;
      sent?.cancel();
    },
  };
}

/** The model that the request names: in its body, or (Gemini, Bedrock, Azure deployments) in its path. */
function modelOf({ path }: RequestHead, body: Uint8Array): string | undefined {
  const inPath = /\/(?:models?|deployments)\/([^/:?]+)/.exec(path)?.[1];
  if (body.length === 0 || body.length > maxRead) return inPath;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString());
    const named = typeof parsed === 'object' && parsed !== null && 'model' in parsed ? parsed.model : undefined;
    return typeof named === 'string' ? named : inPath;
  } catch {
    return inPath;
  }
}
