import type { ExchangeRecord } from '../contract/records.ts';
import type { DemoDelta } from './demo-answers.ts';
import type { ClientReport } from './demo-client.ts';

/** One client's call in the demo, seen from both ends and in the log. */
export interface DemoCall {
  readonly host: string;
  readonly way: 'proxy' | 'gateway';
  /** As the client names itself. */
  readonly client: string;
  /** What the model server got. */
  readonly request: string;
  readonly sent: readonly DemoDelta[];
  /** When the model had sent its last event. Milliseconds since the Unix epoch. */
  readonly sentAt: number;
  readonly got: ClientReport;
  /** What the client got in the place of a tool call that was denied. */
  readonly refusal: string | null;
  readonly record: ExchangeRecord;
}
