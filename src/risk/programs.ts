// One command line: builtins change the shell, wrappers lead to the command behind them, interpreters to the text they
// run. Everything on the way becomes a fact.
// Longer than most files: one case for each kind of program.

import { flagValues, hasFlag, operands, quoted } from './arguments.ts';
import { readCode } from './code.ts';
import { effectsOf } from './effects.ts';
import { variablesPrinted } from './environment.ts';
import { runsFetched } from './fetched.ts';
import { add, spend, type Command } from './facts.ts';
import { builtins } from './builtins.ts';
import { feedShell, fromSubstitution, noteFeeders, shells } from './feeding.ts';
import { commandsInside } from './inside-arguments.ts';
import { remoteCommand } from './elsewhere.ts';
import { resolvePath } from './paths.ts';
import { printed } from './printed.ts';
import { own, inside, maxDepth, type Flow, type Runs, type Shell, type Start } from './shell-state.ts';
import { judgeSql, sqlOf } from './sql.ts';
import { wrapped } from './wrappers.ts';

const codeFlags: ReadonlyMap<string, readonly [language: string, flags: readonly string[]]> = new Map(
  Object.entries<readonly [language: string, flags: readonly string[]]>({
    python: ['python', ['-c']],
    node: ['javascript', ['-e', '--eval', '-p', '--print', '-pe']],
    bun: ['javascript', ['-e', '--eval', '-p']],
    tsx: ['javascript', ['-e', '--eval', '-p']],
    'ts-node': ['javascript', ['-e', '--eval', '-p', '-pe']],
    deno: ['javascript', ['eval']],
    perl: ['perl', ['-e', '-E', '-pe', '-ne', '-pie', '-i', '-wle', '-le', '-Mre']],
    ruby: ['ruby', ['-e']],
    php: ['php', ['-r', '-B', '-R', '-E']],
    lua: ['lua', ['-e']],
    rscript: ['r', ['-e']],
    osascript: ['applescript', ['-e']],
    groovy: ['java', ['-e']],
    julia: ['r', ['-e', '-E']],
    tclsh: ['tcl', []],
    elixir: ['ruby', ['-e']],
    expect: ['tcl', ['-c']],
    gawk: ['awk', []],
    jshell: ['java', []],
    kotlinc: ['java', ['-e']],
    kotlin: ['java', ['-e']],
    scala: ['java', ['-e']],
    jrunscript: ['javascript', ['-e']],
    crystal: ['ruby', ['eval']],
    swift: ['swift', ['-e']],
    r: ['r', ['-e']],
    raku: ['perl', ['-e']],
    octave: ['r', ['--eval']],
    racket: ['lisp', ['-e']],
    guile: ['lisp', ['-c']],
    sbcl: ['lisp', ['--eval']],
    clojure: ['lisp', ['-e', '-M']],
    bb: ['lisp', ['-e']],
    iex: ['ruby', ['-e']],
    erl: ['ruby', ['-eval']],
    emacs: ['lisp', ['--eval', '-eval']],
    qjs: ['javascript', ['-e']],
    pypy: ['python', ['-c']],
    java: ['java', []],
    go: ['go', []],
  }),
);

export function start(begin: Start, shell: Shell, runs: Runs, elsewhere = false): Flow {
  const { words, input } = begin;
  const written = words[0] ?? '';
  if (!spend(shell.facts, 2, shell.place) || shell.depth > maxDepth) {
    shell.facts.signs.set('unreadable', shell.place);
    return { text: null, commands: [] };
  }
  const copied = shell.copies.size === 0 ? undefined : shell.copies.get(resolvePath(written, shell.folder, shell.home));
  if (copied !== undefined) return start({ ...begin, words: [copied, ...words.slice(1)] }, shell, runs, elsewhere);
  if (runsFetched(words, shell)) shell.facts.signs.set('piped-to-shell', shell.place);
  const alias = shell.aliases.get(written);
  if (alias !== undefined && shell.depth < maxDepth) {
    const next = inside(shell);
    own(next, 'aliases').delete(written);
    return runs.readShell([alias, ...words.slice(1).map(quoted)].join(' '), next, input);
  }
  const body = shell.functions.get(written);
  if (body !== undefined) {
    shell.called.add(written);
    const next = { ...shell, positional: words.slice(1), depth: shell.depth + 1 };
    const flow = runs.walk(body, next, input);
    shell.folder = next.folder;
    return flow;
  }
  if (/\s/.test(written) && !written.includes('/') && begin.disguised) {
    return start({ ...begin, words: [...written.trim().split(/\s+/), ...words.slice(1)] }, shell, runs);
  }
  let flow: Flow = { text: null, commands: [] };
  for (const name of namesOf(written)) flow = startAs(name, begin, shell, runs, elsewhere);
  return flow;
}

function startAs(name: string, begin: Start, shell: Shell, runs: Runs, elsewhere: boolean): Flow {
  const { words, input, variables } = begin;
  const args = words.slice(1);
  const command: Command = {
    name,
    args,
    input: input.text,
    feeders: input.commands,
    variables,
    folder: begin.folder,
    elevated: shell.elevated,
    elsewhere: shell.elsewhere || elsewhere,
    disguised: begin.disguised,
    wraps: false,
    place: shell.place,
  };
  const inner = follow(command, begin, shell, runs);
  const emitted = inner === null ? command : { ...command, wraps: inner.commands.length > 0 };
  add(shell.facts.commands, emitted);
  if (begin.disguised) shell.facts.signs.set('disguised', shell.place);
  effectsOf(emitted, shell);
  const text = inner?.text ?? printed(name, args, input.text) ?? special(command, shell);
  return { text, commands: [emitted, ...(inner?.commands ?? [])] };
}

/** `/usr/bin/rm` is `rm`, `RM.EXE` too; a pattern is every dangerous program it fits. */
function namesOf(written: string): string[] {
  if (/^[a-z0-9_-]+$/.test(written)) return [written];
  const base =
    /[\\/]/.test(written) && !/^[$`]/.test(written)
      ? written.slice(Math.max(written.lastIndexOf('/'), written.lastIndexOf('\\')) + 1)
      : written;
  const name = base.toLowerCase().replace(/\.(?:exe|cmd|bat|com)$/, '');
  if (!/[?*[]/.test(name) || name === '[' || name === '[[') return [name];
  const pattern = new RegExp(
    `^${name
      .slice(0, 40)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*+/g, '.{0,20}')
      .replace(/\?/g, '.')
      .replace(/\[!/g, '[^')
      .replace(/\[(?![^\]]*\])/g, '\\[')}$`,
  );
  const fitting = hidden.filter((each) => pattern.test(each));
  return fitting.length === 0 ? [name] : fitting.slice(0, 6);
}

const hidden =
  'rm dd sh bash cat nc curl wget mkfs shred chmod chown scp ssh python python3 perl env base64 netcat zsh kill crontab find'.split(
    ' ',
  );

/** The commands and texts that this command leads to; null when it leads nowhere. */
function follow(command: Command, begin: Start, shell: Shell, runs: Runs): Flow | null {
  const { name, args, input } = command;
  const builtin = builtins.get(name);
  if (builtin !== undefined) return builtin(command, shell, runs);
  if (shells.test(name)) return followShell(command, shell, runs);
  const behind = wrapped(name, args);
  if (behind !== null) {
    const elevated = shell.elevated || /^(?:sudo|doas|pkexec|run0|gosu|su-exec|setpriv)$/.test(name);
    const next = inside(shell, { elevated });
    if (
      /^(?:sudo|doas|run0)$/.test(name) &&
      behind.words.length === 0 &&
      hasFlag(args, 'i', 's', '--login', '--shell')
    ) {
      return feedShell(command, next, runs);
    }
    if (behind.words.length === 0) return null;
    if ((name === 'npx' || args[0] === 'exec') && hasFlag(args, 'c', '--call')) {
      const text = args[args.findIndex((arg) => arg === '-c' || arg === '--call') + 1] ?? '';
      return runs.readShell(text, next, begin.input);
    }
    if (name === 'chroot' || name === 'proot')
      return start({ ...begin, words: behind.words, variables: [] }, next, runs, true);
    return start(
      { ...begin, words: behind.words, variables: [...begin.variables, ...behind.variables], disguised: false },
      next,
      runs,
    );
  }
  const remote = remoteCommand(name, args);
  if (remote !== null) {
    for (const each of commandsInside(command, shell))
      if (typeof each === 'string') runs.readShell(each, inside(shell));
    const next = inside(shell, { elsewhere: true, folder: null });
    if (remote.text !== undefined) return runs.readShell(remote.text, next, begin.input);
    if (remote.words.length > 0) return start({ ...begin, words: remote.words, variables: [] }, next, runs);
    return input !== null && name === 'ssh' ? runs.readShell(input, next) : null;
  }
  const code = followCode(command, shell, runs);
  const sql = sqlOf(command);
  if (sql !== null)
    for (const file of flagValues(args, '-f', '--file', '-i', '--input-file', '--queries-file')) {
      const text = shell.files.get(resolvePath(file, shell.folder, shell.home));
      if (text !== undefined) judgeSql(text, shell.facts, shell.place);
    }
  if (sql !== null) judgeSql(sql, shell.facts, shell.place, (text) => void runs.readShell(text, inside(shell)));
  const found = commandsInside(command, shell);
  const commands: Command[] = [];
  for (const each of found) {
    const next = inside(shell);
    const flow =
      typeof each === 'string'
        ? runs.readShell(each, next)
        : start({ ...begin, words: each, variables: [], disguised: false }, next, runs);
    commands.push(...flow.commands);
  }
  if (commands.length > 0 || code) return { text: null, commands };
  return runFile(command, shell, runs);
}

function followShell(command: Command, shell: Shell, runs: Runs): Flow | null {
  const { args } = command;
  const next = inside(shell);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (/^-[a-zA-Z]*c[a-zA-Z]*$/.test(arg) || arg === '--command' || arg === '--commands') {
      let at = i + 1;
      while (/^[-+][a-z]/i.test(args[at] ?? '')) at++;
      next.positional = args.slice(at + 2);
      return runs.readShell(args[at] ?? '', next, { text: command.input, commands: command.feeders });
    }
    if (arg.startsWith('--command=')) return runs.readShell(arg.slice(10), next);
    if (arg === '-o' || arg === '-O' || arg === '--rcfile' || arg === '--init-file') i++;
    else if (arg === '-s' || arg === '-' || arg === '/dev/stdin') break;
    else if (!/^[-+]/.test(arg)) {
      next.positional = args.slice(i + 1);
      const substitution = /^<\((.*)\)$/s.exec(arg)?.[1];
      if (substitution !== undefined) return fromSubstitution(substitution, command, next, runs);
      const text = shell.files.get(resolvePath(arg, shell.folder, shell.home));
      if (text === undefined) return null;
      return runs.readShell(text, next);
    }
  }
  return feedShell(command, next, runs);
}

const codePrograms =
  /^(?:py|ipython|node|bun$|tsx$|ts-node$|deno$|perl|ruby|php|lua|rscript$|osascript$|groovy$|julia$|tclsh|elixir$|expect$|gawk$|jshell$|kotlinc?$|scala$|jrunscript$|crystal$|swift$|r$|raku$|octave$|racket$|guile$|sbcl$|clojure$|bb$|iex$|erl$|emacs$|qjs$|java$|go$)/;

function followCode(command: Command, shell: Shell, runs: Runs): boolean {
  const { name, args, input } = command;
  if (!codePrograms.test(name)) return false;
  const family = name
    .replace(/^(?:python|pypy)[\d.w]*$/, 'python')
    .replace(/^(?:nodejs|node\d*)$/, 'node')
    .replace(/^(lua|php|ruby|perl)[\d.-]+(?:jit)?$/, '$1')
    .replace(/^luajit$/, 'lua')
    .replace(/^(?:py|ipython3?)$/, 'python');
  const entry = codeFlags.get(family);
  if (entry === undefined) return false;
  const [language, flags] = entry;
  let read = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    const isFlag =
      flags.includes(arg) ||
      (/^-[a-zA-Z]*[eEr]$/.test(arg) && /^(?:perl|ruby)$/.test(family)) ||
      (family === 'python' && /^-[a-zA-Z]*c$/.test(arg));
    const attached = flags.find((flag) =>
      flag.startsWith('--')
        ? arg.startsWith(`${flag}=`)
        : flag.length === 2 && arg.startsWith(flag) && arg.length > 2 && family !== 'perl',
    );
    const text = isFlag
      ? args[++i]
      : attached === undefined
        ? undefined
        : arg.slice(attached.length + (attached.startsWith('--') ? 1 : 0));
    if (text === undefined) continue;
    readCode(text, language, shell, runs);
    // `node -p` prints what the text comes to.
    const variable = /^-p|^--print/.test(arg) && language === 'javascript' ? variablesPrinted(text, true) : null;
    if (variable !== null) add(shell.facts.credentials, { name: variable, place: shell.place });
    read = true;
  }
  if (read) return true;
  const [file] = operands(args[0] === 'run' ? args.slice(1) : args);
  const text =
    file === undefined || file === '-' ? input : shell.files.get(resolvePath(file, shell.folder, shell.home));
  if (file === undefined || file === '-') {
    noteFeeders(command, shell);
    if (command.feeders.length > 0 && input === null) return false;
    if (family === 'go' || family === 'java' || family === 'emacs') return false;
  }
  if (text === undefined || text === null) return false;
  readCode(text, language, shell, runs);
  return true;
}

/** `./x.sh` of which this very text says what is in it. */
function runFile(command: Command, shell: Shell, runs: Runs): Flow | null {
  if (shell.files.size === 0) return null;
  const program = command.name;
  for (const [path, text] of shell.files) {
    if (path.slice(path.lastIndexOf('/') + 1).toLowerCase() !== program) continue;
    return runs.readShell(text, inside(shell));
  }
  return null;
}

/** Output that is known without running: paths. */
function special(command: Command, shell: Shell): string | null {
  const { name, args } = command;
  if (name === 'pwd' && shell.folder !== null) return shell.folder;
  if (name === 'mktemp') return '/tmp/mktemp';
  if (name === 'git' && args.includes('--show-toplevel') && shell.folder !== null) return shell.folder;
  if (name === 'git' && args[0] === 'ls-files' && args.slice(1).every((arg) => /^-[zc]+$/.test(arg))) return './*';
  if (name === 'cat') {
    if (args.length === 1 && args[0] === '/dev/null') return '';
    const files = operands(args).map((file) => shell.files.get(resolvePath(file, shell.folder, shell.home)));
    return files.length > 0 && files.every((text) => text !== undefined) ? files.join('') : null;
  }
  if (/^(?:realpath|readlink|dirname|basename)$/.test(name)) {
    const path = operands(args)[0] ?? '.';
    if (/[$`]/.test(path)) return null;
    if (name === 'dirname') return resolvePath(`${path}/..`, null, shell.home);
    return name === 'basename' ? path.slice(path.lastIndexOf('/') + 1) : resolvePath(path, shell.folder, shell.home);
  }
  return null;
}
