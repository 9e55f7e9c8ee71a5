// What `scrim sessions verify` and `scrim sessions purge` do, and the key that signs the log's anchors.

import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SecretStore } from '../keychain/secret-store.ts';
import { anchorKeyOf, type AnchorKey } from '../sessions/anchor.ts';
import { countPurge, purgeLog, type PurgeSelection } from '../sessions/maintenance.ts';
import { indexFile } from '../sessions/search-index.ts';
import { openIndexer } from '../sessions/search-indexer.ts';
import { verifyExport, type ExportVerification } from '../sessions/verify-export.ts';
import { verifyLog, type Verification, type VerifyOptions } from '../sessions/verify.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';
import { placesOf, type Common } from './inspect.ts';
import { readMoment } from './period.ts';
import { searchSessions } from './search.ts';

/** A running Scrim goes on with what is left of it. */
const INDEX_MS = 60_000;

const keyName = 'log-anchor-key';

/** The key of this user's log; it is made when there is none. */
export async function openAnchorKey(secrets: SecretStore): Promise<AnchorKey> {
  let seed = await secrets.read(keyName);
  if (seed?.length !== 32) {
    seed = randomBytes(32);
    await secrets.write(keyName, seed);
  }
  return anchorKeyOf(seed);
}

function logFolder(common: Common): string {
  return join(placesOf(common).dataFolder, 'sessions');
}

export function verifyOwnLog(common: Common, options?: VerifyOptions): Promise<Verification> {
  return verifyLog(logFolder(common), options);
}

/** `file`: what `scrim sessions export --format jsonl` wrote. */
export async function verifyExportedFile(file: string): Promise<ExportVerification> {
  const stream = createReadStream(file, 'utf8');
  try {
    return await verifyExport(createInterface({ input: stream, crlfDelay: Infinity }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new CoreError('not-found', `Name a readable file of exported records: ${file} is not one.`);
  } finally {
    stream.destroy();
  }
}

export interface PurgeFlags {
  readonly before?: string;
  readonly session?: string;
  readonly query?: string;
  readonly dryRun?: boolean;
}

/** @returns how many exchanges were deleted, or would be. Throws CoreError `usage` */
export async function purgeOwnLog(common: Common, flags: PurgeFlags): Promise<number> {
  const { before, session, query } = flags;
  if (before === undefined && session === undefined && query === undefined)
    throw new CoreError(
      'usage',
      'Say what to delete with --before, --session or --query; try it with --dry-run first.',
    );
  const selection: PurgeSelection = {
    before: before === undefined ? undefined : readMoment('--before', before, systemClock.now()),
    session,
    ids: query === undefined ? undefined : found(common, query),
  };
  const folder = logFolder(common);
  if (flags.dryRun === true) return countPurge(folder, selection);
  const purged = await purgeLog({ folder, clock: systemClock }, selection);
  if (purged > 0) purgeIndex(folder);
  return purged;
}

/** The words of what was deleted stand in the index too, until it hears of it. */
function purgeIndex(folder: string): void {
  if (!existsSync(indexFile(folder))) return;
  const until = performance.now() + INDEX_MS;
  using indexer = openIndexer(folder);
  while (indexer.batch() > 0 && performance.now() < until);
}

/** All that the query finds, page by page. */
function found(common: Common, query: string): string[] {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = searchSessions(common, query, { limit: 1_000, cursor });
    for (const { id } of page.hits) ids.push(id);
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}
