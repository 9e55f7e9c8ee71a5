// The fields of a search, as data: what each is called, and what it says of an exchange.

import type { ExchangeRecord } from '../contract/records.ts';

export interface TextField {
  readonly kind: 'text';
  /** The only values there are, where that is known. */
  readonly choices?: readonly string[];
  of(record: ExchangeRecord): readonly (string | null | undefined)[];
}

export interface NumberField {
  readonly kind: 'number';
  readonly unit: 'count' | 'bytes' | 'milliseconds';
  of(record: ExchangeRecord): number | null | undefined;
}

export interface TimeField {
  readonly kind: 'time';
}

export type SearchField = TextField | NumberField | TimeField;

const text = (of: TextField['of'], choices?: readonly string[]): TextField => ({
  kind: 'text',
  of,
  ...(choices === undefined ? {} : { choices }),
});

/** A value that people know by a part of it: the whole, and each part. */
const parted = (of: TextField['of']): TextField =>
  text((record) => of(record).flatMap((value) => (value == null ? [] : [value, ...value.split(/[\s/\\();,]+/)])));

const number = (unit: NumberField['unit'], of: NumberField['of']): NumberField => ({ kind: 'number', unit, of });

const time: TimeField = { kind: 'time' };

export const searchFields = new Map<string, SearchField>(
  Object.entries({
    id: text(({ id }) => [id]),
    session: text(({ session }) => [session]),
    program: parted(({ identity }) => [identity?.program]),
    client: parted(({ client }) => [client]),
    user: text(({ identity }) => [identity?.user]),
    subject: text(({ identity }) => [identity?.subject]),
    folder: parted(({ identity }) => [identity?.folder]),
    repo: parted(({ identity }) => [identity?.git?.root, identity?.git?.remote]),
    branch: parted(({ identity }) => [identity?.git?.branch]),
    commit: text(({ identity }) => [identity?.git?.commit]),
    ci: parted(({ identity }) => [identity?.ci?.provider, identity?.ci?.run]),
    host: text(({ host }) => [host]),
    path: parted(({ path }) => [path]),
    method: text(({ method }) => [method]),
    via: text(({ via }) => [via], ['proxy', 'gateway']),
    dialect: text(({ dialect }) => [dialect]),
    model: parted(({ request }) => [request?.model]),
    state: text(({ state }) => [state], ['open', 'done', 'failed', 'cut']),
    failure: text(({ closed }) => [closed?.failure]),
    finding: text(({ findings }) => [findings.length > 0 ? 'yes' : 'no'], ['yes', 'no']),
    rule: text(({ findings, verdicts }) => [
      ...findings.map(({ rule }) => rule),
      ...verdicts.flatMap(({ reasons }) => reasons.map(({ rule }) => rule)),
    ]),
    kind: text(({ findings }) => findings.map(({ kind }) => kind)),
    severity: text(({ findings, verdicts }) => [
      ...findings.map(({ severity }) => severity),
      ...verdicts.flatMap(({ reasons }) => reasons.map(({ severity }) => severity)),
    ]),
    certainty: text(({ findings }) => findings.map(({ certainty }) => certainty)),
    side: text(({ findings }) => findings.map(({ side }) => side), ['request', 'response']),
    fingerprint: text(({ findings }) => findings.map(({ fingerprint }) => fingerprint)),
    verdict: text(
      ({ verdicts }) => verdicts.map(({ verdict }) => verdict),
      ['allowed', 'denied', 'would-ask', 'would-deny', 'lost'],
    ),
    by: text(({ verdicts }) => verdicts.map(({ by }) => by)),
    tool: text(({ verdicts, closed }) => [
      ...verdicts.map(({ tool }) => tool),
      ...(closed?.calls ?? []).map(({ name }) => name),
    ]),
    status: number('count', ({ closed }) => closed?.status),
    pid: number('count', ({ identity }) => identity?.pid),
    findings: number('count', ({ findings }) => findings.length),
    tokens: number('count', ({ closed }) =>
      closed?.usage == null ? null : (closed.usage.input ?? 0) + (closed.usage.output ?? 0),
    ),
    input: number('count', ({ closed }) => closed?.usage?.input),
    output: number('count', ({ closed }) => closed?.usage?.output),
    duration: number('milliseconds', ({ closed, startedAt }) => (closed === null ? null : closed.endedAt - startedAt)),
    bytes: number('bytes', ({ closed }) => closed?.responseBytes),
    since: time,
    until: time,
    before: time,
  }),
);
