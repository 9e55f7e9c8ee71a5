// From the file as written to the policy as used.

import { knownHosts, knownProviders, type Provider } from './known-providers.ts';
import type {
  ApprovalPolicy,
  CustomRule,
  MaskingPolicy,
  Policy,
  RiskRule,
  ScopedPolicy,
  ScopeMatch,
} from './policy.ts';
import type { PolicyFile } from './schema.ts';
import { parseDuration, parseSize } from './units.ts';

type Written<K extends keyof PolicyFile> = NonNullable<PolicyFile[K]>;
type WrittenScope = Written<'scopes'>[number];

const second = 1_000;
const day = 86_400 * second;

const builtInMasking: MaskingPolicy = {
  placeholder: 'word',
  packs: ['secrets'],
  // Not the list of what is masked: the masking engine knows the usual names itself, and what ends alike but is harmless.
  keys: [],
  env: [],
  values: { env: [], dotenv: false, files: [] },
  rules: [],
  allow: [],
};

const builtInApproval: ApprovalPolicy = { timeout: 60 * second, onTimeout: 'deny', keepAlive: 10 * second, hook: null };

/** `file` has passed the schema. An empty file gives the built-in policy. */
export function resolvePolicy(file: PolicyFile): Policy {
  const scoped = layOver(
    {
      mode: 'enforce',
      masking: builtInMasking,
      requests: 'pass',
      credentials: 'auto',
      risk: [],
      approved: { hosts: [], paths: [] },
      approval: builtInApproval,
    },
    file,
  );
  return {
    ...scoped,
    intercept: (file.intercept ?? ['default']).flatMap((host) => (host === 'default' ? knownHosts : [host])),
    unreadable: { pass: file.unreadable?.pass ?? [] },
    providers: { ...knownProviders, ...providers(file.providers ?? {}) },
    sessions: {
      retain: duration(file.sessions?.retain, 30 * day),
      maxSize: parseSize(file.sessions?.['max-size'] ?? '') ?? 2 * 1024 ** 3,
      originals: originals(file.sessions?.originals ?? 'never'),
      onFailure: file.sessions?.['on-failure'] ?? 'stop',
    },
    export: (file.export ?? []).map((target) => ({
      to: target.to,
      format: target.format ?? null,
      secretEnv: target['secret-env'] ?? null,
      ca: target.ca ?? null,
    })),
    scopes: (file.scopes ?? []).map((scope) => ({ match: scopeMatch(scope.match), policy: layOver(scoped, scope) })),
  };
}

/** Single values override, lists add. */
function layOver(below: ScopedPolicy, above: Omit<WrittenScope, 'match'>): ScopedPolicy {
  return {
    mode: above.mode ?? below.mode,
    masking: layMasking(below.masking, above.masking ?? {}),
    requests: above.requests ?? below.requests,
    credentials: above.credentials ?? below.credentials,
    risk: [...below.risk, ...(above.risk ?? []).map(riskRule)],
    approved: {
      hosts: [...below.approved.hosts, ...(above.approved?.hosts ?? [])],
      paths: [...below.approved.paths, ...(above.approved?.paths ?? [])],
    },
    approval: {
      timeout: duration(above.approval?.timeout, below.approval.timeout),
      onTimeout: above.approval?.['on-timeout'] ?? below.approval.onTimeout,
      keepAlive: duration(above.approval?.['keep-alive'], below.approval.keepAlive),
      hook: above.approval?.hook ?? below.approval.hook,
    },
  };
}

function layMasking(below: MaskingPolicy, above: Written<'masking'>): MaskingPolicy {
  const dotenv = above.values?.dotenv ?? below.values.dotenv;
  return {
    placeholder: above.placeholder ?? below.placeholder,
    // The one list that replaces: packs have to be possible to turn off.
    packs: above.packs ?? below.packs,
    keys: [...below.keys, ...(above.keys ?? [])],
    env: [...below.env, ...(above.env ?? [])],
    values: {
      env: [...below.values.env, ...(above.values?.env ?? [])],
      dotenv,
      files: [...new Set([...below.values.files, ...(above.values?.files ?? [])])],
    },
    rules: [...below.rules, ...(above.rules ?? []).map(customRule)],
    allow: [...below.allow, ...(above.allow ?? [])],
  };
}

/** A rule as the masking engine takes it. */
export function customRule(rule: NonNullable<Written<'masking'>['rules']>[number]): CustomRule {
  return {
    id: rule.id,
    kind: rule.kind ?? 'custom',
    ...(rule.regex === undefined ? {} : { regex: rule.regex }),
    ...(rule.words === undefined ? {} : { words: rule.words }),
    ...(rule.severity === undefined ? {} : { severity: rule.severity }),
    ...(rule.placeholder === undefined ? {} : { placeholder: rule.placeholder }),
    ...(rule.flags === undefined ? {} : { flags: rule.flags }),
  };
}

/** A rule as the risk engine takes it. */
export function riskRule(rule: Written<'risk'>[number]): RiskRule {
  return {
    id: rule.id,
    when: rule.when === undefined ? null : list(rule.when),
    match: rule.match ?? null,
    then: rule.then,
    reason: rule.reason ?? null,
  };
}

function providers(written: Written<'providers'>): Record<string, Provider> {
  return Object.fromEntries(
    Object.entries(written).map(([name, entry]) => {
      const full = typeof entry === 'string' ? { 'base-url': entry } : entry;
      return [name, { baseUrl: full['base-url'].replace(/\/+$/, ''), dialect: full.dialect ?? knownDialect(name) }];
    }),
  );
}

function knownDialect(name: string): Provider['dialect'] {
  return Object.hasOwn(knownProviders, name) ? (knownProviders[name]?.dialect ?? null) : null;
}

function scopeMatch(match: WrittenScope['match']): ScopeMatch {
  return Object.fromEntries(Object.entries(match).map(([key, value]) => [key, list(value)]));
}

/** A length that cannot be read keeps nothing. */
function originals(written: NonNullable<Written<'sessions'>['originals']>): Policy['sessions']['originals'] {
  const keep = written === 'never' ? undefined : parseDuration(written.keep);
  return keep === undefined ? 'never' : { keep };
}

function list<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

function duration(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
}
