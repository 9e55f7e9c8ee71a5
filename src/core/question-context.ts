// The conversation around a held output: what was said last, as far as the log has it.

import { asMasked } from '../base/text.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import type { QuestionContext } from '../contract/procedures/approvals.ts';
import { turnsOfRequest, turnsOfResponse } from './turns.ts';

const mostTurns = 12;
const mostText = 8_000;

/** Undefined: the log knows no such exchange. */
export function questionContext(record: ExchangeRecord | undefined): Omit<QuestionContext, 'atDeadline'> {
  if (record === undefined) return { turns: [], earlier: null, branch: null };
  const { request, channels, identity } = record;
  const said = turnsOfRequest(request?.body ?? null);
  const turns = [...(said ?? []), ...turnsOfResponse(channels)].map(({ by, text }) => ({
    by,
    // What ends a long text says more of why the assistant does what it does than what begins it.
    text: asMasked(text.length > mostText ? text.slice(-mostText) : text),
    isCut: text.length > mostText,
  }));
  const shown = turns.slice(-mostTurns);
  return {
    turns: shown,
    earlier: said === undefined ? null : turns.length - shown.length,
    branch: identity?.git?.branch ?? null,
  };
}
