// Our own answers, in the shape the client's SDK expects of its provider's errors.

import { failures, type FailureCode } from '../contract/failures.ts';
import type { ResponseHead } from '../http/head.ts';
import type { Dialect } from '../wire/parts.ts';

export interface Refusal {
  readonly head: ResponseHead;
  readonly body: string;
}

/** `message`: one sentence that says what to do next. */
export function refusal(dialect: Dialect, code: FailureCode, message: string): Refusal {
  const { status } = failures[code];
  const body = JSON.stringify(errorBody(dialect.id, code, status, `Scrim: ${message}`));
  const length = new TextEncoder().encode(body).length.toString();
  const headers = ['content-type', 'application/json', 'content-length', length, 'x-scrim-failure', code];
  return { head: { status, statusText: reasonPhrases[status] ?? '', headers }, body };
}

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  413: 'Content Too Large',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  502: 'Bad Gateway',
  508: 'Loop Detected',
};

function errorBody(dialect: string, code: FailureCode, status: number, message: string): object {
  const refused = status === 400;
  const unauthorized = status === 401;
  switch (dialect) {
    case 'anthropic':
      return {
        type: 'error',
        error: {
          type: unauthorized ? 'authentication_error' : refused ? 'invalid_request_error' : 'api_error',
          message,
          code,
        },
        request_id: null,
      };
    case 'gemini':
      return {
        error: {
          code: status,
          message,
          status: unauthorized ? 'UNAUTHENTICATED' : refused ? 'FAILED_PRECONDITION' : 'UNAVAILABLE',
          details: [{ reason: code }],
        },
      };
    case 'ollama':
      return { error: message, code };
    default:
      return {
        error: {
          message,
          type: refused || unauthorized ? 'invalid_request_error' : 'scrim',
          code: unauthorized ? 'invalid_api_key' : code,
          param: null,
        },
      };
  }
}
