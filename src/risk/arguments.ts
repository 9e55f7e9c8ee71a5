// Command lines by convention: short flags in bundles, long flags, values.

/** Whether a flag is there: one letter (also within `-rf`) or a long name (also as `--name=value`, also cut short). */
export function hasFlag(args: readonly string[], ...flags: readonly string[]): boolean {
  for (const arg of args) {
    if (arg === '--') return false;
    if (arg.length < 2 || !arg.startsWith('-')) continue;
    for (const flag of flags) {
      if (flag.length > 1) {
        if (arg === flag || (arg.startsWith(flag) && arg[flag.length] === '=')) return true;
      } else if (arg[1] !== '-' && /^-[A-Za-z0-9]+/.test(arg) && (/^-[A-Za-z0-9]+/.exec(arg)?.[0] ?? '').includes(flag))
        return true;
    }
  }
  return false;
}

/** The value of a flag: `-o value`, `-ovalue`, `--out value`, `--out=value`. Every occurrence. */
export function flagValues(args: readonly string[], ...flags: readonly string[]): string[] {
  const values: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    for (const flag of flags) {
      if (arg === flag) {
        const value = args[i + 1];
        if (value !== undefined) values.push(value);
      } else if (flag.startsWith('--') ? arg.startsWith(`${flag}=`) : flag.length === 2 && arg.startsWith(flag)) {
        values.push(arg.slice(flag.length + (flag.startsWith('--') ? 1 : 0)));
      }
    }
  }
  return values;
}

/** Short flags apart: `-sSLo file` as `-s -S -L -o file`; letters in `valued` take the rest or the next word. */
export function unbundled(args: readonly string[], valued: string): string[] {
  return args.flatMap((arg) => {
    if (!/^-[A-Za-z#0-9]{2}/.test(arg)) return [arg];
    const found: string[] = [];
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] ?? '';
      found.push(`-${letter}`);
      if (valued.includes(letter)) {
        if (i + 1 < arg.length) found.push(arg.slice(i + 1));
        break;
      }
    }
    return found;
  });
}

/** What is neither a flag nor the value of one of `valued`. */
export function operands(args: readonly string[], valued: ReadonlySet<string> = none): string[] {
  const found: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') return [...found, ...args.slice(i + 1)];
    if (arg.length > 1 && arg.startsWith('-')) {
      if (valued.has(arg)) i++;
    } else found.push(arg);
  }
  return found;
}

/** What begins with the first operand, flags and all. */
export function fromOperand(args: readonly string[], valued: ReadonlySet<string> = none): readonly string[] {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') return args.slice(i + 1);
    if (arg.length < 2 || !arg.startsWith('-')) return args.slice(i);
    if (valued.has(arg)) i++;
  }
  return [];
}

const none: ReadonlySet<string> = new Set();

/** The first two words that are no flags: `git push`, `kubectl delete`. */
export function subcommand(args: readonly string[], valued: ReadonlySet<string> = none): readonly [string, string] {
  const [first = '', second = ''] = operands(args, valued);
  return [first, second];
}

/** A word as a shell would need it written. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~{}[\]?*$-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
