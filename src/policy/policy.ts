// The policy as the program uses it: every default applied, durations in milliseconds, sizes in bytes.

import type { Provider } from './known-providers.ts';

export type Mode = 'enforce' | 'observe';
export type RequestAction = 'pass' | 'warn' | 'mask' | 'block';
export type Pack = 'secrets' | 'pii' | 'looks-like-secret';
export type RiskPlace = 'shell' | 'tool' | 'code' | 'text';
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface MaskingPolicy {
  /** `word`, `stars`, `typed`, or a template with `{rule}`, `{kind}`, `{hash}`, `{prefix}`. */
  readonly placeholder: string;
  readonly packs: readonly Pack[];
  /** Names of JSON keys besides those that the masking engine knows; `*` as wildcard; case, `-` and `_` do not count. */
  readonly keys: readonly string[];
  /** The same for environment variables. */
  readonly env: readonly string[];
  /** Known values: those of these environment variables and of `.env` files (true: those of the project folder). */
  readonly values: {
    readonly env: readonly string[];
    readonly dotenv: boolean | readonly string[];
    /** Credential files of this user. */
    readonly files: readonly ('aws' | 'npmrc' | 'netrc')[];
  };
  readonly rules: readonly CustomRule[];
  /** Texts that are never masked; `/…/flags` is a regular expression. */
  readonly allow: readonly string[];
}

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Has `regex` or `words`, never both. */
export interface CustomRule {
  readonly id: string;
  readonly regex?: string;
  readonly words?: readonly string[];
  /** Names the placeholder. Default `custom`. */
  readonly kind: string;
  readonly severity?: Severity;
  readonly placeholder?: string;
  /** Some of `imsu`. */
  readonly flags?: string;
}

export interface RiskRule {
  readonly id: string;
  /** Null: where the built-in rule of this id looks, else everywhere. */
  readonly when: readonly RiskPlace[] | null;
  /** Null: what the built-in rule of this id matches. */
  readonly match: string | { readonly [key: string]: Json } | null;
  readonly then: 'allow' | 'ask' | 'deny';
  readonly reason: string | null;
}

/** Where data may go without a question. */
export interface ApprovedPolicy {
  /** Host patterns, besides this machine. */
  readonly hosts: readonly string[];
  /** Folders and files, besides the project folder and temporary ones; `~` is the home folder. */
  readonly paths: readonly string[];
}

export interface ApprovalPolicy {
  /** Milliseconds. */
  readonly timeout: number;
  readonly onTimeout: 'deny' | 'allow';
  /** Milliseconds. */
  readonly keepAlive: number;
  /** Command and arguments, or null. */
  readonly hook: readonly string[] | null;
}

export interface SessionsPolicy {
  /** Milliseconds. */
  readonly retain: number;
  /** Bytes. */
  readonly maxSize: number;
  /** Whether originals are sealed in the vault, and for how many milliseconds. */
  readonly originals: 'never' | { readonly keep: number };
  /** When the log cannot be written. */
  readonly onFailure: 'stop' | 'continue';
}

/** A receiver of finished exchanges. */
export interface ExportTarget {
  /** `syslog+tls://HOST`, `https://…`, `otlp+https://…`: see docs/export.md. */
  readonly to: string;
  /** Null: what is usual for such a receiver. */
  readonly format: 'jsonl' | 'ocsf' | 'cef' | null;
  /** Environment variable with a webhook's secret; null: SCRIM_EXPORT_SECRET. */
  readonly secretEnv: string | null;
  /** PEM file of authorities that the receiver's certificate may come from. */
  readonly ca: string | null;
}

/** What a scope may change. */
/**
 * `auto`: a local token is replaced by the stored key, other credentials pass in proxy mode, and in gateway mode where no
 * key is stored. `client`: the client's own credential always passes. `scrim`: nothing passes without a local token.
 */
export type CredentialsChoice = 'auto' | 'client' | 'scrim';

export interface ScopedPolicy {
  readonly mode: Mode;
  readonly masking: MaskingPolicy;
  readonly requests: RequestAction;
  readonly credentials: CredentialsChoice;
  /** Added to the built-in rules; the last rule of an id wins. */
  readonly risk: readonly RiskRule[];
  readonly approved: ApprovedPolicy;
  readonly approval: ApprovalPolicy;
}

/** Each present list must have one entry that fits; see `policyFor`. */
export interface ScopeMatch {
  readonly host?: readonly string[];
  readonly provider?: readonly string[];
  readonly model?: readonly string[];
  readonly client?: readonly string[];
  readonly project?: readonly string[];
  readonly identity?: readonly string[];
  readonly group?: readonly string[];
}

export interface Policy extends ScopedPolicy {
  /** Host patterns for `matchesHost`: whose TLS is opened. */
  readonly intercept: readonly string[];
  /** Host patterns whose bodies pass unmasked when they cannot be read (P6). */
  readonly unreadable: { readonly pass: readonly string[] };
  /** The gateway's providers by name, the known ones included. */
  readonly providers: Readonly<Record<string, Provider>>;
  readonly sessions: SessionsPolicy;
  /** Live export; empty for none. */
  readonly export: readonly ExportTarget[];
  /** In the order of the file; `policy` is the outcome of laying the scope over the rest. */
  readonly scopes: readonly { readonly match: ScopeMatch; readonly policy: ScopedPolicy }[];
}
