// What a change of the policy turns off or lets through, in sentences for the person who is about to save it.
// Longer than most files: one sentence for each way in which a policy can become weaker.

import type { PolicyWeakening } from '../contract/policy.ts';
import { matchesHost, parseHostPattern } from '../policy/hosts.ts';
import type { MaskingPolicy, Policy, RiskRule, ScopedPolicy, ScopeMatch } from '../policy/policy.ts';
import { builtInRules } from '../risk/risk.ts';

/** At most 40, worst matters first; empty where the new policy protects as well as the old one. */
export function weakeningsOf(before: Policy, after: Policy): PolicyWeakening[] {
  const found: PolicyWeakening[] = [...ofScoped(before, after), ...ofWhole(before, after)].map((what) => ({ what }));
  for (const { match, policy } of after.scopes) {
    // A scope that is new is held against what counted there until now, as far as that can be told.
    const old = before.scopes.find((scope) => isSame(scope.match, match))?.policy ?? before;
    const own = ofScoped(old, policy).filter((what) => !found.some((each) => each.what === what));
    found.push(...own.map((what) => ({ what, scope: wordsOf(match) })));
  }
  for (const { match, policy } of before.scopes) {
    if (after.scopes.some((scope) => isSame(scope.match, match))) continue;
    const gone = ofScoped(policy, after).filter((what) => !found.some((each) => each.what === what));
    found.push(...gone.map((what) => ({ what, scope: wordsOf(match) })));
  }
  return found.slice(0, 40);
}

function ofScoped(before: ScopedPolicy, after: ScopedPolicy): string[] {
  return [
    ...(before.mode === 'enforce' && after.mode === 'observe'
      ? ['Nothing is masked and nothing is asked any more: Scrim only observes.']
      : []),
    ...ofMasking(before.masking, after.masking),
    ...ofRequests(before, after),
    ...ofRisk(before.risk, after.risk),
    ...more(before.approved.hosts, after.approved.hosts, (hosts) => `Data may be sent to ${hosts} without a question.`),
    ...more(
      before.approved.paths,
      after.approved.paths,
      (paths) => `Files may be written to ${paths} without a question, secrets included.`,
    ),
    ...(before.approval.onTimeout === 'deny' && after.approval.onTimeout === 'allow'
      ? ['What nobody answers in time is let through.']
      : []),
    ...(after.approval.hook !== null && !isSame(before.approval.hook, after.approval.hook)
      ? [`The command "${after.approval.hook.join(' ')}" may answer questions for you.`]
      : []),
    ...(before.credentials === 'scrim' && after.credentials !== 'scrim'
      ? ['Clients may use credentials of their own, without a local token.']
      : []),
  ];
}

const packs = {
  secrets: 'Secrets are no longer found by their format or their name',
  pii: 'Personal data is no longer masked',
  'looks-like-secret': 'What looks like a secret is no longer reviewed',
} as const;

function ofMasking(before: MaskingPolicy, after: MaskingPolicy): string[] {
  const wordsGone = before.rules.flatMap(({ id, words = [] }) => {
    const now = after.rules.find((rule) => rule.id === id)?.words;
    return now === undefined ? [] : words.filter((word) => !now.includes(word)).map(() => id);
  });
  const patterns = (allow: readonly string[]): string[] => allow.filter((entry) => /^\/.+\/[a-z]*$/s.test(entry));
  return [
    ...before.packs
      .filter((pack) => !after.packs.includes(pack))
      .map((pack) => `${packs[pack]}: the pack "${pack}" is off.`),
    ...more(after.keys, before.keys, (names) => `Values under the key ${names} are no longer masked.`),
    ...more(after.env, before.env, (names) => `Values of the variable ${names} are no longer masked.`),
    ...more(after.values.env, before.values.env, (names) => `What ${names} holds is no longer masked everywhere.`),
    ...more(
      after.values.files,
      before.values.files,
      (names) => `What stands in ${names} is no longer masked everywhere.`,
    ),
    ...(before.values.dotenv !== false && after.values.dotenv === false
      ? ['Values of .env files are no longer masked.']
      : []),
    ...more(after.rules.map(idOf), before.rules.map(idOf), (ids) => `Your masking rule ${ids} is gone.`),
    ...[...new Set(wordsGone)].map((id) => `Your masking rule "${id}" knows fewer words.`),
    ...more(
      patterns(before.allow),
      patterns(after.allow),
      (entries) => `Whatever matches ${entries} is no longer masked.`,
    ),
  ];
}

const requestOrder = ['pass', 'warn', 'mask', 'block'] as const;

function ofRequests(before: ScopedPolicy, after: ScopedPolicy): string[] {
  if (requestOrder.indexOf(after.requests) >= requestOrder.indexOf(before.requests)) return [];
  if (after.requests === 'mask') return ['Requests with secrets are sent, masked, instead of refused.'];
  return before.requests === 'warn'
    ? ['Secrets in requests are no longer told of.']
    : ['Secrets in requests reach the provider unmasked.'];
}

const strength = { allow: 0, ask: 1, deny: 2 } as const;
const nowDone = { allow: 'is let through without a question', ask: 'is asked about instead of denied' } as const;

function ofRisk(before: readonly RiskRule[], after: readonly RiskRule[]): string[] {
  const last = (rules: readonly RiskRule[], id: string): RiskRule | undefined =>
    rules.findLast((rule) => rule.id === id);
  const found: string[] = [];
  for (const { id, then: builtIn, reason } of builtInRules) {
    const [old, now] = [last(before, id), last(after, id)];
    const [was, is] = [old?.then ?? builtIn, now?.then ?? builtIn];
    if (strength[is] < strength[was]) found.push(`"${id}" ${nowDone[is as 'allow' | 'ask']}: ${lowerFirst(reason)}`);
    else if (now !== undefined && is !== 'allow' && now.match !== null && !isSame(old?.match, now.match))
      found.push(`The built-in rule "${id}" speaks only about what you wrote.`);
  }
  const builtIn = new Set(builtInRules.map(({ id }) => id));
  const own = (rules: readonly RiskRule[]): RiskRule[] =>
    [...new Set(rules.map(idOf))].flatMap((id) => (builtIn.has(id) ? [] : (last(rules, id) ?? [])));
  for (const old of own(before)) {
    const now = last(after, old.id);
    if (old.then === 'allow') continue;
    if (now === undefined) found.push(`Your rule "${old.id}" is gone: what it matched is no longer ${done[old.then]}.`);
    else if (strength[now.then] < strength[old.then]) found.push(`Your rule "${old.id}" now ${says[now.then]}.`);
  }
  for (const now of own(after)) {
    const old = last(before, now.id);
    const isNew = old?.then !== 'allow' || !isSame([old.match, old.when], [now.match, now.when]);
    const isTold = old !== undefined && old.then !== 'allow';
    if (now.then === 'allow' && isNew && !isTold)
      found.push(`"${now.id}" lets through what it matches, without a question.`);
  }
  return found;
}

const done = { ask: 'asked about', deny: 'denied' } as const;
const says = { allow: 'lets through what it matches', ask: 'asks instead of denying', deny: 'denies' } as const;

function ofWhole(before: Policy, after: Policy): string[] {
  const isRead = matchesHost(after.intercept);
  const unread = before.intercept.filter((host) => !after.intercept.includes(host) && !isCovered(host, isRead));
  const { sessions: was } = before;
  const { sessions: is } = after;
  return [
    ...more([], unread, (hosts) => `Traffic to ${hosts} passes unread.`),
    ...more(
      before.unreadable.pass,
      after.unreadable.pass,
      (hosts) => `Bodies of ${hosts} that cannot be read pass unmasked.`,
    ),
    ...Object.entries(after.providers).flatMap(([name, { baseUrl }]) => {
      const old = before.providers[name]?.baseUrl;
      return old === undefined || old === baseUrl ? [] : [`The gateway path /${name} leads to ${baseUrl}.`];
    }),
    ...more(
      before.export.map(({ to }) => to),
      after.export.map(({ to }) => to),
      (to) => `Each finished exchange is sent to ${to}, masked.`,
    ),
    ...(was.onFailure === 'stop' && is.onFailure === 'continue' ? ['Traffic goes on when it cannot be recorded.'] : []),
    ...(was.originals === 'never' && is.originals !== 'never' ? ['What is masked is kept for a while, sealed.'] : []),
    ...(is.retain < was.retain ? [`Exchanges older than ${daysOf(is.retain)} are deleted from the log.`] : []),
    ...(is.maxSize < was.maxSize ? ['The log keeps less: its oldest exchanges are deleted.'] : []),
  ];
}

/** A pattern is covered where a host that it stands for is. */
function isCovered(pattern: string, isRead: (host: string, port: number) => boolean): boolean {
  const parsed = parseHostPattern(pattern);
  return parsed === undefined || isRead(parsed.host.replaceAll('*', 'any'), parsed.port ?? 443);
}

/** One sentence about what is in `after` and not in `before`: up to four by name. */
function more(before: readonly string[], after: readonly string[], say: (names: string) => string): string[] {
  const added = [...new Set(after)].filter((each) => !before.includes(each));
  if (added.length === 0) return [];
  const named = added.slice(0, 4).map((each) => (each.length > 80 ? `${each.slice(0, 79)}…` : each));
  const rest = added.length - named.length;
  const all = rest > 0 ? [...named, `${rest} more`] : named;
  return [say(all.length === 1 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1) ?? ''}`)];
}

function wordsOf(match: ScopeMatch): string {
  return Object.entries(match)
    .map(([key, values]) => `${key} ${(values as readonly string[]).join(' or ')}`)
    .join(', ');
}

function daysOf(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  return hours >= 48 ? `${Math.round(hours / 24)} days` : `${hours} hours`;
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
