// Commands that change the shell, or hand text and words on to it in a way of their own.
// Longer than most files: one entry a command.

import { flagValues, fromOperand, operands } from './arguments.ts';
import type { Command } from './facts.ts';
import { feedShell, fromSubstitution, noteFeeders, noteUnknown, shells, standIn } from './feeding.ts';
import { searched } from './find-roots.ts';
import { resolvePath } from './paths.ts';
import { printed } from './printed.ts';
import { readPowershell } from './powershell.ts';
import { own, inside, type Flow, type Runs, type Shell } from './shell-state.ts';

type Builtin = (command: Command, shell: Shell, runs: Runs) => Flow | null;

const declare: Builtin = ({ args }, shell) => {
  for (const arg of args) {
    const assignment = /^([A-Za-z_]\w*)\+?=(.*)$/s.exec(arg);
    if (assignment !== null) own(shell, 'variables').set(assignment[1] ?? '', assignment[2] ?? '');
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
  shell.folder = path;
  own(shell, 'variables').set('PWD', shell.folder);
  return null;
};

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries<Builtin>({
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
        own(shell, 'aliases').set(arg.slice(0, at), text);
        commands.push(
          ...runs.readShell(text, inside({ ...shell, aliases: new Map(), owns: { ...shell.owns, aliases: true } }))
            .commands,
        );
      }
      return { text: '', commands };
    },
    unalias: () => null,
    printf: ({ args }, shell) => {
      if (args[0] !== '-v') return null;
      own(shell, 'variables').set(args[1] ?? '', printed('printf', args.slice(2), null) ?? '');
      return { text: '', commands: [] };
    },
    eval: (command, shell, runs) => {
      const text = command.args.join(' ');
      noteUnknown(text, shell);
      return runs.readShell(text, { ...shell, depth: shell.depth + 1 });
    },
    trap: ({ args }, shell, runs) => {
      const [action] = args[0] === '--' ? args.slice(1) : args;
      return action === undefined || action === '' || action.startsWith('-')
        ? null
        : runs.readShell(action, inside(shell));
    },
    mapfile: ({ args }, shell, runs) => {
      const [callback] = flagValues(args, '-C');
      return callback === undefined ? null : runs.readShell(callback, inside(shell));
    },
    source: sourceFile,
    '.': sourceFile,
    read: ({ args, input, feeders }, shell) => {
      const names = operands(args, new Set(['-p', '-t', '-n', '-N', '-d', '-u', '-i', '-a']));
      const line = input?.split('\n')[0];
      const fields = line?.trim().split(/\s+/) ?? [];
      names.forEach((name, i) => {
        const unknown = line === undefined ? standIn(feeders) : null;
        if (unknown !== null) own(shell, 'variables').set(name, unknown);
        else if (line === undefined) own(shell, 'variables').delete(name);
        else own(shell, 'variables').set(name, i === names.length - 1 ? fields.slice(i).join(' ') : (fields[i] ?? ''));
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
          return runs.start(
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
      runs.readShell(fromOperand(command.args, new Set(['-n', '--interval', '-q'])).join(' '), inside(shell)),
    parallel: (command, shell, runs) => {
      const { args } = command;
      const at = args.findIndex((arg) => /^:::/.test(arg));
      const words = fromOperand(
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
      const unknown = standIn(command.feeders);
      const whole =
        mark === ''
          ? [...words, ...fed]
          : words.flatMap((word) =>
              word.includes(mark)
                ? fed.length === 0
                  ? [unknown === null ? word : word.replaceAll(mark, () => unknown)]
                  : fed.map((each) => word.replaceAll(mark, () => each))
                : [word],
            );
      const next = inside(shell);
      if (mark !== '' && words[0] === mark && fed.length === 0) shell.facts.signs.set('computed', shell.place);
      if (shells.test(words[0] ?? '') && !words.slice(1).some((word) => /^-\w*c/.test(word)))
        noteFeeders(command, shell);
      return runs.start(
        { words: whole, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
        next,
        runs,
      );
    },
    script: (command, shell, runs) => {
      const at = command.args.findIndex((arg) => /^-\w*c$|^--command$/.test(arg));
      if (at !== -1) return runs.readShell(command.args[at + 1] ?? '', inside(shell));
      // BSD: script [-q] FILE COMMAND…
      const words = fromOperand(command.args).slice(1);
      return words.length === 0
        ? null
        : runs.start(
            { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
            inside(shell),
            runs,
          );
    },
    flock: (command, shell, runs) => {
      const at = command.args.findIndex((arg) => arg === '-c' || arg === '--command');
      if (at !== -1) return runs.readShell(command.args[at + 1] ?? '', inside(shell));
      const words = fromOperand(command.args, new Set(['-w', '-E', '--timeout'])).slice(1);
      return words.length === 0
        ? null
        : runs.start(
            {
              words,
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
    'invoke-expression': ({ args }, shell, runs) =>
      args.length === 0 ? null : readPowershell(args.join(' '), inside(shell), runs),
    powershell,
    pwsh: powershell,
  }),
);

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
    return runs.start(
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

const lists = /^(?:g?find|bfs|ls|ll|tree|du|fd|fdfind|rg|grep)$/;

/** What `xargs` appends: known words, or the places that a `find` searches. */
function fedWords(command: Command): string[] {
  if (command.input !== null)
    return command.input
      .split(/[\s\0]+/)
      .filter(Boolean)
      .slice(0, 64);
  const search = command.feeders.find((feeder) => lists.test(feeder.name));
  if (search === undefined) return [];
  if (/^(?:g?find|bfs)$/.test(search.name)) return searched(search.args).map((root) => `${root}/{}`);
  const paths = operands(search.args);
  if (search.name === 'ls' && paths.length === 0) return ['*'];
  // `rg -l word folder`: the first operand is what is searched for.
  return (/^l[sl]$|^tree$|^du$/.test(search.name) ? paths : paths.slice(1)).map((path) =>
    /[*?]/.test(path) ? path : `${path}/{}`,
  );
}
