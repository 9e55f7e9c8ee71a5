// What became of the stored keys in a run: what the provider was shown, and where they turned up.

import { routeOf } from '../../support/playback-routes.ts';
import type { ReceivedRequest } from '../../support/playback.ts';
import { filesHolding, type ClientRun } from '../../support/real-clients-process.ts';
import { accounts, type StoredKeys } from './stored-keys.ts';

export interface KeyUse {
  /** The client came with a login of its own. */
  readonly ownLogin: boolean;
  /** Requests to the model that do not show the right key, or login, and nothing else. */
  readonly wrong: readonly string[];
  /** Requests, of whatever kind, that hold a local token. */
  readonly tokens: readonly string[];
  /** Where parts of the keys turned up. */
  readonly leaks: readonly string[];
}

export interface Traces {
  readonly stored: StoredKeys;
  /** The client's own, which must pass as it came. */
  readonly login: string | undefined;
  readonly requests: readonly ReceivedRequest[];
  readonly run: ClientRun;
  /** What the client could write to, its environment among it, and Scrim's own. */
  readonly folders: readonly string[];
}

export async function keyUse({ stored, login, requests, run, folders }: Traces): Promise<KeyUse> {
  // Long enough to be no accident, short enough to find a key that was cut.
  const parts = Object.values(stored.keys).flatMap((key) => [key.slice(12, 24), key.slice(-16, -4)]);
  const holds = (text: string | Buffer) => parts.some((part) => text.includes(part));
  const files = (await Promise.all(folders.map((folder) => filesHolding(folder, parts)))).flat();
  return {
    ownLogin: login !== undefined,
    wrong: requests
      .filter(({ method, path, body }) => routeOf(method, path, body).kind === 'stream')
      .flatMap((request) => wrong(request, stored, login)),
    tokens: requests
      .filter(({ rawHeaders, path, body }) =>
        `${rawHeaders.join('\n')}\n${path}\n${body.toString()}`.includes(tokenMark),
      )
      .map(({ method, path }) => `${method} ${path}`),
    leaks: [
      ...(holds(run.out) || holds(run.err) ? ['output'] : []),
      ...requests.flatMap(({ path, body }, i) => (holds(path) || holds(body) ? [`request ${i + 1}`] : [])),
      ...files,
    ],
  };
}

const tokenMark = 'scrim_';
const fields = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'x-goog-api-key'];

function wrong({ method, path, headers }: ReceivedRequest, { keys }: StoredKeys, login: string | undefined): string[] {
  const host = String(headers['host'] ?? headers[':authority']);
  const { provider = '', header = 'authorization' } = login === undefined ? (accounts[host] ?? {}) : {};
  const value = login ?? keys[provider] ?? '';
  const wanted = `${header}: ${header === 'authorization' ? 'Bearer ' : ''}${value}`;
  const shown = fields.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${String(headers[name])}`]));
  if (shown.length === 1 && shown[0] === wanted) return [];
  const said = shown.map((line) => (line.length > 36 ? `${line.slice(0, 36)}…` : line)).join(', ');
  return [`${method} ${host}${path}: ${said === '' ? 'nothing' : said}`];
}
