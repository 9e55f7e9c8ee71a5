// What the running instance says about itself, for `scrim status`, `stop` and `run`.

import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { z } from 'zod';
import { SettingsError, systemCode } from './settings-error.ts';

const instanceSchema = z.object({
  pid: z.int().positive(),
  /** `http://127.0.0.1:8877` */
  proxy: z.string(),
  gateway: z.string(),
  /** Null: started without a window. */
  ui: z.string().nullable(),
  /** Addresses that were named, not made of any free port: they will be the same the next time. */
  fixed: z.array(z.enum(['proxy', 'ui'])).exactOptional(),
  /** Opens the control interface. */
  controlToken: z.string().min(16),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
});

export type Instance = z.infer<typeof instanceSchema>;

/** Creates or replaces the file in one step. Rejects with `SettingsError`. */
export async function writeInstance(path: string, instance: Instance): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    // SECURITY: the control token opens everything that the window can do; nobody else may read it.
    await writeFile(temporary, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new SettingsError('unwritable', `Make ${path} writable for you, then try again.`, { cause });
  }
}

/** What the file says, running or not; undefined when there is none or it makes no sense. */
export async function readInstance(path: string): Promise<Instance | undefined> {
  try {
    const parsed = instanceSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return undefined;
    throw new SettingsError('unreadable', `Make ${path} readable for you, then try again.`, { cause: error });
  }
}

/**
 * The instance that really runs: its process lives and its port answers. A file that a crash left behind is no instance,
 * and stays: the next `writeInstance` replaces it.
 */
export async function findInstance(path: string): Promise<Instance | undefined> {
  const instance = await readInstance(path);
  if (instance === undefined || !isAlive(instance.pid) || !(await answers(instance.proxy))) return undefined;
  return instance;
}

/** Removes the file if it is still that of process `pid`: a newer instance's file stays. */
export async function removeInstance(path: string, pid: number): Promise<void> {
  const instance = await readInstance(path);
  if (instance?.pid === pid) await rm(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to someone else.
    return systemCode(error) === 'EPERM';
  }
}

/** True when something accepts a connection within a second. The process id alone may be a new program's. */
function answers(address: string): Promise<boolean> {
  if (!URL.canParse(address)) return Promise.resolve(false);
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), timeout: 1_000 });
    const done = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true)).once('error', done(false)).once('timeout', done(false));
  });
}
