// The certificates that clients are to believe: whole, in time, and in the stores that somebody reads.

import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthorityError } from '../../certificates/authority-error.ts';
import { incomingPath } from '../../certificates/rotation.ts';
import { loadAuthority } from '../../certificates/stored-authority.ts';
import { trustStores } from '../../trust/trust.ts';
import { trustedCertificate, type TrustedCertificate, type TrustStore } from '../../trust/trust-store.ts';
import { systemClock } from '../home.ts';
import { fixBy, notChecked, ok, problem, reasonOf, runCheck, type Check, type CheckResult } from './check.ts';
import { shown, titleOf, type DoctorContext } from './context.ts';

const day = 24 * 3_600_000;
/** Clients are given a week in a rotation; a month leaves time to notice. */
const soon = 30 * day;

const notMade = 'No authority has been made yet; the first start makes one.';

export const authorityChecks: readonly Check<DoctorContext>[] = [
  { name: 'authority', limit: 5_000, run: async (context) => [await authority(context)] },
  { name: 'clock', run: async (context) => [await clock(context)] },
  { name: 'trust', limit: 6_000, run: trust },
];

async function authority(context: DoctorContext): Promise<CheckResult> {
  const name = 'authority';
  const files = await certificateFiles(context);
  if (files.length === 0) return notChecked(name, notMade, context.scrim('run', 'ca', 'path'));
  const now = systemClock.now();
  const ends = Math.min(...files.map(({ pem }) => new X509Certificate(pem).validToDate.getTime()));
  const end = new Date(ends).toISOString().slice(0, 10);
  if (now >= ends)
    return problem(
      name,
      `The certificate ended on ${end}: no client can connect any more.`,
      context.scrim('run', 'ca', 'rotate', '--now'),
    );
  const published = await readFile(join(context.places().certificatesFolder, 'ca.pem'), 'utf8').catch(() => '');
  if (!files.every(({ pem }) => published.includes(pem.trim())))
    return problem(
      name,
      'The file ca.pem, which clients read, is not the certificate that Scrim signs with.',
      context.scrim('run', 'ca', 'path'),
    );
  const keys = await keysOf(context, files);
  if (keys !== undefined) return keys;
  if (ends - now < soon) return problem(name, `The certificate ends on ${end}.`, context.scrim('run', 'ca', 'rotate'));
  return ok(name, `The certificate is valid until ${end}, and its private key is there.`);
}

/** Undefined: every certificate has its key. */
async function keysOf(context: DoctorContext, files: readonly TrustedCertificate[]): Promise<CheckResult | undefined> {
  const stores = await context.stores().catch((error: unknown) => ({ error }));
  if ('error' in stores)
    return notChecked(
      'authority',
      `The certificate is in time; whether its key is there is not known: ${reasonOf(stores.error)}`,
    );
  if (stores.place === 'memory')
    return notChecked('authority', 'With --keys memory every run has an authority of its own.');
  for (const { path } of files) {
    try {
      await loadAuthority(path, stores.own);
    } catch (error) {
      if (!(error instanceof AuthorityError) || error.code !== 'damaged') throw error;
      return problem('authority', error.message, fixBy('run', 'rm', path));
    }
  }
  return undefined;
}

async function clock(context: DoctorContext): Promise<CheckResult> {
  const files = await certificateFiles(context);
  if (files.length === 0) return notChecked('clock', notMade);
  const now = systemClock.now();
  const begins = Math.max(...files.map(({ pem }) => new X509Certificate(pem).validFromDate.getTime()));
  const startedAt = (await context.instance())?.startedAt ?? 0;
  // A certificate is valid from a day before it was made.
  if (now >= begins && now >= startedAt - day) return ok('clock', "The clock is within the certificate's time.");
  return problem(
    'clock',
    `The clock says ${new Date(now).toISOString().slice(0, 10)}, which is before the certificate was made.`,
    setClock[context.machine.platform],
  );
}

const setClock = {
  linux: fixBy('run', 'sudo', 'timedatectl', 'set-ntp', 'true'),
  darwin: fixBy('run', 'sudo', 'sntp', '-sS', 'time.apple.com'),
  win32: fixBy('run', 'w32tm', '/resync'),
};

/** Of what signs now and of what waits to follow it. Their keys are not needed. */
async function certificateFiles(context: DoctorContext): Promise<TrustedCertificate[]> {
  const { certificatesFolder: folder } = context.places();
  const paths = ['known-providers.pem', 'added-hosts.pem'].flatMap((name) => {
    const path = join(folder, name);
    return [path, incomingPath(path)];
  });
  const read = await Promise.all(
    paths.map(async (path) => ({ path, pem: await readFile(path, 'utf8').catch(() => undefined) })),
  );
  return read.flatMap(({ path, pem }) => (pem === undefined ? [] : [trustedCertificate(path, pem)]));
}

/** Editors take their roots from the system, not from a settings file; so does what follows the desktop's proxy. */
const readsSystemStore: ReadonlySet<string> = new Set([
  ...['vscode', 'vscode-insiders', 'vscodium', 'cursor', 'windsurf'],
  'system',
]);
const systemStores: ReadonlySet<string> = new Set(['system', 'keychain', 'windows']);

async function trust(context: DoctorContext): Promise<readonly CheckResult[]> {
  const certificates = await certificateFiles(context);
  if (certificates.length === 0) return [notChecked('trust', notMade)];
  const { machine } = context;
  const env = { ...machine, certificates, folder: context.places().certificatesFolder, root: '/' };
  const needing = (await context.clients())
    .filter(({ client, status }) => readsSystemStore.has(client.id) && status !== 'absent' && status !== 'not-captured')
    .map(({ client }) => titleOf(client.id));
  const found = await Promise.all(
    (await trustStores(env)).map((store) => {
      const check: Check<DoctorContext> = {
        name: nameOf(store),
        limit: 4_000,
        run: async () => [await storeResult(store, systemStores.has(store.id) ? needing : [], context)],
      };
      return runCheck(check, context);
    }),
  );
  return found.flat();
}

async function storeResult(
  store: TrustStore,
  needing: readonly string[],
  context: DoctorContext,
): Promise<CheckResult> {
  const name = nameOf(store);
  const status = await store.status();
  const [client] = needing;
  const install = context.scrim('run', 'ca', 'install');
  const where = store.id.startsWith('nss:') ? `${store.title} (${shown(context, store.id.slice(4))})` : store.title;
  switch (status.is) {
    case 'trusted':
      return ok(name, `${where}: the certificate is trusted.`);
    case 'outdated':
      return problem(name, `${where}: another certificate of Scrim is trusted than the one in use.`, install);
    case 'not-trusted':
      if (client !== undefined)
        return problem(name, `${client} takes its roots from the system, and ours is not among them.`, install);
      return notChecked(name, `${where}: not trusted, and no client that is set up needs it.`);
    case 'unavailable':
      if (client !== undefined) return problem(name, `${client} takes its roots from the system. ${status.hint}`);
      return notChecked(name, status.hint);
  }
}

function nameOf({ id }: TrustStore): string {
  return `trust ${id.split(':')[0] ?? ''}`;
}
