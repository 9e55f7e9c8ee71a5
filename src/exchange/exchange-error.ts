import type { FailureCode } from '../contract/failures.ts';
import type { Command } from './events.ts';

/** A failure of the exchange itself. `message`: one sentence that says what to do next, with nothing raw in it. */
export class ExchangeError extends Error {
  readonly code: FailureCode;
  /** What must still be done before the exchange ends. */
  readonly first: readonly Command[];
  constructor(code: FailureCode, message: string, first: readonly Command[] = []) {
    super(message);
    this.name = 'ExchangeError';
    this.code = code;
    this.first = first;
  }
}
