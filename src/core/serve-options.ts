import type { ResolveRule } from '../connection/resolve-rules.ts';

export interface Address {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface ServeOptions {
  readonly dataDir?: string | undefined;
  readonly policyFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly listen: Address;
  readonly ui: Address;
  /** PEM file of authorities to trust besides the system's. */
  readonly upstreamCa?: string | undefined;
  readonly upstreamProxy?: URL | undefined;
  readonly resolve: readonly ResolveRule[];
  /** Where a person can be asked, if there is a terminal. */
  readonly terminal?: TerminalStreams | undefined;
}
