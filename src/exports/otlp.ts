// OpenTelemetry logs by OTLP over HTTP (protobuf), through the official packages. Batching is ours, not that of the SDK's
// batch processor, because that one drops what does not fit and tells nobody what has arrived.

import { Agent } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { LogRecord } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { exchangeOf, type Origin } from './exported.ts';
import { ExportsError } from './exports-error.ts';
import { otlpRecord } from './otlp-record.ts';
import type { Receiver } from './receiver.ts';
import type { Target } from './targets.ts';

const ANSWER_MS = 30_000;

/** The receiver's own headers (a token, say) come from OTEL_EXPORTER_OTLP_HEADERS, as for every OpenTelemetry program. */
export function otlpReceiver({ url, ca }: Extract<Target, { kind: 'otlp' }>, origin: Origin): Receiver {
  const exporter = new OTLPLogExporter({
    url,
    timeoutMillis: ANSWER_MS,
    ...(ca === undefined
      ? {}
      : { httpAgentOptions: () => new Agent({ ca: [...getCACertificates('default'), ca], keepAlive: true }) }),
  });
  const collected: ReadableLogRecord[] = [];
  const collect: LogRecordProcessor = {
    enabled: () => true,
    onEmit: (record) => void collected.push(record),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': 'scrim',
      'service.version': origin.version,
      'host.name': origin.machine,
      'process.pid': origin.pid,
    }),
    processors: [collect],
  });
  const logger = provider.getLogger('scrim', origin.version);

  return {
    encode(exported) {
      const exchange = exchangeOf(exported);
      return exchange === undefined ? [] : [JSON.stringify(otlpRecord(exchange))];
    },
    deliver(messages) {
      for (const message of messages) logger.emit(JSON.parse(message) as LogRecord);
      const batch = collected.splice(0);
      return new Promise((resolve, reject) => {
        exporter.export(batch, ({ error, code }) => {
          // The enumeration belongs to a package of which we need nothing else; 0 is success.
          if ((code as number) === 0) resolve();
          else reject(failure(url, error));
        });
      });
    },
    async close() {
      await exporter.shutdown();
      await provider.shutdown();
    },
  };
}

/** The packages retry by themselves what the protocol says may be retried, with back-off, until their timeout. */
function failure(url: string, error: Error | undefined): ExportsError {
  const { host } = new URL(url);
  const status = error !== undefined && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
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
