// Points a client at Scrim and takes it back, exactly. What a target is without us (its base) and whose part lies over it are in
// the journal; what stands there is always the base with the parts of all clients, so the last undo leaves the base, byte by byte.
// Where somebody changed the target since, our parts are looked for and taken out of what they wrote.

import { lineDiff } from './line-diff.ts';
import type { Target } from './change.ts';
import type { ClientSetup } from './client-setup.ts';
import { baseOf, holds, rendered } from './layers.ts';
import { allRecords, readRecord, removeRecord, writeRecord, type TargetRecord } from './journal.ts';
import { commandLine } from '../base/command.ts';
import { SetupError } from './setup-error.ts';
import { settingStores } from './stores/setting-stores.ts';
import {
  checkWritable,
  foldersAbove,
  nameOf,
  readTarget,
  removeLeftovers,
  sha256,
  writeTarget,
  type SetupContext,
} from './target-content.ts';

/**
 * - `captured`: everything the client needs is in place
 * - `not-captured`: installed, and untouched
 * - `changed`: Scrim set it up, and it is not as it would be set up now: somebody changed it, or addresses are new
 * - `absent`: not installed
 */
export type SetupStatus = 'captured' | 'not-captured' | 'changed' | 'absent';

/** One target, as a person sees it. */
export interface SetupStep {
  /** A path, or a setting's name. */
  readonly target: string;
  /** "-" and "+" lines with "@@" before each place, or the commands to be run. Empty: nothing changes. */
  readonly lines: readonly string[];
}

interface PreparedStep {
  readonly target: Target;
  readonly current: Buffer | null;
  readonly base: Buffer | null;
  readonly next: Buffer | null;
  readonly layers: TargetRecord['layers'];
  readonly madeFolders: readonly string[];
}

export async function setupStatus(context: SetupContext, client: ClientSetup): Promise<SetupStatus> {
  const own = await recordsOf(context, client.id);
  const isInstalled = await client.installed(context.env);
  if (own.length === 0 && !isInstalled) return 'absent';
  const changes = await client.plan(context.env);
  const inPlace = await Promise.all(
    changes.map(async (change) => holds(change, await readTarget(context, change.target))),
  );
  const everywhere = changes.length > 0 && inPlace.every(Boolean);
  if (own.length === 0) return everywhere ? 'captured' : 'not-captured';
  const planned = new Set(changes.map(({ target }) => nameOf(target)));
  return everywhere && own.every(({ target }) => planned.has(nameOf(target))) ? 'captured' : 'changed';
}

/** What `applySetup` would do. Rejects with `SetupError` where that would refuse. */
export async function previewSetup(context: SetupContext, client: ClientSetup): Promise<readonly SetupStep[]> {
  return (await prepareAll(context, client)).map(shown);
}

/** What `undoSetup` would do. */
export async function previewUndo(context: SetupContext, clientId: string): Promise<readonly SetupStep[]> {
  const records = await recordsOf(context, clientId);
  return await Promise.all(records.map(async (record) => shown(await prepareUndo(context, record, clientId))));
}

/**
 * Changes all the client's targets, or none. Twice is once. Resolves with what was changed, empty when everything was in
 * place. Rejects with `SetupError`.
 */
export async function applySetup(context: SetupContext, client: ClientSetup): Promise<readonly SetupStep[]> {
  if ((await setupStatus(context, client)) === 'captured') return [];
  // Looked at before anything is touched: a file that cannot be changed must not leave its neighbours half done.
  await prepareAll(context, client);
  await undoSetup(context, client.id);
  const steps = await prepareAll(context, client);
  try {
    for (const step of steps) await perform(context, step);
  } catch (error) {
    await undoSetup(context, client.id).catch(() => undefined);
    throw error;
  }
  return steps.map(shown);
}

/**
 * Takes the client's part out of every target that the journal names, installed or not. Resolves with what was changed. Where
 * our part was edited by somebody, the other targets are still done, then it rejects with `SetupError` (`changed-since`).
 */
export async function undoSetup(context: SetupContext, clientId: string): Promise<readonly SetupStep[]> {
  const done: SetupStep[] = [];
  const refusals: unknown[] = [];
  for (const record of (await recordsOf(context, clientId)).reverse()) {
    try {
      const step = await prepareUndo(context, record, clientId);
      await perform(context, step);
      done.push(shown(step));
    } catch (error) {
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
  return done;
}

/** The clients that have their part somewhere now. */
export async function clientsSetUp(context: SetupContext): Promise<readonly string[]> {
  const records = await allRecords(context);
  return [...new Set(records.flatMap(({ layers }) => layers.map(({ client }) => client)))];
}

async function prepareAll(context: SetupContext, client: ClientSetup): Promise<PreparedStep[]> {
  const changes = await client.plan(context.env);
  if (changes.length === 0) {
    throw new SetupError(
      'nothing-to-change',
      `Start ${client.title} once, or use "scrim run": there is nothing yet to set it up in.`,
    );
  }
  const steps: PreparedStep[] = [];
  // A folder that was made for another target's sake goes when the last one of ours in it goes.
  const made = new Set((await allRecords(context)).flatMap((record) => record.madeFolders));
  for (const { target, edit } of changes) {
    const record = await readRecord(context, target);
    const current = await readTarget(context, target);
    const base = baseOf(target, record, current, edit);
    const others = record?.layers.filter((layer) => layer.client !== client.id) ?? [];
    const layers = [...others, { client: client.id, edit: edit as TargetRecord['layers'][number]['edit'] }];
    await checkWritable(context, target);
    const madeFolders = (await foldersAbove(context, target)).filter(({ path, isThere }) => !isThere || made.has(path));
    steps.push({
      target,
      current,
      base,
      next: rendered(target, base, layers),
      layers,
      madeFolders: madeFolders.map(({ path }) => path),
    });
  }
  return steps;
}

async function prepareUndo(context: SetupContext, record: TargetRecord, clientId: string): Promise<PreparedStep> {
  const { target, madeFolders } = record;
  const current = await readTarget(context, target);
  const base = baseOf(target, record, current);
  const layers = record.layers.filter((layer) => layer.client !== clientId);
  return { target, current, base, next: rendered(target, base, layers), layers, madeFolders };
}

/** The journal first, then the target, then the journal as it is from now on: after a kill in between, an undo finds its way back. */
async function perform(context: SetupContext, step: PreparedStep): Promise<void> {
  const { target, current, base, next, layers, madeFolders } = step;
  const before = await readRecord(context, target);
  const record: TargetRecord = {
    version: 1,
    target,
    base: base === null ? null : base.toString('base64'),
    known: [...new Set([current, base, next, ...between(target, next)].map(sha256))],
    layers,
    madeFolders: [...madeFolders],
  };
  await removeLeftovers(context, target);
  if (sha256(current) !== sha256(next)) {
    await checkWritable(context, target);
    // Until the target is written, the parts to be taken out are still there.
    const leaving = before?.layers.filter(({ client }) => layers.every((layer) => layer.client !== client)) ?? [];
    await writeRecord(context, { ...record, layers: [...layers, ...leaving] });
    if (sha256(await readTarget(context, target)) !== sha256(current)) {
      throw new SetupError('changed-since', `Try again: ${nameOf(target)} was changed by somebody just now.`);
    }
    await writeTarget(context, target, next);
  }
  if (layers.length > 0) {
    await writeRecord(context, record);
    return;
  }
  for (const folder of madeFolders) await context.files.rmdir(folder).catch(() => undefined);
  await removeRecord(context, target);
}

function between(target: Target, next: Buffer | null): Buffer[] {
  if (target.kind === 'file' || next === null) return [];
  return settingStores[target.store].between(next.toString()).map((value) => Buffer.from(value));
}

async function recordsOf(context: SetupContext, clientId: string): Promise<TargetRecord[]> {
  return (await allRecords(context)).filter(({ layers }) => layers.some(({ client }) => client === clientId));
}

function shown({ target, current, next }: PreparedStep): SetupStep {
  const name = nameOf(target);
  if (sha256(current) === sha256(next)) return { target: name, lines: [] };
  if (target.kind === 'setting') {
    const commands = settingStores[target.store].commands(target.key, next === null ? null : next.toString());
    return { target: name, lines: commands.map(commandLine) };
  }
  return { target: name, lines: lineDiff(current?.toString() ?? '', next?.toString() ?? '') };
}
