// Where things lie on disk.

import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { SettingsError } from './settings-error.ts';

export interface Locations {
  /** Everything Scrim keeps: log, certificates, keys. 0700. */
  readonly dataFolder: string;
  /** The policy file; it need not exist. */
  readonly policyFile: string;
  /** Certificates of our authority. */
  readonly certificatesFolder: string;
  /** Secrets, while no keychain of the system holds them. */
  readonly secretsFolder: string;
  /** What the running instance says about itself. */
  readonly instanceFile: string;
}

export interface LocationOptions {
  /** `--data-dir`; else `SCRIM_DATA_DIR`; else the system's place for application data. */
  readonly dataDir?: string | undefined;
  /** `--policy`; else `policy.yaml` in the system's place for configuration, whatever the data folder is. */
  readonly policyFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Finds the places and makes the data folder and the policy's folder (0700). Throws `SettingsError` when it cannot. */
export function locations(options: LocationOptions): Locations {
  const paths = envPaths('scrim', { suffix: '' });
  // An empty variable counts as not set, as everywhere in a shell.
  const dataFolder = resolve(options.dataDir ?? nonEmpty(options.env['SCRIM_DATA_DIR']) ?? paths.data);
  const policyFile = resolve(options.policyFile ?? join(paths.config, 'policy.yaml'));
  makeFolder(dataFolder);
  // A file the user named has its folder already, or is a mistake that must not create folders.
  if (options.policyFile === undefined) makeFolder(dirname(policyFile));
  return {
    dataFolder,
    policyFile,
    certificatesFolder: join(dataFolder, 'certificates'),
    secretsFolder: join(dataFolder, 'secrets'),
    instanceFile: join(dataFolder, 'instance.json'),
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new SettingsError('unwritable', `Make ${folder} a folder that you may write to, or choose another one.`, {
      cause,
    });
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
