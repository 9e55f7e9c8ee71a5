// The flags of `scrim serve`, checked.

import { parseResolveRule } from '../connection/resolve-rules.ts';
import { CoreError } from './core-error.ts';
import type { KeysOptions } from './key-stores.ts';
import type { Address, ServeOptions } from './serve-options.ts';

export interface ServeFlags {
  readonly listen?: string | undefined;
  readonly ui?: string | undefined;
  readonly upstreamCa?: string | undefined;
  readonly upstreamProxy?: string | undefined;
  readonly resolve?: readonly string[] | undefined;
  /** `serve` and `start` only. */
  readonly tray?: boolean;
}

interface Common extends KeysOptions {
  readonly policy?: string | undefined;
}

/** Throws CoreError `usage`. */
export function readServeOptions(flags: ServeFlags, common: Common): ServeOptions {
  return {
    dataDir: common.dataDir,
    keys: common.keys,
    keysPassphraseFd: common.keysPassphraseFd,
    policyFile: common.policy,
    env: common.env,
    listen: readAddress(flags.listen ?? '127.0.0.1:8877', '--listen'),
    ui: readAddress(flags.ui ?? '127.0.0.1:8878', '--ui'),
    upstreamCa: flags.upstreamCa,
    upstreamProxy: flags.upstreamProxy === undefined ? undefined : readProxy(flags.upstreamProxy),
    resolve: (flags.resolve ?? []).map((text) => {
      const rule = parseResolveRule(text);
      if (rule === undefined)
        throw new CoreError('usage', `Write --resolve as HOST:PORT:ADDRESS or HOST:PORT:ADDRESS:PORT, not "${text}".`);
      return rule;
    }),
  };
}

function readAddress(text: string, option: string): Address {
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new CoreError('usage', `Write ${option} as HOST:PORT, such as 127.0.0.1:8877, not "${text}".`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function readProxy(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new CoreError('usage', 'Write --upstream-proxy as a URL such as http://proxy.example:3128.');
  return url;
}
