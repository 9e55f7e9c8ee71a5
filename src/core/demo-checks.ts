// What the demo proves, checked on what its clients, its model server and its data folder really held.

import { demoDangerous, demoPastedPassword, demoSecrets, type DemoDelta } from './demo-answers.ts';
import type { DemoCall } from './demo-call.ts';

export interface DemoCheck {
  readonly ok: boolean;
  readonly claim: string;
}

/** `stored`: all files of the data folder, joined. */
export function checkDemo(calls: readonly DemoCall[], stored: string): DemoCheck[] {
  const got = calls.map(({ got: { deltas, wire } }) =>
    [wire, textOf(deltas, 'text'), textOf(deltas, 'tool call')].join('\n'),
  );
  const recorded = calls.map(({ record }) => JSON.stringify(record));
  const sent = calls.map((call) => textOf(call.sent, 'text') + textOf(call.sent, 'tool call')).join('');
  const inAnswers = demoSecrets.filter((secret) => sent.includes(secret)).length;
  return [
    {
      ok: inAnswers > 0 && !leaks(got.join('\n')),
      claim: `${inAnswers} secrets left the model; not 8 characters of one reached a client`,
    },
    {
      ok: calls.every((call) => (['text', 'tool call'] as const).every((channel) => isOnlyMasked(call, channel))),
      claim: 'all other text arrived as it was, and the tool call still parses',
    },
    {
      ok: calls.every(
        ({ got: { firstAt, finish }, sentAt }) => firstAt !== null && firstAt < sentAt && finish !== null,
      ),
      claim: 'the first words arrived while the model was still talking',
    },
    {
      ok: calls.every(({ request }) => request.includes(demoPastedPassword)),
      claim: 'the requests reached the model unchanged, as the policy says',
    },
    {
      ok:
        calls.every(({ record }) => record.state === 'done' && record.findings.length > 0) &&
        !leaks(recorded.join('\n')),
      claim: 'the log has both calls with all they held, masked',
    },
    {
      ok: calls.some(isDenied) && calls.every(({ got: { wire } }) => !wire.includes(demoDangerous)),
      claim: 'a dangerous call was held, and denied: the client got text in its place',
    },
    { ok: !leaks(stored), claim: 'no file of the data folder holds any of it' },
  ];
}

function isDenied({ refusal, record, got: { finish } }: DemoCall): boolean {
  return refusal !== null && finish === 'end_turn' && record.verdicts.some(({ verdict }) => verdict === 'denied');
}

const publicPrefix = 'ghp_|AKIA|sk_live_';

/** SECURITY: a piece of a secret is a leak too. */
function leaks(text: string): boolean {
  return demoSecrets.some((secret) =>
    Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8)).some((piece) =>
      text.includes(piece),
    ),
  );
}

function textOf(deltas: readonly DemoDelta[], channel: DemoDelta['channel']): string {
  return deltas.map((delta) => (delta.channel === channel ? delta.text : '')).join('');
}

/** What came is what was sent, with a placeholder where a secret was. A secret's public prefix may stay. */
function isOnlyMasked({ sent, got }: DemoCall, channel: DemoDelta['channel']): boolean {
  const parts = textOf(sent, channel).split(new RegExp(`(?:${publicPrefix})?(?:${demoSecrets.join('|')})`));
  const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const arrived = textOf(got.deltas, channel);
  if (!new RegExp(`^${escaped.join('[A-Za-z_]{0,8}MASKED_[A-Z_]+_[0-9a-f]{8}')}$`).test(arrived)) return false;
  if (channel === 'text' || arrived === '') return true;
  try {
    JSON.parse(arrived);
    return true;
  } catch {
    return false;
  }
}
