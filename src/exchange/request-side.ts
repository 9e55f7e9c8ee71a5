// The way to the provider. A request passes unchanged unless the policy says otherwise; the log gets a masked copy.

import { createUtf8Decoder, Utf8Error } from '../base/utf8.ts';
import { asMasked } from '../base/text.ts';
import type { RecordedFinding, RecordedRequest } from '../contract/records.ts';
import { withReadableEncodings } from '../http/accept-encoding.ts';
import { headerValue, withoutHeaders } from '../http/head.ts';
import type { Finding } from '../masking/masking.ts';
import type { Command, ExchangeEvent } from './events.ts';
import { ExchangeError } from './exchange-error.ts';
import { masked } from './masked.ts';
import { conversationKey, modelOf, parseRequest } from './request-facts.ts';
import { createJsonRewriter } from './rewrite-json.ts';
import { createTextRewriter } from './rewrite-text.ts';
import type { BodyRewriter, RewriteOptions } from './rewriter.ts';
import type { ExchangeSetup } from './setup.ts';

/** Characters of the request that are read for the log; what lies behind passes unread. */
const maxRead = 8 * 1024 * 1024;
/** Characters of the masked request that the log keeps. */
const maxRecorded = 1024 * 1024;
/** Bytes of a request that waits for a verdict. */
const maxHeld = 64 * 1024 * 1024;
/** Headers that no longer hold once the body was changed (RFC 9110 §8.6, RFC 9530). */
const bodyHeaders = new Set([
  'content-length',
  'content-encoding',
  'content-md5',
  'digest',
  'content-digest',
  'repr-digest',
]);

export interface RequestSide {
  begin(): Command[];
  step(event: Extract<ExchangeEvent, { type: `request-${string}` }>): Command[];
  readonly coding: string | undefined;
  /** Keyed hash of the conversation, the same when a client sends it again in another form; null where it is unknown. */
  key(): string | null;
}

export function createRequestSide(setup: ExchangeSetup): RequestSide {
  const head = { ...setup.head, headers: withReadableEncodings(setup.head.headers, setup.canDecode) };
  const encoding = headerValue(head.headers, 'content-encoding');
  const coding = encoding === undefined || encoding === 'identity' ? undefined : encoding;
  const changes = setup.requests === 'mask' && !setup.observe;
  const holds = setup.requests === 'block' && !setup.observe;
  const reader = createBodyReader(setup, changes);
  const held: (Uint8Array | string)[] = [];
  let heldBytes = 0;
  let bytes = 0;

  const plain = (chunk: Uint8Array): Command[] => {
    const text = reader.push(chunk);
    return changes && text !== '' ? [{ type: 'send-upstream', bytes: text }] : [];
  };
  const forward = (chunk: Uint8Array): Command[] => {
    bytes += chunk.length;
    if (changes && reader.reads()) return [];
    if (!holds) return [{ type: 'send-upstream', bytes: chunk }];
    heldBytes += chunk.length;
    if (heldBytes > maxHeld)
      throw new ExchangeError(
        'too-large',
        'The request is larger than Scrim can hold for the policy; send less at once.',
      );
    held.push(chunk);
    return [];
  };
  return {
    coding,
    key: () => reader.key(),
    begin() {
      if (holds) return [];
      if (!changes || !reader.reads()) return [{ type: 'connect', head }];
      return [{ type: 'connect', head: { ...head, headers: withoutHeaders(head.headers, bodyHeaders) } }];
    },
    step(event) {
      switch (event.type) {
        case 'request-bytes':
          return coding === undefined ? [...forward(event.bytes), ...plain(event.bytes)] : forward(event.bytes);
        case 'request-plain':
          return plain(event.bytes);
        case 'request-unreadable':
          if (changes || holds)
            throw new ExchangeError(
              'cannot-read',
              'The request cannot be decoded, and the policy wants it read; send it uncompressed.',
            );
          reader.giveUp();
          return [];
        case 'request-end': {
          const rest = reader.end();
          const record: Command = {
            type: 'record-request',
            request: reader.recorded(bytes),
            findings: reader.findings,
          };
          if (holds && reader.findings.length > 0) {
            const rules = [...new Set(reader.findings.map((finding) => finding.rule))].join(', ');
            throw new ExchangeError(
              'denied',
              `the request holds secrets (${rules}) and the policy blocks such requests; remove them and send it again.`,
              [record],
            );
          }
          const connect: Command[] = holds ? [{ type: 'connect', head }] : [];
          const waiting = held.map((chunk): Command => ({ type: 'send-upstream', bytes: chunk }));
          const last: Command[] = changes && rest !== '' ? [{ type: 'send-upstream', bytes: rest }] : [];
          return [record, ...connect, ...waiting, ...last, { type: 'end-upstream', trailers: event.trailers }];
        }
      }
    },
  };
}

interface BodyReader {
  /** The body is text that can be read. */
  reads(): boolean;
  readonly findings: readonly RecordedFinding[];
  push(bytes: Uint8Array): string;
  end(): string;
  giveUp(): void;
  /** Known once the body is recorded. */
  key(): string | null;
  recorded(bytes: number): RecordedRequest;
}

/** `complete`: everything must be read, since the masked text is what is sent. */
function createBodyReader(setup: ExchangeSetup, complete: boolean): BodyReader {
  const type = (headerValue(setup.head.headers, 'content-type') ?? '').toLowerCase();
  const isJson = type.includes('json') || type === '';
  const decoder = createUtf8Decoder();
  const findings: RecordedFinding[] = [];
  let raw: string[] = [];
  let copy = '';
  let read = 0;
  let reads = isJson || /^text\/|xml|x-www-form-urlencoded/.test(type);
  let truncated = false;
  let key: string | null = null;

  const options: RewriteOptions = {
    observe: false,
    found: (channel: string, finding: Finding) =>
      findings.push({ ...finding, side: 'request', channel: asMasked(channel) }),
    passed(_channel, text) {
      if (copy.length < maxRecorded) copy += text.slice(0, maxRecorded - copy.length);
      else truncated = true;
    },
    event: () => undefined,
  };
  // Made with the first bytes: most requests without a body need none.
  let rewriter: BodyRewriter | undefined;
  const makeRewriter = (): BodyRewriter =>
    isJson ? createJsonRewriter(setup.dialect, setup.masking, options) : createTextRewriter(setup.masking, options);
  /** A request is not ours to refuse: where it cannot be read, it passes, and the log keeps no text of it. */
  const attempt = (work: () => string): string => {
    if (!reads) return '';
    try {
      return work();
    } catch (error) {
      if (complete) throw error instanceof Utf8Error ? notUtf8() : error;
      reads = false;
      copy = '';
      raw = [];
      return '';
    }
  };
  const endOfText = (): string => {
    decoder.end();
    return rewriter?.end() ?? '';
  };
  return {
    reads() {
      return reads;
    },
    findings,
    push(bytes) {
      if (read > maxRead && !complete) {
        truncated = true;
        return '';
      }
      return attempt(() => {
        const text = decoder.push(bytes);
        read += text.length;
        if (read <= maxRead) raw.push(text);
        rewriter ??= makeRewriter();
        return rewriter.push(text);
      });
    },
    end: () => (truncated && !complete ? '' : attempt(endOfText)),
    giveUp() {
      reads = false;
    },
    key: () => key,
    recorded(bytes) {
      const request = parseRequest(reads && read <= maxRead ? raw.join('') : '');
      raw = [];
      key = conversationKey(request, setup);
      return {
        model: modelOf(request, setup),
        // Once more as a whole: what is protocol for the provider is text for the log.
        body: reads && copy !== '' ? masked(setup.masking(), copy) : null,
        truncated,
        bytes,
      };
    },
  };
}

function notUtf8(): ExchangeError {
  return new ExchangeError(
    'cannot-read',
    'The request is not valid UTF-8, and the policy wants it masked; send it as UTF-8.',
  );
}
