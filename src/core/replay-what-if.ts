// What another policy would have made of a recorded exchange. It works on the masked text: it can tell what would be masked
// or judged in addition, and which rules would no longer speak, but nothing that was masked can come back.
// Longer than most files: one comparison, and the kinds of difference it finds.

import { homedir } from 'node:os';
import { asMasked, type MaskedText } from '../base/text.ts';
import type { RiskReason } from '../contract/questions.ts';
import type { ExchangeRecord, RecordedVerdict } from '../contract/records.ts';
import type { Block } from '../exchange/block.ts';
import { describeBlock } from '../exchange/describe-block.ts';
import { createJsonRewriter } from '../exchange/rewrite-json.ts';
import { applyEdits, type Finding, type Masking } from '../masking/masking.ts';
import { catalogue } from '../masking/rules/catalogue.ts';
import type { MaskingPolicy, ScopedPolicy } from '../policy/policy.ts';
import { policyFor, type ExchangeFacts } from '../policy/scopes.ts';
import type { Risk } from '../risk/risk.ts';
import { shownLine, shownText } from '../contract/shown-text.ts';
import { dialectFor } from '../wire/dialects.ts';
import { CoreError } from './core-error.ts';
import { checkPolicy, type Common } from './inspect.ts';
import { openMaskingOf } from './mask-text.ts';
import { blockOfVerdict, blocksOfRecord } from './replay-blocks.ts';
import { compileRisks } from './risks.ts';

type Outcome = 'allow' | 'ask' | 'deny';

export type WhatIfChange =
  /** Something that stands in the log would be masked. `text`: how the line around it would read. */
  | {
      readonly change: 'mask';
      readonly side: 'request' | 'response';
      readonly channel: string;
      readonly rule: string;
      readonly severity: string;
      readonly count: number;
      readonly text: MaskedText;
    }
  /** A rule that masked something would not any more; another one may still find it. */
  | { readonly change: 'unmask'; readonly side: 'request' | 'response'; readonly rule: string; readonly count: number }
  /** A tool call or code would be treated otherwise. `was`: what the record says. */
  | {
      readonly change: 'verdict';
      readonly was: Outcome;
      readonly then: Outcome;
      readonly kind: 'tool-call' | 'code';
      readonly tool: MaskedText;
      readonly action: MaskedText;
      readonly reasons: readonly RiskReason[];
    }
  /** Secrets in the request: it would be refused, or would no longer be. */
  | { readonly change: 'request'; readonly then: 'refused' | 'sent'; readonly rules: readonly string[] };

export interface WhatIf {
  readonly event: 'what-if';
  readonly exchange: string;
  /** `observe`: the changes would be noted, and everything would pass. */
  readonly mode: 'enforce' | 'observe';
  readonly changes: readonly WhatIfChange[];
}

/** `common.policy`: the other policy. Rejects with CoreError where it is not valid. */
export async function openWhatIf(
  common: Common & { readonly policy: string },
): Promise<(record: ExchangeRecord) => WhatIf> {
  const { problems } = await checkPolicy(common, common.policy);
  const [problem] = problems;
  if (problem !== undefined)
    throw new CoreError('policy', `${common.policy}:${problem.line}:${problem.column}: ${problem.message}`);
  const { policy, maskingOf } = await openMaskingOf(common);
  const scopeFor = policyFor(policy, homedir());
  const riskOf = compileRisks(policy);
  return (record) => {
    const scope = scopeFor(factsOf(record));
    const masking = maskingOf(scope.masking);
    const masks = [...maskedIn(record, masking), ...noLongerMasked(record, scope, masking)];
    const request = requestChange(record, scope, masks);
    return {
      event: 'what-if',
      exchange: record.id,
      mode: scope.mode,
      changes: [...request, ...masks, ...verdictChanges(record, scope, masking, riskOf(scope))],
    };
  };
}

function factsOf({ host, port, client, request, identity }: ExchangeRecord): ExchangeFacts {
  const project = folderOf(identity);
  const model = request?.model;
  return {
    ...{ host, port, client },
    ...(model == null ? {} : { model }),
    ...(project === null ? {} : { project }),
  };
}

function folderOf(identity: ExchangeRecord['identity']): string | null {
  return identity?.git?.root ?? identity?.folder ?? null;
}

/** What the rules of the policy find in the recorded text. Placeholders are never found. */
function maskedIn(record: ExchangeRecord, masking: Masking): WhatIfChange[] {
  const body = record.request?.body ?? null;
  return [
    ...(body === null ? [] : masksOf('request', 'body', body, record.path, masking)),
    ...record.channels.flatMap(({ channel, text }) => masksOf('response', channel, text, record.path, masking)),
  ];
}

function masksOf(
  side: 'request' | 'response',
  channel: string,
  text: string,
  path: string,
  masking: Masking,
): WhatIfChange[] {
  const { findings, after } = channel === 'body' ? maskBody(text, path, masking) : maskChannel(channel, text, masking);
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  const context = asMasked(aroundChange(text, after));
  return [...byRule].map(([rule, found]) => ({
    ...{ change: 'mask', side, channel, rule, severity: found[0]?.severity ?? 'high', count: found.length },
    text: context,
  }));
}

interface Remasked {
  readonly findings: readonly Finding[];
  readonly after: string;
}

function maskChannel(channel: string, text: string, masking: Masking): Remasked {
  const brace = channel.startsWith('tool call') ? text.indexOf('{') : -1;
  const edits =
    brace < 0
      ? masking.edits(text)
      : [
          ...masking.edits(text.slice(0, brace)),
          ...masking
            .jsonEdits(text.slice(brace))
            .map((edit) => ({ ...edit, start: edit.start + brace, end: edit.end + brace })),
        ];
  const findings = edits.flatMap(({ finding }) => (finding === undefined ? [] : [finding]));
  return { findings, after: applyEdits(text, edits) };
}

/** As the exchange reads it: JSON by its keys. What the log cut is text. */
function maskBody(text: string, path: string, masking: Masking): Remasked {
  const findings: Finding[] = [];
  try {
    const rewriter = createJsonRewriter(dialectFor(path), () => masking, {
      observe: false,
      found: (_, finding) => findings.push(finding),
      passed: () => undefined,
      event: () => undefined,
    });
    const after = rewriter.push(text) + rewriter.end();
    return { findings, after };
  } catch {
    return maskChannel('text', text, masking);
  }
}

/** The line in which two texts first differ, as the second has it, and not too much of it. */
function aroundChange(before: string, after: string): string {
  let at = 0;
  while (at < before.length && before[at] === after[at]) at++;
  const from = Math.max(after.lastIndexOf('\n', at - 1) + 1, at - 40);
  const end = after.indexOf('\n', at);
  return after.slice(from, Math.min(end < 0 ? after.length : end, at + 80));
}

function noLongerMasked(
  record: ExchangeRecord,
  { mode, masking: policy }: ScopedPolicy,
  masking: Masking,
): WhatIfChange[] {
  const speaks = rulesOf(policy, masking);
  const counts = new Map<string, WhatIfChange & { change: 'unmask' }>();
  for (const { side, rule } of record.findings) {
    // Whoever only observes masks nothing for the client; requests are for the log alone.
    if (speaks(rule) && !(mode === 'observe' && side === 'response')) continue;
    const key = `${side} ${rule}`;
    counts.set(key, { change: 'unmask', side, rule, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** Whether the policy has a rule of this id. */
function rulesOf({ packs, rules, values }: MaskingPolicy, masking: Masking): (rule: string) => boolean {
  const on = new Set<string>(packs);
  const ids = new Set([...catalogue.filter(({ pack }) => on.has(pack)), ...rules].map(({ id }) => id));
  const hasValues = values.env.length > 0 || values.files.length > 0 || values.dotenv !== false;
  return (rule) => {
    if (ids.has(rule)) return true;
    // Names are judged whatever the packs are; whether a known value is still known, nobody can tell from here.
    if (rule.startsWith('key:')) return masking.sensitiveName(rule.slice('key:'.length));
    if (rule.startsWith('known:')) return hasValues || rule === 'known:stored key';
    return rule.startsWith('key-');
  };
}

function requestChange(
  { findings, closed }: ExchangeRecord,
  { requests, mode }: ScopedPolicy,
  changes: readonly WhatIfChange[],
): WhatIfChange[] {
  const gone = changes.flatMap((each) => (each.change === 'unmask' && each.side === 'request' ? [each.rule] : []));
  const added = changes.flatMap((each) => (each.change === 'mask' && each.side === 'request' ? [each.rule] : []));
  const had = findings.flatMap(({ side, rule }) => (side === 'request' ? [rule] : []));
  const rules = [...new Set([...had.filter((rule) => !gone.includes(rule)), ...added])];
  const wasRefused = closed?.failure === 'denied';
  const isRefused = requests === 'block' && mode === 'enforce' && rules.length > 0;
  if (wasRefused === isRefused) return [];
  return [{ change: 'request', then: isRefused ? 'refused' : 'sent', rules }];
}

function verdictChanges(record: ExchangeRecord, scope: ScopedPolicy, masking: Masking, risk: Risk): WhatIfChange[] {
  const folder = folderOf(record.identity);
  const judged = (block: Block): Omit<Extract<WhatIfChange, { change: 'verdict' }>, 'change' | 'was'> => {
    const { secrets, suspects, described } = describeBlock(block, masking);
    const { verdict, reasons, effects } = risk.assess(block.proposal, { folder, home: homedir(), secrets });
    const then = verdict === 'allow' && suspects > 0 ? 'ask' : verdict;
    const { kind, tool, action } = described(effects);
    return { then: scope.mode === 'observe' ? 'allow' : then, kind, tool, action, reasons };
  };
  const remask = (action: string): string => applyEdits(action, masking.edits(action));
  const left = [...record.verdicts];
  const pairs = blocksOfRecord(record).map((block) => {
    const now = judged(block);
    const at = left.findIndex(
      ({ kind, action }) => kind === now.kind && (action === now.action || remask(action) === now.action),
    );
    const [before] = at < 0 ? [] : left.splice(at, 1);
    return { before, now };
  });
  for (const before of left) pairs.push({ before, now: judged(blockOfVerdict(before, masking)) });
  return pairs.flatMap(({ before, now }): WhatIfChange[] => {
    const was = outcomeOf(before);
    return was === now.then ? [] : [{ change: 'verdict', was, ...now }];
  });
}

function outcomeOf(recorded: RecordedVerdict | undefined): Outcome {
  if (recorded === undefined || recorded.verdict === 'would-ask' || recorded.verdict === 'would-deny') return 'allow';
  return recorded.by === 'policy' ? 'deny' : 'ask';
}

const outcomes = { allow: 'let through', ask: 'asked about', deny: 'refused' } as const;

/** For a terminal. */
export function describeWhatIf({ exchange, mode, changes }: WhatIf, { method, host, path }: ExchangeRecord): string {
  const lines = [`${shownLine(exchange)}  ${shownLine(`${method} ${host}${path}`)}`];
  if (mode === 'observe') lines.push('  mode observe: nothing would be masked or held, only noted');
  for (const change of changes) lines.push(...describe(change));
  return lines.join('\n');
}

function describe(change: WhatIfChange): string[] {
  switch (change.change) {
    case 'mask': {
      const { side, channel, rule, severity, count, text } = change;
      return [
        `  + masked: ${shownLine(rule)} (${severity})${times(count)} in the ${side}, ${shownLine(channel)}`,
        `    │ ${shownLine(text)}`,
      ];
    }
    case 'unmask':
      return [`  - no longer masked by ${shownLine(change.rule)}${times(change.count)} in the ${change.side}`];
    case 'request': {
      const rules = change.rules.length === 0 ? '' : `, for ${change.rules.map(shownLine).join(', ')}`;
      return [`  ${change.then === 'refused' ? '+' : '-'} the request would be ${change.then}${rules}`];
    }
    case 'verdict': {
      const { was, then, kind, tool, action, reasons } = change;
      const name = tool === '' ? '' : ` ${shownLine(tool)}`;
      return [
        `  ${then === 'allow' ? '-' : '+'} ${kind === 'code' ? 'code' : 'tool call'}${name}: ${outcomes[then]}, was ${outcomes[was]}`,
        ...reasons.map(({ rule, severity, reason }) => `    ${shownLine(`${rule} (${severity}): ${reason}`)}`),
        ...shownText(action)
          .split('\n')
          .map((line) => `    │ ${line}`),
      ];
    }
  }
}

function times(count: number): string {
  return count === 1 ? '' : ` ×${count}`;
}
