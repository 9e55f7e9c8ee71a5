// One command line: builtins change the shell, wrappers lead to the command behind them, interpreters to the text they
// run. Everything on the way becomes a fact.

import { hasFlag, operands, quoted } from './arguments.ts';
import { readCode } from './code.ts';
import { effectsOf } from './effects.ts';
import { add, spend, type Command } from './facts.ts';
import { commandsInside } from './inside-arguments.ts';
import { remoteCommand } from './elsewhere.ts';
import { resolvePath } from './paths.ts';
import { readPowershell } from './powershell.ts';
import { searched } from './find-roots.ts';
import { printed } from './printed.ts';
import { inside, maxDepth, type Flow, type Runs, type Shell, type Start } from './shell-state.ts';
import { judgeSql, sqlOf } from './sql.ts';
import { wrapped } from './wrappers.ts';

const shells = /^(?:ba|z|da|a|k|mk|pdk|c|tc|fi|ya)?sh$|^(?:busybox-)?sh$|^(?:ba|z|k)sh[\d.-]+$|^elvish$|^xonsh$|^nu$/;
const codeFlags: Readonly<Record<string, readonly [language: string, flags: readonly string[]]>> = {
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
};

export function start(begin: Start, shell: Shell, runs: Runs, elsewhere = false): Flow {
  const { words, input } = begin;
  const written = words[0] ?? '';
  if (!spend(shell.facts, 2, shell.place) || shell.depth > maxDepth) {
    shell.facts.signs.set('unreadable', shell.place);
    return { text: null, commands: [] };
  }
  const alias = shell.aliases.get(written);
  if (alias !== undefined && shell.depth < maxDepth) {
    const next = inside(shell);
    next.aliases.delete(written);
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
  const builtin = builtins[name];
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
    const next = inside(shell, { elsewhere: true, folder: null });
    if (remote.text !== undefined) return runs.readShell(remote.text, next, begin.input);
    if (remote.words.length > 0) return start({ ...begin, words: remote.words, variables: [] }, next, runs);
    return input !== null && name === 'ssh' ? runs.readShell(input, next) : null;
  }
  const code = followCode(command, shell, runs);
  const sql = sqlOf(command);
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

/** A shell that reads its commands from its input. */
function feedShell(command: Command, next: Shell, runs: Runs): Flow | null {
  noteFeeders(command, next);
  return command.input === null ? null : runs.readShell(command.input, next);
}

/** `bash <(curl …)`: the substitution itself has been walked already. */
function fromSubstitution(source: string, command: Command, next: Shell, runs: Runs): Flow | null {
  const flow = runs.readShell(source, inside(next));
  noteFeeders({ ...command, feeders: flow.commands }, next);
  return flow.text === null ? flow : runs.readShell(flow.text, next);
}

const fetches =
  /^(?:curl|wget|wget2|aria2c|http|https|xh|fetch|lynx|w3m|links|axel|nc|ncat|netcat|socat|iwr|irm|invoke-webrequest|invoke-restmethod|invoke-expression|gh|aws|gsutil|scp|ftp|dig|nslookup)$/;
const decodes = (command: Command): boolean =>
  (/^(?:base64|gbase64|base32|base58|basenc|uudecode)$/.test(command.name) &&
    hasFlag(command.args, 'd', 'D', '--decode')) ||
  command.name === 'uudecode' ||
  (command.name === 'xxd' && hasFlag(command.args, 'r')) ||
  (command.name === 'openssl' && command.args.includes('-d')) ||
  (command.name === 'gpg' && hasFlag(command.args, 'd', '--decrypt')) ||
  command.name === 'rev' ||
  (command.name === 'tr' &&
    /^(?:a-zA-Z|A-Za-z|a-z|A-Z)/.test(command.args[0] ?? '') &&
    /n-za-m|N-ZA-M/i.test(command.args[1] ?? '')) ||
  ((command.name === 'printf' || command.name === 'echo') &&
    command.args.some((arg) => (arg.match(/\\x?[0-9a-f]{2}/gi)?.length ?? 0) > 3)) ||
  (/^(?:python[\d.]*|perl|node|ruby)$/.test(command.name) &&
    command.args.some((arg) => /b64decode|decode_base64|fromhex|pack\(|'base64'|"base64"/.test(arg)));

/** Text for a shell (or `eval`) that comes out of the net or out of a decoder. */
export function noteFeeders(command: Command, shell: Shell): void {
  if (command.feeders.some(decodes)) shell.facts.signs.set('decoded-to-shell', shell.place);
  if (command.feeders.some((feeder) => fetches.test(feeder.name))) shell.facts.signs.set('piped-to-shell', shell.place);
}

function followCode(command: Command, shell: Shell, runs: Runs): boolean {
  const { name, args, input } = command;
  const family = name
    .replace(/^(?:python|pypy)[\d.w]*$/, 'python')
    .replace(/^(?:nodejs|node\d*)$/, 'node')
    .replace(/^(lua|php|ruby|perl)[\d.-]+(?:jit)?$/, '$1')
    .replace(/^luajit$/, 'lua')
    .replace(/^(?:py|ipython3?)$/, 'python');
  const entry = codeFlags[family];
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
    read = true;
  }
  if (read) return true;
  const [file] = operands(args);
  const text =
    file === undefined || file === '-' ? input : shell.files.get(resolvePath(file, shell.folder, shell.home));
  if (file === undefined || file === '-') {
    noteFeeders(command, shell);
    if (command.feeders.length > 0 && input === null) return false;
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
  if (name === 'cat') {
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

type Builtin = (command: Command, shell: Shell, runs: Runs) => Flow | null;

const declare: Builtin = ({ args }, shell) => {
  for (const arg of args) {
    const assignment = /^([A-Za-z_]\w*)\+?=(.*)$/s.exec(arg);
    if (assignment !== null) shell.variables.set(assignment[1] ?? '', assignment[2] ?? '');
  }
  return null;
};

const changeFolder: Builtin = ({ args, name }, shell) => {
  if (name === 'popd') {
    shell.folder = null;
    return null;
  }
  const [to = '~'] = operands(args);
  if (to === '-') return null;
  const path = resolvePath(to, shell.folder, shell.home);
  shell.folder = /[$`*?]/.test(path)
    ? path
    : path.startsWith('/') || /^[a-z]:/i.test(path) || shell.folder !== null
      ? path
      : (shell.folder ?? path);
  shell.variables.set('PWD', shell.folder);
  return null;
};

const builtins: Readonly<Record<string, Builtin>> = {
  export: declare,
  declare,
  typeset: declare,
  local: declare,
  readonly: declare,
  setx: declare,
  cd: changeFolder,
  chdir: changeFolder,
  pushd: changeFolder,
  popd: changeFolder,
  'set-location': changeFolder,
  alias: ({ args }, shell, runs) => {
    const commands: Command[] = [];
    for (const arg of args) {
      const at = arg.indexOf('=');
      if (at <= 0) continue;
      const text = arg.slice(at + 1);
      shell.aliases.set(arg.slice(0, at), text);
      commands.push(...runs.readShell(text, inside({ ...shell, aliases: new Map() })).commands);
    }
    return { text: '', commands };
  },
  unalias: () => null,
  eval: (command, shell, runs) => {
    const text = command.args.join(' ');
    if (/base64\s+(?:-d|-D|--decode)|xxd\s+-r|b64decode|\|\s*rev\b|tr\s+['"]?A-Za-z['"]?\s+['"]?N-ZA-M/.test(text))
      shell.facts.signs.set('decoded-to-shell', shell.place);
    if (/[$`]\(?\s*(?:curl|wget)\b/.test(text)) shell.facts.signs.set('piped-to-shell', shell.place);
    return runs.readShell(text, { ...shell, depth: shell.depth + 1 });
  },
  trap: ({ args }, shell, runs) => {
    const [action] = args[0] === '--' ? args.slice(1) : args;
    return action === undefined || action === '' || action.startsWith('-')
      ? null
      : runs.readShell(action, inside(shell));
  },
  source: sourceFile,
  '.': sourceFile,
  read: ({ args, input }, shell) => {
    const names = operands(args, new Set(['-p', '-t', '-n', '-N', '-d', '-u', '-i', '-a']));
    const line = input?.split('\n')[0];
    const fields = line?.trim().split(/\s+/) ?? [];
    names.forEach((name, i) => {
      if (line === undefined) shell.variables.delete(name);
      else shell.variables.set(name, i === names.length - 1 ? fields.slice(i).join(' ') : (fields[i] ?? ''));
    });
    return null;
  },
  set: ({ args }, shell) => {
    const at = args.indexOf('--');
    if (at !== -1) shell.positional = args.slice(at + 1);
    return null;
  },
  env: (command, shell, runs) => {
    const { args } = command;
    const variables: [string, string][] = [];
    const next = inside(shell);
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? '';
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg);
      if (assignment !== null) variables.push([assignment[1] ?? '', assignment[2] ?? '']);
      else if (arg === '-S' || arg === '--split-string' || arg === '-vS' || arg === '-iS')
        return runs.readShell(args.slice(i + 1).join(' '), next);
      else if (arg.startsWith('-S')) return runs.readShell([arg.slice(2), ...args.slice(i + 1)].join(' '), next);
      else if (arg === '-u' || arg === '--unset' || arg === '-C' || arg === '--chdir') i++;
      else if (arg === '--' || arg.startsWith('-')) continue;
      else
        return start(
          {
            words: args.slice(i),
            input: { text: command.input, commands: command.feeders },
            variables,
            disguised: false,
            folder: shell.folder,
          },
          next,
          runs,
        );
    }
    return null;
  },
  su: suCommand,
  runuser: suCommand,
  watch: (command, shell, runs) =>
    runs.readShell(operands(command.args, new Set(['-n', '--interval', '-q'])).join(' '), inside(shell)),
  parallel: (command, shell, runs) => {
    const { args } = command;
    const at = args.findIndex((arg) => /^:::/.test(arg));
    const words = operands(
      at === -1 ? args : args.slice(0, at),
      new Set(['-j', '--jobs', '-n', '-N', '--joblog', '--results', '-I', '--colsep', '-S']),
    );
    const fed = at === -1 ? (command.input?.split('\n').filter(Boolean) ?? []) : args.slice(at + 1);
    if (words.length === 0) {
      noteFeeders(command, shell);
      return fed.length === 0 ? null : runs.readShell(fed.join('\n'), inside(shell));
    }
    const text = words.join(' ');
    const each = fed
      .slice(0, 8)
      .map((value) => (text.includes('{}') ? text.replaceAll('{}', () => value) : `${text} ${value}`));
    return runs.readShell(each.length === 0 ? text : each.join('\n'), inside(shell));
  },
  xargs: (command, shell, runs) => {
    const { args } = command;
    let i = 0;
    let mark = '';
    const valued = new Set([
      '-I',
      '-n',
      '-P',
      '-L',
      '-d',
      '-a',
      '-s',
      '-E',
      '--max-args',
      '--max-procs',
      '--delimiter',
      '--arg-file',
      '--replace',
      '-R',
      '-J',
      '-S',
    ]);
    for (; i < args.length; i++) {
      const arg = args[i] ?? '';
      if (arg === '--') {
        i++;
        break;
      }
      if (!arg.startsWith('-')) break;
      if (arg === '-I' || arg === '-J') mark = args[i + 1] ?? '';
      else if (/^-I.+/.test(arg)) mark = arg.slice(2);
      else if (arg === '-i' || arg === '--replace') mark = '{}';
      if (valued.has(arg)) i++;
    }
    const words = args.slice(i);
    if (words.length === 0) return null;
    const fed = fedWords(command);
    const whole =
      mark === ''
        ? [...words, ...fed]
        : words.flatMap((word) =>
            word.includes(mark)
              ? fed.length === 0
                ? [word]
                : fed.map((each) => word.replaceAll(mark, () => each))
              : [word],
          );
    const next = inside(shell);
    if (shells.test(words[0] ?? '') && !words.slice(1).some((word) => /^-\w*c/.test(word))) noteFeeders(command, shell);
    return start(
      { words: whole, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
      next,
      runs,
    );
  },
  script: (command, shell, runs) => {
    const at = command.args.findIndex((arg) => /^-\w*c$|^--command$/.test(arg));
    if (at !== -1) return runs.readShell(command.args[at + 1] ?? '', inside(shell));
    // BSD: script [-q] FILE COMMAND…
    const words = operands(command.args).slice(1);
    return words.length === 0
      ? null
      : start(
          { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
          inside(shell),
          runs,
        );
  },
  flock: (command, shell, runs) => {
    const at = command.args.findIndex((arg) => arg === '-c' || arg === '--command');
    if (at !== -1) return runs.readShell(command.args[at + 1] ?? '', inside(shell));
    const words = operands(command.args, new Set(['-w', '-E', '--timeout'])).slice(1);
    const from = command.args.indexOf(words[0] ?? '');
    return words.length === 0
      ? null
      : start(
          {
            words: command.args.slice(from),
            input: { text: null, commands: [] },
            variables: [],
            disguised: false,
            folder: shell.folder,
          },
          inside(shell),
          runs,
        );
  },
  cmd: (command, shell, runs) => {
    const at = command.args.findIndex((arg) => /^\/+[ckr]$/i.test(arg));
    return at === -1 ? null : readPowershell(command.args.slice(at + 1).join(' '), shell, runs, '^');
  },
  powershell,
  pwsh: powershell,
};

function powershell(command: Command, shell: Shell, runs: Runs): Flow | null {
  const { args, input } = command;
  for (let i = 0; i < args.length; i++) {
    const arg = (args[i] ?? '').toLowerCase().replace(/^\//, '-');
    if (/^-e(?:nc?|nco\w*|c)?$/.test(arg)) {
      shell.facts.signs.set('decoded-to-shell', shell.place);
      return readPowershell(decodedUtf16(args[i + 1] ?? ''), shell, runs);
    }
    if (/^-c(?:o\w*)?$/.test(arg)) return readPowershell(args.slice(i + 1).join(' '), shell, runs);
    if (
      /^-(?:ex|ep|executionpolicy|w|windowstyle|version|inputformat|outputformat|configurationname|workingdirectory|wd)/.test(
        arg,
      )
    )
      i++;
    else if (/^-f/.test(arg)) return null;
    else if (!arg.startsWith('-')) return readPowershell(args.slice(i).join(' '), shell, runs);
  }
  noteFeeders(command, shell);
  return input === null ? null : readPowershell(input, shell, runs);
}

function decodedUtf16(text: string): string {
  try {
    return atob(text.slice(0, 65_536)).replaceAll('\0', '');
  } catch {
    return '';
  }
}

function sourceFile(command: Command, shell: Shell, runs: Runs): Flow | null {
  const [file] = command.args;
  if (file === undefined) return null;
  const substitution = /^<\((.*)\)$/s.exec(file)?.[1];
  if (substitution !== undefined) return fromSubstitution(substitution, command, inside(shell), runs);
  if (file === '/dev/stdin' || file === '-') return feedShell(command, { ...shell, depth: shell.depth + 1 }, runs);
  const text = shell.files.get(resolvePath(file, shell.folder, shell.home));
  return text === undefined ? null : runs.readShell(text, { ...shell, depth: shell.depth + 1 });
}

function suCommand(command: Command, shell: Shell, runs: Runs): Flow | null {
  const next = inside(shell, { elevated: true });
  const { args } = command;
  const at = args.findIndex((arg) => /^-\w*c$|^--command$|^--session-command$/.test(arg));
  if (at !== -1) return runs.readShell(args[at + 1] ?? '', next);
  const joined = args.find((arg) => arg.startsWith('--command='));
  if (joined !== undefined) return runs.readShell(joined.slice(10), next);
  const split = args.indexOf('--');
  if (command.name === 'runuser' && split !== -1)
    return start(
      {
        words: args.slice(split + 1),
        input: { text: null, commands: [] },
        variables: [],
        disguised: false,
        folder: shell.folder,
      },
      next,
      runs,
    );
  return command.input === null ? null : runs.readShell(command.input, next);
}

/** What `xargs` appends: known words, or the places that a `find` searches. */
function fedWords(command: Command): string[] {
  if (command.input !== null)
    return command.input
      .split(/[\s\0]+/)
      .filter(Boolean)
      .slice(0, 64);
  const search = command.feeders.find((feeder) => feeder.name === 'find');
  if (search === undefined) return [];
  return searched(search.args).map((root) => `${root}/{}`);
}
