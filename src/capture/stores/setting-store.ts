// What a program of the system keeps: read as one text, written by commands.

import type { Command, RunCommand } from '../../base/command.ts';

export interface SettingStore {
  /** The value, or null where there is none. What was read can be written back. Rejects with `SetupError`. */
  read(run: RunCommand, key: string): Promise<string | null>;
  /** What sets the value; null: as if it had never been set. */
  commands(key: string, value: string | null): readonly Command[];
  /** What `read` may find while the commands for `value` are being run one after the other. */
  between(value: string): readonly string[];
}
