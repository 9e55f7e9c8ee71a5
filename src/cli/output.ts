// Where a command writes. Results go to stdout; with --json, everything meant for people goes to stderr.

import { CoreError } from '../core/core-error.ts';

export interface GlobalOptions {
  readonly dataDir?: string;
  readonly policy?: string;
  readonly json?: boolean;
  readonly keys?: string;
  readonly keysPassphraseFd?: string;
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

let readerNeeded = true;

/** `scrim … | head`: the reader has seen enough, and the command is over. */
export function endWithReader(): void {
  process.stdout.on('error', () => {
    if (readerNeeded) process.exit(0);
  });
}

/** Whoever read the events may go away; what this command does goes on. */
export function outliveReader(): void {
  readerNeeded = false;
}

let waitingLines = '';

/** For lines that come many at a time: those of one turn leave together, since a write to a pipe waits for the system. */
export function printJsonSoon(value: object): void {
  if (waitingLines === '') {
    setImmediate(() => {
      const lines = waitingLines;
      waitingLines = '';
      process.stdout.write(lines);
    });
  }
  waitingLines += `${JSON.stringify(value)}\n`;
}

/** For people, never for programs. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** One sentence for whatever went wrong. */
export function sentence(error: unknown): string {
  if (error instanceof Error) return error.message;
  return 'Something went wrong that has no name; please report it.';
}

export function isUsageError(error: unknown): boolean {
  return error instanceof CoreError && error.code === 'usage';
}

/** Columns padded to the widest cell, two spaces between. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
