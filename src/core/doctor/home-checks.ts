// Scrim's own folder, its policy and its log.

import { constants } from 'node:fs';
import { access, lstat, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { logFile } from '../../sessions/database.ts';
import { SessionsError } from '../../sessions/errors.ts';
import type { Locations } from '../../settings/locations.ts';
import { checkPolicy, openLog } from '../inspect.ts';
import { fixBy, ok, problem, reasonOf, type Check, type CheckResult } from './check.ts';
import { shown, type DoctorContext } from './context.ts';

/** A day of log, and room for the database to tidy up: below it an exchange may have to be refused. */
const minFree = 200 * 1024 * 1024;
/** Entries whose rights are looked at. */
const maxEntries = 2_000;
/** What is public in Scrim's folder. */
const publicFolder = 'certificates';

export const homeChecks: readonly Check<DoctorContext>[] = [
  { name: 'data folder', run: async (context) => [await dataFolder(context)] },
  { name: 'disk space', run: async (context) => [await diskSpace(context)] },
  { name: 'policy', run: async (context) => [await policy(context)] },
  { name: 'log', run: (context) => Promise.resolve([log(context)]) },
];

async function dataFolder(context: DoctorContext): Promise<CheckResult> {
  const name = 'data folder';
  let places: Locations;
  try {
    places = context.places();
  } catch (error) {
    return problem(name, reasonOf(error));
  }
  const { dataFolder: folder } = places;
  const isWritable = await access(folder, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return problem(name, `You may not write to ${shown(context, folder)}.`, fixBy('run', 'chmod', '700', folder));
  if (process.platform === 'win32') return ok(name, `${folder} can be written to.`);
  const { userId } = context.machine;
  const open = await openToOthers(folder, userId);
  const [first] = open;
  if (first === undefined) return ok(name, `${shown(context, folder)} is yours alone.`);
  const others = open.length === 1 ? '' : ` and ${open.length - 1} more`;
  if (first.isForeign)
    return problem(
      name,
      `${shown(context, first.path)}${others} belong${open.length === 1 ? 's' : ''} to another user.`,
      fixBy('run', 'sudo', 'chown', '-R', String(userId), folder),
    );
  return problem(
    name,
    `Others on this machine can get at ${shown(context, first.path)}${others}.`,
    fixBy('run', 'chmod', '-R', 'go-rwx', folder),
  );
}

/** What others may read, write or enter, or own; the folder itself first. */
async function openToOthers(
  folder: string,
  userId: number | undefined,
): Promise<{ readonly path: string; readonly isForeign: boolean }[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = [folder, ...names.filter((name) => !name.startsWith(publicFolder)).map((name) => join(folder, name))];
  const found = await Promise.all(
    paths.slice(0, maxEntries).map(async (path) => {
      // Gone in the meantime: nobody's.
      const stats = await lstat(path).catch(() => undefined);
      if (stats === undefined || stats.isSymbolicLink()) return [];
      const isForeign = userId !== undefined && stats.uid !== userId;
      return isForeign || (stats.mode & 0o077) !== 0 ? [{ path, isForeign }] : [];
    }),
  );
  // A file that everybody may read is out of reach where nobody else may enter the folder.
  const open = found.flat();
  const isClosed = !open.some(({ path }) => path === folder);
  return isClosed ? open.filter(({ path, isForeign }) => isForeign || path.startsWith(join(folder, 'secrets'))) : open;
}

async function diskSpace(context: DoctorContext): Promise<CheckResult> {
  const { dataFolder: folder } = context.places();
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const amount = free >= 1e9 ? `${Math.floor(free / 1e9)} GB` : `${Math.floor(free / 1e6)} MB`;
  if (free >= minFree) return ok('disk space', `${amount} are free where the log grows.`);
  return problem(
    'disk space',
    `Only ${amount} are free at ${shown(context, folder)}: without room for the log, exchanges are refused.`,
    fixBy('yourself', 'du', '-sh', folder),
  );
}

async function policy(context: DoctorContext): Promise<CheckResult> {
  const { policyFile } = context.places();
  const isThere = await stat(policyFile).catch(() => undefined);
  if (isThere === undefined) return ok('policy', 'There is no policy file: the built-in policy is in force.');
  const { problems } = await checkPolicy(context.common, policyFile);
  const [first] = problems;
  if (first === undefined) return ok('policy', `${shown(context, policyFile)} is valid.`);
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  const { env } = context.common;
  const chosen = [env['VISUAL'], env['EDITOR']].find((each) => each !== undefined && each.trim() !== '');
  const usual = process.platform === 'win32' ? 'notepad' : 'vi';
  // May hold options: `code --wait`.
  const [editor = usual, ...options] = chosen?.trim().split(/\s+/) ?? [];
  return problem(
    'policy',
    `${shown(context, policyFile)}:${first.line}:${first.column}: ${first.message}${more}`,
    fixBy('run', editor, ...options, policyFile),
  );
}

function log(context: DoctorContext): CheckResult {
  const logFolder = join(context.places().dataFolder, 'sessions');
  try {
    const sessions = openLog(context.common).sessions({ limit: 1 });
    return ok('log', sessions.length === 0 ? 'The log is empty so far.' : 'The log can be read.');
  } catch (error) {
    const file = logFile(logFolder);
    const isDamaged = error instanceof SessionsError && error.code === 'damaged';
    return problem('log', reasonOf(error), fixBy('run', ...(isDamaged ? movedAway(file) : closedToOthers(file))));
  }
}

const movedAway = (file: string): readonly [string, ...string[]] => ['mv', file, `${file}.damaged`];
const closedToOthers = (file: string): readonly [string, ...string[]] => ['chmod', '600', file];
