// How the body of a response is read: by its head alone.

import { losslessCodec, type TextCodec } from '../base/lossless-text.ts';
import { createUtf8Decoder } from '../base/utf8.ts';
import { describeBody } from '../http/body-kind.ts';
import { headerValues, type ResponseHead } from '../http/head.ts';
import { createJsonArrayFraming } from '../wire/json-array.ts';
import { createNdjsonFraming } from '../wire/ndjson.ts';
import { createSseFraming } from '../wire/sse.ts';
import { streamsJsonArray } from '../wire/dialects.ts';
import { ExchangeError } from './exchange-error.ts';
import { holdJson } from './hold-json.ts';
import type { Journal } from './journal.ts';
import type { Judge } from './judge.ts';
import type { ResponseNotes } from './response-notes.ts';
import { createFrameRewriter } from './rewrite-frames.ts';
import { createJsonRewriter } from './rewrite-json.ts';
import { createTextRewriter } from './rewrite-text.ts';
import type { BodyRewriter, RewriteOptions } from './rewriter.ts';
import type { ExchangeSetup } from './setup.ts';

export type Plan =
  | 'pass'
  | {
      readonly kind: 'json' | 'sse' | 'ndjson' | 'text';
      readonly codec: TextCodec;
      readonly coding: string | undefined;
    };

export function planFor(setup: ExchangeSetup, head: ResponseHead): Plan {
  const { kind, charset } = describeBody(setup.head.method, head);
  if (kind === 'none' || kind === 'binary') return 'pass';
  const encoding = headerValues(head.headers, 'content-encoding');
  const coding = encoding === undefined || encoding.toLowerCase() === 'identity' ? undefined : encoding;
  const readable =
    kind !== 'unreadable' && (coding === undefined || setup.canDecode(coding)) && !/^utf-?(16|32)/.test(charset ?? '');
  if (!readable) {
    if (setup.passUnreadable) return 'pass';
    throw new ExchangeError(
      'cannot-read',
      'The response comes in a form that Scrim cannot read, so it was not passed on; let this host pass in the policy if you accept that.',
    );
  }
  // Plain text passes byte for byte where it holds no secret, whatever its encoding; JSON and streams are UTF-8 or nothing.
  return { kind, codec: kind === 'text' ? losslessCodec() : utf8Codec(), coding };
}

function utf8Codec(): TextCodec {
  const decoder = createUtf8Decoder();
  const encoder = new TextEncoder();
  return {
    decode: (bytes) => decoder.push(bytes),
    finish() {
      decoder.end();
      return '';
    },
    encode: (text) => encoder.encode(text),
    aligned() {
      return decoder.aligned();
    },
  };
}

export function rewriterFor(
  kind: 'json' | 'sse' | 'ndjson' | 'text',
  setup: ExchangeSetup,
  journal: Journal,
  notes: ResponseNotes,
  judge: Judge | undefined,
): BodyRewriter {
  const { dialect, masking } = setup;
  const judged = dialect.toolCalls === undefined ? undefined : judge;
  const options: RewriteOptions = {
    observe: setup.observe,
    found: (channel, finding) => journal.finding('response', channel, finding),
    passed: (channel, text) => journal.text(channel, text),
    event: (event) => notes.event(event),
  };
  switch (kind) {
    case 'sse':
      return createFrameRewriter(createSseFraming(), dialect, masking, options, judged);
    case 'ndjson':
      return createFrameRewriter(createNdjsonFraming(), dialect, masking, options, judged);
    case 'text':
      return createTextRewriter(masking, options);
    case 'json':
      if (streamsJsonArray(setup.head.path))
        return createFrameRewriter(createJsonArrayFraming(), dialect, masking, options, judged);
      if (judged === undefined) return createJsonRewriter(dialect, masking, options);
      return holdJson(dialect, masking, options, judged, (inner) => createJsonRewriter(dialect, masking, inner));
  }
}
