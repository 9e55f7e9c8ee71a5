// scrim keys: provider keys go in and never come out; local tokens are shown once.

import { readAll } from '../core/mask-text.ts';
import { CoreError } from '../core/core-error.ts';
import { addToken, listKeys, listTokens, removeKey, revokeToken, setKey } from '../core/keys.ts';
import { askForKey } from '../core/key-stores.ts';
import { common } from './inspect.ts';
import { printJson, printLine, table, tell, type GlobalOptions } from './output.ts';

export async function keysList(global: GlobalOptions): Promise<number> {
  const { place, providers } = await listKeys(common(global));
  if (global.json === true) for (const provider of providers) printJson({ provider, place });
  else if (providers.length === 0) tell('No key is stored; scrim keys set PROVIDER stores one.');
  else for (const provider of providers) printLine(`${provider}  (${place})`);
  return 0;
}

/** From standard input, or from a prompt that does not show it: an argument would stand in the list of processes. */
export async function keysSet(provider: string, global: GlobalOptions): Promise<number> {
  const text = process.stdin.isTTY
    ? await askForKey(`Key of ${provider}: `)
    : await readAll(process.stdin as AsyncIterable<Uint8Array>);
  if (text.trim() === '') throw new CoreError('usage', 'Give the key on standard input, or type it when asked.');
  const place = await setKey(common(global), provider, text);
  if (global.json === true) printJson({ provider, place, stored: true });
  else tell(`The key of ${provider} is stored (${place}).`);
  return 0;
}

export async function keysRemove(provider: string, global: GlobalOptions): Promise<number> {
  await removeKey(common(global), provider);
  if (global.json === true) printJson({ provider, removed: true });
  else tell(`There is no key of ${provider} any more.`);
  return 0;
}

export interface TokenFlags {
  readonly provider?: string[];
  readonly model?: string[];
  readonly host?: string[];
  readonly path?: string[];
  readonly requests?: string;
  readonly tokens?: string;
  readonly expires?: string;
}

export function tokenAdd(name: string, flags: TokenFlags, global: GlobalOptions): number {
  const { id, token } = addToken(common(global), name, {
    providers: flags.provider,
    models: flags.model,
    hosts: flags.host,
    paths: flags.path,
    requests: whole(flags.requests, '--requests'),
    tokens: whole(flags.tokens, '--tokens'),
    expires: expiry(flags.expires),
  });
  if (global.json === true) printJson({ id, name, token });
  else {
    printLine(token);
    tell('Put it where the client wants its API key. It is not shown again.');
  }
  return 0;
}

export function tokenList(global: GlobalOptions): number {
  const tokens = listTokens(common(global));
  if (global.json === true) for (const token of tokens) printJson(token);
  else if (tokens.length === 0) tell('There is no local token; scrim keys token add NAME makes one.');
  else
    printLine(
      table(
        tokens.map(({ id, name, state, requests, tokens: used, lastUsed }) => [
          id,
          name ?? '-',
          state,
          `${requests} requests, ${used} tokens`,
          lastUsed === null ? 'never used' : `used ${new Date(lastUsed).toISOString()}`,
        ]),
      ),
    );
  return 0;
}

export function tokenRevoke(which: string, global: GlobalOptions): number {
  if (!revokeToken(common(global), which))
    throw new CoreError('not-found', `There is no good token "${which}"; scrim keys token list names them.`);
  if (global.json === true) printJson({ token: which, revoked: true });
  else tell(`${which} is revoked; its next request is refused.`);
  return 0;
}

function whole(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new CoreError('usage', `Give ${option} a whole number above zero.`);
  return Number(text);
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time from now on (`30m`, `8h`, `7d`), or a date. */
function expiry(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const at = unit === undefined ? Date.parse(text) : Date.now() + Number(count) * (units[unit] ?? 0);
  if (Number.isNaN(at))
    throw new CoreError('usage', 'Give --expires a time such as 8h or 7d, or a date such as 2030-01-31.');
  return at;
}
