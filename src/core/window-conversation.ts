// A session as a conversation: of each exchange what was new in its request, then what came back, with what was masked and
// held at its place.

import { asMasked } from '../base/text.ts';
import type { ExchangeRecord, RecordedChannel, RecordedVerdict } from '../contract/records.ts';
import type {
  CutText,
  ShownBlock,
  ShownExchange,
  ShownFinding,
  ShownTurn,
  ShownVerdict,
} from '../contract/sessions.ts';
import { partsOfAnswer, turnsOfRequest, type Turn, type TurnPart } from './window-turns.ts';

/** Characters of a text that are shown at first. */
const SHOWN = 4_000;
const MOST_TURNS = 60;
const LONGEST = 2_000_000;

/** What has been said in the exchanges so far, as chains of turns from the beginning. */
export function createKnownTurns() {
  const chains = new Set<string>();
  return {
    /** How many turns from the beginning are known; then all of them are. */
    take(turns: readonly Turn[]): number {
      let chain = '';
      let known = 0;
      for (const [i, { role, key }] of turns.entries()) {
        chain = hash(`${chain} ${role} ${key}`);
        if (chains.has(chain)) known = i + 1;
        else chains.add(chain);
      }
      return known;
    },
  };
}

type KnownTurns = ReturnType<typeof createKnownTurns>;

/** Two of 32 bits: a wrong one would only hide a turn that stands in the raw request. */
function hash(text: string): string {
  let a = 0x811c9dc5;
  let b = 5381;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = (Math.imul(b, 33) + unit) | 0;
  }
  return `${a.toString(36)}.${b.toString(36)}.${text.length}`;
}

export function shownExchange(record: ExchangeRecord, known: KnownTurns): ShownExchange {
  const { request, closed } = record;
  const all = turnsOf(record);
  const seen = known.take(all);
  // The answer of the exchange before comes back as the first new turn; it was shown there.
  const repeated = seen > 0 && all[seen]?.role === 'assistant' ? 1 : 0;
  const first = Math.max(seen + repeated, all.length - MOST_TURNS);
  const answer = answerBlocks(record);
  const { id, startedAt, method, scheme, host, port, path, via, httpVersion, dialect, client, state, identity } =
    record;
  return {
    ...{ id, startedAt, method, scheme, host, port, path, via, httpVersion, dialect, client, state, identity },
    endedAt: closed?.endedAt ?? null,
    model: request?.model ?? null,
    status: closed?.status ?? null,
    failure: closed?.failure ?? null,
    reason: closed?.reason ?? null,
    firstByteAfter: closed?.firstByteAfter ?? null,
    usage: closed?.usage ?? null,
    requestBytes: request?.bytes ?? null,
    requestIsCut: request?.truncated ?? false,
    hasBody: request?.body != null,
    responseBytes: closed?.responseBytes ?? null,
    requestHeaders: record.headers ?? [],
    responseHeaders: closed?.headers ?? [],
    knownTurns: first,
    turns: [
      ...all.slice(first).map((turn, i) => shownTurn(turn, first + i)),
      ...(answer.length === 0 ? [] : [{ role: 'assistant' as const, blocks: answer }]),
    ],
    requestFindings: findingsOf(record).filter(({ side }) => side === 'request'),
  };
}

/** Undefined: the exchange has no such text. */
export function textOf(record: ExchangeRecord, ref: string): CutText | undefined {
  const [kind = '', ...places] = ref.split('.');
  const [first = 0, second = 0] = places.map(Number);
  const found = ((): string | undefined => {
    switch (kind) {
      case 'request':
        return record.request?.body ?? undefined;
      case 'turn':
        return turnsOf(record)[first]?.parts[second]?.text;
      case 'action':
        return record.verdicts[first]?.action;
      default: {
        const channel = record.channels[first];
        if (channel === undefined || places.length === 1) return channel?.text;
        return partsOfAnswer(channel.text)?.[second]?.text;
      }
    }
  })();
  return found === undefined ? undefined : cut(found, LONGEST);
}

export function cut(text: string, longest = SHOWN): CutText {
  // SECURITY: a part of a masked text is masked.
  return { text: asMasked(text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')), length: text.length };
}

function turnsOf({ request }: ExchangeRecord): readonly Turn[] {
  const body = request?.body ?? null;
  return body === null ? [] : (turnsOfRequest(body) ?? []);
}

function shownTurn({ role, parts }: Turn, place: number): ShownTurn {
  const isTool = role === 'user' && parts.every(({ kind }) => kind === 'result');
  return {
    role: isTool ? 'tool' : role,
    blocks: parts.map((part, i) => blockOf(part, `turn.${place}.${i}`)),
  };
}

function blockOf({ kind, name, text }: TurnPart, ref: string): ShownBlock {
  const language = kind === 'call' ? languageOfCall(text) : kind === 'other' ? 'json' : '';
  const isCommand = language === 'sh';
  const shown = isCommand ? (commandIn(text) ?? text) : text;
  return { kind, name: asMasked(name), language, text: cut(shown), ref, findings: [], verdict: null };
}

/** The whole input of many tools is one command line: read as one, it is clearer. */
function commandIn(text: string): string | undefined {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input !== 'object' || input === null) return undefined;
    const { command, cmd, ...rest } = input as Record<string, unknown>;
    const line = command ?? cmd;
    return typeof line === 'string' && Object.keys(rest).length === 0 ? line : undefined;
  } catch {
    return undefined;
  }
}

function languageOfCall(text: string): string {
  if (commandIn(text) !== undefined) return 'sh';
  return text.trimStart().startsWith('{') ? 'json' : '';
}

function answerBlocks(record: ExchangeRecord): ShownBlock[] {
  const findings = findingsOf(record).filter(({ side }) => side === 'response');
  const calls = record.channels.filter(({ channel }) => channel.startsWith('tool call'));
  const names = (record.closed?.calls ?? []).map(({ name }) => name);
  const left = record.verdicts.map((verdict, i) => ({ verdict, i }));
  /** The verdict on a call that reached the client stands at the call. */
  const verdictOn = (name: string): ShownVerdict | null => {
    const at = left.findIndex(({ verdict }) => verdict.tool === name && verdict.verdict !== 'denied');
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return found === undefined ? null : shownVerdict(found.verdict);
  };
  const blocks = record.channels.flatMap((each, place): ShownBlock[] => {
    const own = findings.filter(({ channel }) => channel === each.channel);
    if (each.channel === 'body') {
      const parts = partsOfAnswer(each.text) ?? [{ kind: 'other', name: 'body', text: each.text }];
      return parts.map((part, i) => ({
        ...blockOf(part, parts.length === 1 && part.kind === 'other' ? `channel.${place}` : `channel.${place}.${i}`),
        findings: i === 0 ? own : [],
        verdict: part.kind === 'call' ? verdictOn(part.name) : null,
      }));
    }
    const kind = kindOf(each);
    if (kind !== 'call')
      return [
        { ...blockOf({ kind: 'text', name: each.channel, text: each.text }, `channel.${place}`), kind, findings: own },
      ];
    const brace = each.text.indexOf('{');
    const name = calls.length === names.length ? names[calls.indexOf(each)] : undefined;
    const tool = name ?? (brace > 0 ? each.text.slice(0, brace).trim() : '');
    const block = blockOf(
      { kind: 'call', name: tool, text: indented(each.text.slice(Math.max(0, brace))) },
      `channel.${place}`,
    );
    return [{ ...block, findings: own, verdict: verdictOn(tool) }];
  });
  const held = left.map(({ verdict, i }): ShownBlock => {
    const shown = shownVerdict(verdict);
    const language = verdict.kind === 'code' ? verdict.tool : /^\w+:/.test(verdict.action) ? '' : 'sh';
    return {
      ...{
        kind: 'held',
        name: verdict.tool,
        language,
        text: shown.action,
        ref: `action.${i}`,
        findings: [],
        verdict: shown,
      },
    };
  });
  // What was refused stands before the refusal that the client got in its place.
  const refusal = blocks.findIndex(({ kind }) => kind === 'refusal');
  return refusal < 0 ? [...blocks, ...held] : [...blocks.slice(0, refusal), ...held, ...blocks.slice(refusal)];
}

function kindOf({ channel }: RecordedChannel): ShownBlock['kind'] {
  if (channel.startsWith('tool call')) return 'call';
  if (/^(thinking|reasoning|thought)/.test(channel)) return 'reasoning';
  return channel.startsWith('refusal') ? 'refusal' : 'text';
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function shownVerdict(verdict: RecordedVerdict): ShownVerdict {
  const { by, note, kind, tool, action, reasons, askedAt, answeredAt } = verdict;
  const waited = askedAt === undefined || answeredAt === undefined ? null : Math.max(0, answeredAt - askedAt);
  return { verdict: verdict.verdict, by, note, waited, kind, tool, action: cut(action), reasons };
}

function findingsOf({ findings }: ExchangeRecord): ShownFinding[] {
  return findings
    .map(({ rule, kind, severity, side, channel, start, fingerprint }) => ({
      ...{ rule, kind, severity, side, channel, start, fingerprint },
    }))
    .sort((a, b) => a.start - b.start)
    .slice(0, 200);
}
