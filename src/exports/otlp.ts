// OpenTelemetry logs by OTLP over HTTP (protobuf), through the official packages. Batching is ours, not that of the SDK's
// batch processor, because that one drops what does not fit and tells nobody what has arrived.

import type { LogRecord } from '@opentelemetry/api';
import { exchangeOf, type Origin } from './exported.ts';
import { ExportsError } from './exports-error.ts';
import { otlpRecord } from './otlp-record.ts';
import type { OtlpSender } from './otlp-sdk.ts';
import type { Receiver } from './receiver.ts';
import type { Target } from './targets.ts';

/** The receiver's own headers (a token, say) come from OTEL_EXPORTER_OTLP_HEADERS, as for every OpenTelemetry program. */
export function otlpReceiver(target: Extract<Target, { kind: 'otlp' }>, origin: Origin): Receiver {
  let opened: Promise<OtlpSender> | undefined;
  return {
    encode(exported) {
      const exchange = exchangeOf(exported);
      return exchange === undefined ? [] : [JSON.stringify(otlpRecord(exchange))];
    },
    async deliver(messages) {
      opened ??= import('./otlp-sdk.ts').then(({ otlpSender }) => otlpSender(target, origin));
      const sender = await opened;
      try {
        await sender.send(messages.map((message) => JSON.parse(message) as LogRecord));
      } catch (error) {
        throw failure(target.url, error);
      }
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

function failure(url: string, error: unknown): ExportsError {
  const { host } = new URL(url);
  const status = error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  if (status === 400 || status === 413)
    return new ExportsError(
      'refused',
      `The OpenTelemetry receiver at ${host} refused a batch (${status}); see its log.`,
    );
  const why = status === undefined ? 'cannot be reached' : `answered ${status}`;
  return new ExportsError(
    'unreachable',
    `The OpenTelemetry receiver at ${host} ${why}; check that it runs and takes OTLP over HTTP at this address.`,
  );
}
