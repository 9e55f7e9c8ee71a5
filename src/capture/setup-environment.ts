// All that an adapter may know of the machine. Everything that differs by system is passed in, so that each system is tested on any.

import type { RunCommand } from '../base/command.ts';

export interface SetupEnvironment {
  readonly platform: 'linux' | 'darwin' | 'win32';
  /** The user's folder. */
  readonly home: string;
  /** The user's environment: PATH, XDG and APPDATA folders, places that clients let one choose. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `process.getuid()`: files of others are refused. Undefined on Windows. */
  readonly userId?: number | undefined;
  /** `http://127.0.0.1:8877` */
  readonly proxy: string;
  /** `http://127.0.0.1:8877`, without trailing slash. */
  readonly gateway: string;
  /** Our certificates only. */
  readonly caPath: string;
  /** The system's roots and ours. */
  readonly bundlePath: string;
  /** Goes along as the proxy's password. */
  readonly token?: string | undefined;
  /** Where `pacText` is served: the system is then given this address and only model hosts come to us. */
  readonly pacUrl?: string | undefined;
  /** Scrim's own folder: the journal lies in `setup/` below it. */
  readonly dataFolder: string;
  readonly run: RunCommand;
}
