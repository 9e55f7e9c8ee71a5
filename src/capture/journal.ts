// What Scrim changed outside its own folder, noted before it is done: what was there, and whose part was laid over it. One file for
// each target, since several clients may share one (a shell profile).

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Edit, Target } from './change.ts';
import { SetupError } from './setup-error.ts';
import { nameOf, replaceFile, type SetupContext } from './target-content.ts';

const targetSchema = z.union([
  z.object({ kind: z.literal('file'), path: z.string() }),
  z.object({ kind: z.literal('setting'), store: z.enum(['gsettings', 'networksetup', 'registry']), key: z.string() }),
]) satisfies z.ZodType<Target>;

const settingSchema = z.union([
  z.object({ path: z.array(z.string()), value: z.union([z.string(), z.boolean()]) }),
  z.object({ path: z.array(z.string()), items: z.array(z.string()) }),
]);

const editSchema = z.discriminatedUnion('format', [
  z.object({
    format: z.literal('block'),
    mark: z.string(),
    lines: z.array(z.string()),
    beforeSections: z.boolean().exactOptional(),
  }),
  z.object({ format: z.enum(['json', 'yaml', 'ini']), settings: z.array(settingSchema) }),
  z.object({ format: z.literal('options'), component: z.string(), options: z.record(z.string(), z.string()) }),
  z.object({ format: z.literal('value'), value: z.string() }),
]) satisfies z.ZodType<Edit>;

const recordSchema = z.object({
  version: z.literal(1),
  target: targetSchema,
  /** What was there without us, Base64; null: nothing. */
  base: z.string().nullable(),
  /** SHA-256 of every content that is `base` with some of our parts: before and after the last step. */
  known: z.array(z.string()),
  /** Whose part is there, in the order in which they were laid over the base. */
  layers: z.array(z.object({ client: z.string(), edit: editSchema })),
  /** Folders that we made, the deepest first. */
  madeFolders: z.array(z.string()),
});

export type TargetRecord = z.infer<typeof recordSchema>;

export async function readRecord(context: SetupContext, target: Target): Promise<TargetRecord | undefined> {
  return await readRecordFile(context, recordPath(context, target));
}

/** Every target that is changed now. */
export async function allRecords(context: SetupContext): Promise<TargetRecord[]> {
  const names = await context.files.readdir(folderOf(context)).catch(() => []);
  const records = await Promise.all(
    names
      .filter((name) => /^[\da-f]+\.json$/.test(name))
      .sort()
      .map((name) => readRecordFile(context, join(folderOf(context), name))),
  );
  return records.filter((record) => record !== undefined);
}

/** On disk when this returns. */
export async function writeRecord(context: SetupContext, record: TargetRecord): Promise<void> {
  const { files } = context;
  await files.mkdir(folderOf(context), { recursive: true, mode: 0o700 });
  // SECURITY: 0600. What was there may hold somebody's tokens (.npmrc, Docker's config.json).
  await replaceFile(files, recordPath(context, record.target), Buffer.from(JSON.stringify(record)), 0o600);
}

/** When the client's part was last written somewhere, in milliseconds since the Unix epoch; undefined: nowhere. */
export async function writtenAt(context: SetupContext, client: string): Promise<number | undefined> {
  const own = (await allRecords(context)).filter(({ layers }) => layers.some((layer) => layer.client === client));
  const times = await Promise.all(
    own.map(
      async ({ target }) => (await context.files.stat(recordPath(context, target)).catch(() => undefined))?.mtimeMs,
    ),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

export async function removeRecord(context: SetupContext, target: Target): Promise<void> {
  await context.files.rm(recordPath(context, target), { force: true });
}

async function readRecordFile({ files }: SetupContext, path: string): Promise<TargetRecord | undefined> {
  let text;
  try {
    text = await files.readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new SetupError('damaged-journal', `Make ${path} readable for you: it says what was changed.`, { cause });
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SetupError(
      'damaged-journal',
      `Take Scrim's part out by hand and delete ${path}: the note of what was changed cannot be read.`,
      {
        cause,
      },
    );
  }
}

function folderOf({ env }: SetupContext): string {
  return join(env.dataFolder, 'setup');
}

function recordPath(context: SetupContext, target: Target): string {
  const name = createHash('sha256')
    .update(`${target.kind} ${nameOf(target)}`)
    .digest('hex')
    .slice(0, 24);
  return join(folderOf(context), `${name}.json`);
}
