// What a response body is, from its head alone. The content type decides, never the request's Accept:
// SDKs send `Accept: application/json` on calls that stream.

import { headerValue, type ResponseHead } from './head.ts';

export type BodyKind =
  /** No body at all (RFC 9110 §6.4.1). */
  | 'none'
  | 'json'
  | 'sse'
  | 'ndjson'
  | 'text'
  /** Images, archives, gRPC …: passed as they are. */
  | 'binary'
  /** Model output in a framing that is not read yet: never passed unmasked. */
  | 'unreadable';

export interface BodyDescription {
  readonly kind: BodyKind;
  /** Lower-case charset parameter, undefined when absent. */
  readonly charset: string | undefined;
}

export function describeBody(method: string, head: ResponseHead): BodyDescription {
  if (
    method === 'HEAD' ||
    head.status === 204 ||
    head.status === 304 ||
    headerValue(head.headers, 'content-length') === '0'
  )
    return { kind: 'none', charset: undefined };
  const value = headerValue(head.headers, 'content-type') ?? '';
  const [type = '', ...parameters] = value.toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/.exec(parameter)?.[1])
    .find((found) => found !== undefined);
  return { kind: kindOfType(type.trim()), charset };
}

const binaryTypes =
  /^(image|audio|video|font|model)\/(?!svg)|^application\/(octet-stream|zip|gzip|zstd|pdf|wasm|x-tar|x-protobuf|protobuf|grpc(-web)?(\+proto)?|vnd\.google\.protobuf|connect\+proto|proto)$|^multipart\//;

function kindOfType(type: string): BodyKind {
  if (type === 'text/event-stream') return 'sse';
  if (/^application\/(x-)?(ndjson|jsonl|jsonlines|json-seq|jsonlines\+json|stream\+json)$/.test(type)) return 'ndjson';
  if (type === 'application/json' || type === 'text/json' || /^[a-z]+\/[^;]+\+json$/.test(type)) return 'json';
  if (type === 'application/vnd.amazon.eventstream') return 'unreadable';
  if (binaryTypes.test(type)) return 'binary';
  // A body without a type, or of a type nobody knows, is scanned as text: bytes that hold no secret pass unchanged.
  return 'text';
}
