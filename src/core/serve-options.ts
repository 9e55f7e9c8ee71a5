import type { ResolveRule } from '../connection/resolve-rules.ts';
import type { KeysOptions } from './key-stores.ts';

export interface Address {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Whose the terminal is: our own, shared with the command that we run, or not ours to ask on. */
export type TerminalUse = 'own' | 'shared' | 'none';

/** Starting with the session, where the shell can do it. */
export interface AutostartSwitch {
  isOn(): Promise<boolean>;
  /** Rejects with one sentence where the system does not let us. */
  set(on: boolean): Promise<void>;
}

export interface ServeOptions extends KeysOptions {
  readonly policyFile?: string | undefined;
  readonly listen: Address;
  readonly ui: Address;
  /** PEM file of authorities to trust besides the system's. */
  readonly upstreamCa?: string | undefined;
  readonly upstreamProxy?: URL | undefined;
  readonly resolve: readonly ResolveRule[];
  /** Default `none`. */
  readonly terminal?: TerminalUse;
  /** Who asks on the desktop: we ourselves, or the shell that has a tray and windows of its own. Default `own`. */
  readonly desktop?: 'own' | 'shell';
  /** Shows an icon in the desktop's panel, where there is one. Default: no. */
  readonly tray?: boolean;
  /** Of the desktop shell. */
  readonly autostart?: AutostartSwitch;
}
