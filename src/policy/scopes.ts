// Which policy an exchange is under: the first scope that matches it, or the file's own.

import { matchesHost } from './hosts.ts';
import type { Policy, ScopedPolicy, ScopeMatch } from './policy.ts';

/** What is known about an exchange. Absent facts match no scope that asks for them. */
export interface ExchangeFacts {
  readonly host: string;
  readonly port: number;
  readonly provider?: string;
  readonly model?: string;
  readonly client?: string;
  /** Absolute path of the project folder or a folder below it. */
  readonly project?: string;
  readonly identity?: string;
  readonly groups?: readonly string[];
}

/** `home`: what `~` in a project pattern stands for. Compiled once per policy; the answer is one of its own objects. */
export function policyFor(policy: Policy, home: string): (facts: ExchangeFacts) => ScopedPolicy {
  const scopes = policy.scopes.map((scope) => ({ fits: compile(scope.match, home), policy: scope.policy }));
  return (facts) => scopes.find((scope) => scope.fits(facts))?.policy ?? policy;
}

function compile(match: ScopeMatch, home: string): (facts: ExchangeFacts) => boolean {
  const tests: ((facts: ExchangeFacts) => boolean)[] = [];
  if (match.host !== undefined) {
    const host = matchesHost(match.host);
    tests.push((facts) => host(facts.host, facts.port));
  }
  if (match.project !== undefined) {
    const folder = anyOf(match.project.map((pattern) => folderShape(pattern, home)));
    tests.push((facts) => facts.project !== undefined && folder(withSlashes(facts.project)));
  }
  if (match.group !== undefined) {
    const group = anyOf(match.group.map(shape));
    tests.push((facts) => (facts.groups ?? []).some(group));
  }
  for (const key of ['provider', 'model', 'client', 'identity'] as const) {
    const patterns = match[key];
    if (patterns === undefined) continue;
    const fits = anyOf(patterns.map(shape));
    tests.push((facts) => {
      const fact = facts[key];
      return fact !== undefined && fits(fact);
    });
  }
  return (facts) => tests.every((test) => test(facts));
}

function anyOf(shapes: readonly RegExp[]): (text: string) => boolean {
  return (text) => shapes.some((each) => each.test(text));
}

/** A star stands for any characters; case does not matter. */
function shape(pattern: string): RegExp {
  return new RegExp(`^${pattern.split(/\*+/).map(escaped).join('.*')}$`, 'is');
}

/** A star stands for any characters but the slash, `**` for those too; folders below a matching one match. */
function folderShape(pattern: string, home: string): RegExp {
  const path = withSlashes(pattern)
    .replace(/^~(?=\/|$)/, () => withSlashes(home))
    .replace(/\/+$/, '');
  const source = path
    .split(/(\*+)/)
    .map((part) => (part === '*' ? '[^/]*' : part.startsWith('**') ? '.*' : escaped(part)));
  return new RegExp(`^${source.join('')}(?:/|$)`, 's');
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
