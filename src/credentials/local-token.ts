// Local tokens: what a client holds instead of a key. Worth nothing elsewhere, and here only what their scope says.

import { createHash, randomBytes } from 'node:crypto';
import { matchesHost } from '../policy/hosts.ts';
import { decoded } from './percent-decoding.ts';

/** 32 random bytes in base64url. The prefix lets people and scanners tell it from a key. */
const shape = /(?<![A-Za-z0-9_-])scrim_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g;

export function newLocalToken(): string {
  return `scrim_${randomBytes(32).toString('base64url')}`;
}

export function findLocalTokens(text: string): string[] {
  return text.includes('scrim_') ? (text.match(shape) ?? []) : [];
}

/** All that is kept of it. 256 random bits need no slow hash. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What is absent is not limited. */
export interface TokenScope {
  readonly providers?: readonly string[] | undefined;
  /** `*` stands for any characters. */
  readonly models?: readonly string[] | undefined;
  /** Host patterns as in the policy. */
  readonly hosts?: readonly string[] | undefined;
  /** Of the path at the provider, without its query: `/v1/chat/completions`, `/v1/*`. */
  readonly paths?: readonly string[] | undefined;
  /** How many requests, in all. */
  readonly requests?: number | undefined;
  /** How many tokens of the model, in and out, in all. A request under way is not cut: the next one is refused. */
  readonly tokens?: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly expires?: number | undefined;
}

export interface TokenUse {
  readonly provider: string | undefined;
  readonly model: string | undefined;
  readonly host: string;
  readonly port: number;
  /** At the provider, with its query. */
  readonly path: string;
}

export type ScopeRefusal = 'expired' | 'provider' | 'model' | 'host' | 'path';

/** What the scope does not allow, or undefined. What it limits and what is not known is not allowed. */
export function outsideScope(scope: TokenScope, use: TokenUse, now: number): ScopeRefusal | undefined {
  if (scope.expires !== undefined && now >= scope.expires) return 'expired';
  if (scope.providers !== undefined && !(use.provider !== undefined && scope.providers.includes(use.provider)))
    return 'provider';
  if (scope.hosts !== undefined && !matchesHost(scope.hosts)(use.host, use.port)) return 'host';
  if (scope.paths !== undefined && !allowsPath(scope.paths, use.path)) return 'path';
  if (scope.models !== undefined && !(use.model !== undefined && matchesAny(scope.models, use.model))) return 'model';
  return undefined;
}

/** SECURITY: a path that its server would read as another one (`/v1/chat/../files`) is outside every pattern. */
function allowsPath(patterns: readonly string[], path: string): boolean {
  const bare = path.split('?', 1)[0] ?? '';
  if (
    decoded(bare)
      .split(/[/\\]/)
      .some((segment) => segment === '.' || segment === '..')
  )
    return false;
  return matchesAny(patterns, bare);
}

/** Without a regular expression: many stars would make one slow. */
function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const [first = '', ...rest] = pattern.split('*');
    const last = rest.pop();
    if (last === undefined) return text === pattern;
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= text.length - last.length;
  });
}
