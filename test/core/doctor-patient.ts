// A user with a home of their own, whom the doctor looks at: in this process, which is quick, or as the command.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { diagnose } from '../../src/core/doctor.ts';
import type { CheckResult } from '../../src/core/doctor/check.ts';
import {
  cleanEnvironment,
  jsonLines,
  runScrim,
  startScrim,
  type CommandResult,
  type ScrimProcess,
} from '../support/scrim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface Line {
  readonly check: string;
  readonly status: 'ok' | 'problem' | 'not-checked';
  readonly why: string;
  readonly fix: string | null;
}

export interface Patient extends Disposable {
  readonly home: string;
  readonly dataDir: string;
  readonly policyFile: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below home, with its folders. */
  write(name: string, text: string): string;
  scrim(words: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  examine(env?: Readonly<Record<string, string>>): Promise<Diagnosis>;
  /** The same by `scrim doctor --json`. */
  examineByCommand(env?: Readonly<Record<string, string>>): Promise<Diagnosis & Pick<CommandResult, 'code'>>;
}

export interface Diagnosis {
  readonly lines: readonly Line[];
  /** All that was said. */
  readonly all: string;
  /** The first line of that check. */
  readonly of: (check: string) => Line | undefined;
}

/** Compiled code: that of whoever runs the tests, so that commands start as quickly as theirs. */
const cacheFolder = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');

/** `running`: whose folders are looked at; else new ones. */
export function newPatient(running?: ScrimProcess): Patient {
  const temporary = temporaryFolder();
  const home = join(temporary.path, 'home');
  const dataDir = running?.dataDir ?? join(temporary.path, 'data');
  const policyFile = running?.policyFile ?? join(temporary.path, 'policy.yaml');
  mkdirSync(home);
  // Nothing of this machine is on the PATH, so that no client counts as installed.
  const env = { HOME: home, PATH: '/usr/sbin:/usr/bin:/sbin:/bin', XDG_CACHE_HOME: cacheFolder };
  const scrim: Patient['scrim'] = (words, more = {}) =>
    runScrim([...words, '--data-dir', dataDir, '--policy', policyFile], { env: { ...env, ...more }, cwd: home });
  return {
    ...{ home, dataDir, policyFile, env, scrim },
    write(name, text) {
      const path = join(home, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    async examine(more = {}) {
      const before = process.env['HOME'];
      process.env['HOME'] = home;
      try {
        const all = { ...cleanEnvironment(), ...env, ...more };
        return diagnosis(toLines(await diagnose({ dataDir, policy: policyFile, env: all })));
      } finally {
        process.env['HOME'] = before;
      }
    },
    async examineByCommand(more) {
      const { code, out, err } = await scrim(['doctor', '--json'], more);
      return { ...diagnosis(jsonLines<Line>(out)), all: out + err, code };
    },
    [Symbol.dispose]: () => temporary.remove(),
  };
}

function toLines(results: readonly CheckResult[]): Line[] {
  return results.map(({ check, status, why, fix }) => ({ check, status, why, fix: fix?.line ?? null }));
}

function diagnosis(lines: readonly Line[]): Diagnosis {
  return { lines, all: JSON.stringify(lines), of: (check) => lines.find((line) => line.check === check) };
}

/** A Scrim at a port that it will have again, as settings of clients need it. */
export async function startLasting(policy?: string): Promise<ScrimProcess> {
  const [port, ui] = [await freePort(), await freePort()];
  return await startScrim({
    flags: ['--listen', `127.0.0.1:${port}`, '--ui', `127.0.0.1:${ui}`],
    ...(policy === undefined ? {} : { policy }),
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
