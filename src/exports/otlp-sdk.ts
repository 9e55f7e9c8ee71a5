// The OpenTelemetry SDK as a function that sends a batch. In a file of its own because it is large: it is loaded when the
// first batch goes out, not by every command.

import { Agent } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { LogRecord } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordProcessor, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { Origin } from './exported.ts';

export interface OtlpSender {
  /** Rejects with what the exporter says; it has retried what the protocol says may be retried. */
  send(records: readonly LogRecord[]): Promise<void>;
  close(): Promise<void>;
}

const ANSWER_MS = 30_000;

export function otlpSender(
  { url, ca }: { readonly url: string; readonly ca: string | undefined },
  origin: Origin,
): OtlpSender {
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
    send(records) {
      for (const record of records) logger.emit(record);
      const batch = collected.splice(0);
      return new Promise((resolve, reject) => {
        exporter.export(batch, ({ error, code }) => {
          // The enumeration belongs to a package of which we need nothing else; 0 is success.
          if ((code as number) === 0) resolve();
          else reject(error ?? new Error('The batch was not taken.'));
        });
      });
    },
    async close() {
      await exporter.shutdown();
      await provider.shutdown();
    },
  };
}
