// How procedures are implemented: who calls is looked at first, and our own errors become sentences.

import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../contract/contract.ts';
import type { AnswerPermission } from '../../identity/answer-guard.ts';
import { isOwnError } from '../own-error.ts';

/** Who is at the other end of a transport. */
export interface Caller {
  /** `window`: a person's window; `shell`: the tray and its notifications; `command`: the command line. */
  readonly kind: 'window' | 'shell' | 'command';
  /** May it answer for the person, and change what Scrim does? */
  may(): Promise<AnswerPermission>;
}

export interface CallContext {
  readonly caller: Caller;
}

export const os = implement(contract)
  .$context<CallContext>()
  .use(async ({ context, next, procedure }) => {
    const { changes, fromScripts, commandsOnly } = procedure['~orpc'].meta;
    const isCommand = context.caller.kind === 'command';
    // SECURITY: before anything of the call is done.
    if (commandsOnly === true && !isCommand)
      throw new ORPCError('FORBIDDEN', { message: 'Use the command line for this: a window may not.' });
    if (changes === true && !(fromScripts === true && isCommand)) {
      const permission = await context.caller.may();
      if (!permission.ok) throw new ORPCError('FORBIDDEN', { message: permission.reason });
    }
    try {
      const result = await next();
      const output: unknown = result.output;
      return isStream(output) ? { ...result, output: withSentences(output) } : result;
    } catch (error) {
      throw asSentence(error);
    }
  });

/** Errors come in the middle of a stream too. */
async function* withSentences(stream: AsyncIterable<unknown>): AsyncGenerator {
  try {
    yield* stream;
  } catch (error) {
    throw asSentence(error);
  }
}

function isStream(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

/** Messages of our own errors are sentences for the person, and hold nothing raw; any other message stays here. */
function asSentence(error: unknown): unknown {
  return isOwnError(error) ? new ORPCError('BAD_REQUEST', { message: error.message }) : error;
}
