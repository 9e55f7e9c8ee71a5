// One HTTP exchange as a pure machine: it is told what happened and answers what to do. It never waits and knows no socket.

import { asMasked } from '../base/text.ts';
import { failures, type FailureCode } from '../contract/failures.ts';
import type { Command, ExchangeEvent } from './events.ts';
import { ExchangeError } from './exchange-error.ts';
import { createJournal } from './journal.ts';
import { createJudge } from './judge.ts';
import { masked } from './masked.ts';
import { refusal } from './refusal.ts';
import { createRequestSide } from './request-side.ts';
import { createResponseNotes } from './response-notes.ts';
import { createResponseSide } from './response-side.ts';
import type { ExchangeSetup } from './setup.ts';

export interface Exchange {
  /** The first commands. */
  begin(): Command[];
  step(event: ExchangeEvent): Command[];
  /** The request's content coding that must be undone for reading it. */
  readonly requestCoding: string | undefined;
  over(): boolean;
  findings(): number;
}

export function createExchange(setup: ExchangeSetup): Exchange {
  const journal = createJournal(setup.masking);
  const notes = createResponseNotes();
  const request = createRequestSide(setup);
  const judge =
    setup.risk === undefined || setup.dialect.toolCalls === undefined
      ? undefined
      : createJudge({
          risk: setup.risk,
          masking: setup.masking,
          observe: setup.observe,
          requestKey: () => request.key(),
        });
  const response = createResponseSide(setup, journal, notes, judge);
  let over = false;
  let requestFindings = 0;
  let headAfter: number | null = null;
  let firstByteAfter: number | null = null;

  const closed = (at: number, code: FailureCode | null, reason: string | null, status: number | null): Command[] => {
    over = true;
    judge?.lose();
    return [
      ...(judge?.take() ?? []),
      ...journal.take(at, true),
      {
        type: 'record-closed',
        after: at,
        closed: {
          state: code === null ? 'done' : 'failed',
          status,
          headAfter,
          firstByteAfter,
          responseBytes: response.bytes(),
          usage: notes.usage(),
          failure: code,
          reason: reason === null ? null : asMasked(reason),
        },
      },
    ];
  };
  /** Before the head left: our own answer. Afterwards: a reset, so that nobody takes half a body for a whole one. */
  const fail = (code: FailureCode, reason: string, at: number, first: readonly Command[] = []): Command[] => {
    if (judge?.asks() === true) first = [{ type: 'withdraw' }, ...first];
    if (code === 'client-lost')
      return [{ type: 'cancel-upstream' }, ...first, ...closed(at, code, reason, response.status())];
    if (response.headSent())
      return [
        { type: 'cancel-upstream' },
        { type: 'reset-client' },
        ...first,
        ...closed(at, code, reason, response.status()),
      ];
    const { head, body } = refusal(setup.dialect, code, reason);
    return [
      { type: 'cancel-upstream' },
      ...first,
      ...closed(at, code, reason, failures[code].status),
      { type: 'respond', head },
      { type: 'send-client', data: body },
      { type: 'end-client', trailers: [] },
    ];
  };

  const react = (event: ExchangeEvent): Command[] => {
    switch (event.type) {
      case 'request-bytes':
      case 'request-plain':
      case 'request-unreadable':
        return request.step(event);
      case 'request-end': {
        const commands = request.step(event);
        for (const command of commands)
          if (command.type === 'record-request') requestFindings = command.findings.length;
        return commands;
      }
      case 'information':
        return [{ type: 'inform', head: event.head }];
      case 'response-head':
        headAfter = event.at;
        return response.step(event);
      case 'response-bytes':
        firstByteAfter ??= event.at;
        return withJournal(response.step(event), event.at);
      case 'response-end':
        return respondFurther(response.step(event), event.at);
      case 'answered':
        if (judge?.answered(event.question, event.answer) !== true) return [];
        return respondFurther(response.resume(event.at), event.at);
      case 'tick':
        return response.tick(event.at);
      case 'lost':
        // The reason names a host, which a client chose.
        return fail(event.code, masked(setup.masking(), event.reason), event.at);
    }
  };
  /** Ends the exchange where the response is complete; part of it may wait for an answer. */
  const respondFurther = (commands: Command[], at: number): Command[] => {
    if (!response.ended()) return withJournal(commands, at);
    // On disk before the client sees the end: what is finished is never lost (and a refusal is still possible).
    const last = commands.pop();
    const whole = commands[0]?.type === 'respond';
    const record = closed(at, null, null, response.status());
    const tail = last === undefined ? [] : [last];
    return whole ? [...record, ...commands, ...tail] : [...commands, ...record, ...tail];
  };
  const withJournal = (commands: Command[], at: number): Command[] => {
    const records = [...(judge?.take() ?? []), ...journal.take(at)];
    return records.length === 0 ? commands : [...commands, ...records];
  };

  return {
    requestCoding: request.coding,
    over() {
      return over;
    },
    findings() {
      return journal.findings() + requestFindings;
    },
    begin: () => request.begin(),
    step(event) {
      if (over) return [];
      judge?.at(event.at);
      try {
        return react(event);
      } catch (error) {
        if (error instanceof ExchangeError) return fail(error.code, error.message, event.at, error.first);
        // SECURITY: whatever went wrong while masking, the raw bytes do not pass, and the error's text stays here.
        return fail(
          'masking-failed',
          'masking failed, so the response was not passed on; please report this.',
          event.at,
        );
      }
    },
  };
}
