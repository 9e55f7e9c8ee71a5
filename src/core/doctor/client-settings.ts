// What a client's own settings say about proxy and certificate, as they stand in its files now.

import type { Change, Edit } from '../../capture/change.ts';
import type { ClientSetup } from '../../capture/client-setup.ts';
import { allRecords } from '../../capture/journal.ts';
import { holds } from '../../capture/layers.ts';
import { readTarget, type SetupContext } from '../../capture/target-content.ts';

export interface ClientSettings {
  /** May hold a local token: not to be shown. */
  readonly proxies: readonly string[];
  /** Base URLs. */
  readonly gateways: readonly string[];
  /** Files of roots, whether they add or replace. */
  readonly roots: readonly string[];
}

const proxyNames: ReadonlySet<string> = new Set([
  ...['HTTPS_PROXY', 'https-proxy', 'httpsProxy', 'http.proxy', 'proxy'],
]);
const rootNames: ReadonlySet<string> = new Set([
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'cafile', 'sslCAInfo', 'cert', 'caBundlePath'],
]);

/** Of what Scrim wrote, the part that is still there. */
export async function clientSettings(context: SetupContext, client: ClientSetup): Promise<ClientSettings> {
  const recorded = (await allRecords(context)).flatMap(({ target, layers }) =>
    layers.filter((layer) => layer.client === client.id).map(({ edit }): Change => ({ target, edit })),
  );
  const changes = recorded.length > 0 ? recorded : await client.plan(context.env);
  const held = await Promise.all(
    changes.map(async (change) => (holds(change, await readTarget(context, change.target)) ? [change.edit] : [])),
  );
  const pairs = held.flat().flatMap(pairsOf);
  const valuesOf = (names: ReadonlySet<string>) => [
    ...new Set(pairs.filter(([name]) => names.has(name)).map(([, value]) => value)),
  ];
  return {
    proxies: valuesOf(proxyNames),
    gateways: [...new Set(pairs.filter(([name]) => /base_?url$/i.test(name)).map(([, value]) => value))],
    roots: valuesOf(rootNames),
  };
}

type Pair = readonly [name: string, value: string];

function pairsOf(edit: Edit): Pair[] {
  switch (edit.format) {
    case 'block':
      return edit.lines.flatMap(pairsInLine);
    case 'options': {
      const { PROXY_HOST: host, PROXY_PORT: port } = edit.options;
      return host === undefined ? [] : [['proxy', `http://${host}:${port ?? '80'}`]];
    }
    case 'json':
    case 'yaml':
    case 'ini':
      return edit.settings.flatMap((setting): Pair[] =>
        'items' in setting
          ? setting.items.map((item): Pair => [item.split('=', 1)[0] ?? '', item.slice(item.indexOf('=') + 1)])
          : [[setting.path.at(-1) ?? '', String(setting.value)]],
      );
    case 'value':
      return [];
  }
}

/** As shells, `.env` files, git and npm have it: `NAME=value` with or without quotes; fish's `'NAME=value'` and `set -gx NAME 'value'`. */
function pairsInLine(line: string): Pair[] {
  const pairs = /'([A-Za-z][\w.-]*)=([^']*)'|([A-Za-z][\w.-]*)(?:\s*=\s*|\s+(?='))(?:'([^']*)'|"([^"]*)"|([^\s'"]+))/g;
  return [...line.matchAll(pairs)].map(([, whole, inside, name, single, double, bare]): Pair => [
    whole ?? name ?? '',
    inside ?? single ?? double ?? bare ?? '',
  ]);
}
