// Programs of the system that are run for the user: types only, whoever runs them is passed in.

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

export interface CommandResult {
  /** Exit code; null when the program could not be started or was ended. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never rejects: a program that is not there has the code null. */
export type RunCommand = (command: Command) => Promise<CommandResult>;

/** As one would type it in a shell, for messages. */
export function commandLine({ program, args }: Command): string {
  return [program, ...args]
    .map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
