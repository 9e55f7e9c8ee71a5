// Programs that run other programs from within their arguments: `find -exec`, `git -c alias.x=!…`, `vim -c :!…`, …
// Longer than most files: one entry a program.

import { flagValues, fromOperand, operands } from './arguments.ts';
import type { Command } from './facts.ts';
import { foundBy } from './find-roots.ts';
import { resolvePath } from './paths.ts';
import type { Shell } from './shell-state.ts';

/** Command lines (text for a shell) and commands (words) that this command would start. */
export function commandsInside(command: Command, shell: Shell): (string | readonly string[])[] {
  const finder = finders.get(command.name);
  return finder === undefined ? [] : finder(command, shell);
}

type Finder = (command: Command, shell: Shell) => (string | readonly string[])[];

const find: Finder = ({ args }) => {
  const started: (readonly string[])[] = [];
  for (let i = 0; i < args.length; i++) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(args[i] ?? '')) continue;
    const end = args.findIndex((arg, at) => at > i && (arg === ';' || arg === '+'));
    const words = args.slice(i + 1, end === -1 ? args.length : end);
    const roots = foundBy(args);
    started.push(words.flatMap((word) => (word === '{}' ? roots : [word.replaceAll('{}', () => roots[0] ?? '.')])));
    i = end === -1 ? args.length : end;
  }
  return started;
};

const editor: Finder = ({ args }) =>
  [...flagValues(args, '-c', '--cmd'), ...args.filter((arg) => arg.startsWith('+')).map((arg) => arg.slice(1))].flatMap(
    (text) => {
      const shell = /(?:^|[|:\s])!\s*(.+)$/s.exec(text)?.[1];
      const system =
        /\bsystem(?:list)?\(\s*(["'])(.*?)\1/s.exec(text)?.[2] ?? /os\.execute\(\s*(["'])(.*?)\1/s.exec(text)?.[2];
      const deleted = /\bdelete\(\s*(["'])(.+?)\1\s*(?:,\s*(["'])(rf?)\3)?/s.exec(text);
      return [
        ...(shell === undefined ? [] : [shell]),
        ...(system === undefined ? [] : [system]),
        ...(deleted === null ? [] : [['rm', deleted[4] === undefined ? '-f' : '-rf', deleted[2] ?? '']]),
      ];
    },
  );

const awk: Finder = ({ args }) =>
  args.flatMap((arg) => [
    ...[...arg.matchAll(/\bsystem\s*\(\s*"((?:[^"\\]|\\.)*)"/g)].map((match) => unslash(match[1])),
    ...[...arg.matchAll(/"((?:[^"\\]|\\.)*)"\s*\|&?\s*getline/g)].map((match) => unslash(match[1])),
    ...[...arg.matchAll(/\|&?\s*"((?:[^"\\]|\\.)*)"/g)].map((match) => unslash(match[1])),
  ]);

function unslash(text: string | undefined): string {
  return (text ?? '').replace(/\\(.)/g, '$1');
}

const tar: Finder = ({ args }) => [
  ...flagValues(
    args,
    '--to-command',
    '--use-compress-program',
    '-I',
    '--info-script',
    '--new-volume-script',
    '--rsh-command',
  ),
  ...flagValues(args, '--checkpoint-action').flatMap((action) => (action.startsWith('exec=') ? [action.slice(5)] : [])),
];

const git: Finder = ({ args }) => {
  const found: string[] = [];
  for (const setting of flagValues(args, '-c', '--config-env')) {
    const at = setting.indexOf('=');
    found.push(...fromSetting(setting.slice(0, at), setting.slice(at + 1)));
  }
  const config = args.indexOf('config');
  if (config !== -1) {
    const [name = '', value = ''] = operands(
      args.slice(config + 1),
      new Set(['-f', '--file', '--type', '--blob']),
    ).filter((word) => word !== 'set');
    found.push(...fromSetting(name, value));
  }
  const each = args.indexOf('foreach');
  if (args.includes('submodule') && each !== -1)
    found.push(
      args
        .slice(each + 1)
        .filter((arg) => arg !== '--recursive')
        .join(' '),
    );
  if (args.includes('rebase')) found.push(...flagValues(args, '-x', '--exec'));
  if (args.includes('filter-branch'))
    found.push(
      ...flagValues(args, '--tree-filter', '--index-filter', '--msg-filter', '--env-filter', '--commit-filter'),
    );
  found.push(...flagValues(args, '--upload-pack', '--receive-pack', '--exec-path').filter((text) => /\s/.test(text)));
  found.push(...args.filter((arg) => arg.startsWith('ext::')).map((arg) => arg.slice(5)));
  return found;
};

function fromSetting(name: string, value: string): string[] {
  const key = name.toLowerCase();
  if (key.startsWith('alias.')) return value.startsWith('!') ? [value.slice(1)] : [];
  if (key === 'credential.helper') return value.startsWith('!') ? [value.slice(1)] : [];
  return /^(?:core\.(?:pager|editor|sshcommand|fsmonitor|askpass|gitproxy)|pager\.\w+|sequence\.editor|diff\.external|gpg\.program|.*\.(?:textconv|cmd|clean|smudge|driver|command))$/.test(
    key,
  ) &&
    value !== 'true' &&
    value !== 'false'
    ? [value]
    : [];
}

const firstWordsText: Finder = ({ args }) =>
  operands(
    args,
    new Set([
      '-n',
      '--names',
      '-c',
      '--prefix',
      '-p',
      '-w',
      '-r',
      '-m',
      '--runs',
      '--warmup',
      '--min-runs',
      '--export-json',
      '--export-markdown',
    ]),
  ).filter((word) => /\s/.test(word));

const flagText =
  (...flags: string[]): Finder =>
  ({ args }) =>
    flagValues(args, ...flags);

const sqlShell: Finder = ({ args, input }) =>
  [...args, input ?? ''].flatMap((text) =>
    [...text.matchAll(/(?:^|[\s;])(?:\\!|\.(?:shell|system)|system)\s+([^\n;]+)/g)].map((match) => match[1] ?? ''),
  );

const finders: ReadonlyMap<string, Finder> = new Map(
  Object.entries<Finder>({
    find,
    gfind: find,
    bfs: find,
    vim: editor,
    vi: editor,
    nvim: editor,
    view: editor,
    ex: editor,
    gvim: editor,
    osascript: ({ args }) =>
      args.flatMap((arg) => {
        const place =
          /\bFinder\b[\s\S]{0,200}\b(?:delete|empty)\b[\s\S]{0,100}\b(home|desktop|documents|downloads|trash|disk|folder)\b/i.exec(
            arg,
          )?.[1];
        return place === undefined ? [] : [['rm', '-rf', `~/${/home|folder|disk/i.test(place) ? '' : place}`]];
      }),
    awk,
    gawk: awk,
    mawk: awk,
    nawk: awk,
    tar,
    gtar: tar,
    bsdtar: tar,
    git,
    sed: ({ args }) =>
      args.flatMap((arg) => {
        const text = /^(?:\d+|\$|\/[^/]*\/)?\s*e\s+(.+)$/s.exec(arg)?.[1];
        return text === undefined ? [] : [text];
      }),
    zip: flagText('-TT', '--unzip-command'),
    rsync: flagText('-e', '--rsh', '--rsync-path'),
    scp: ({ args }) => [...flagValues(args, '-S'), ...sshOptions(args)],
    sftp: ({ args }) => [...flagValues(args, '-S'), ...sshOptions(args)],
    man: flagText('-P', '--pager'),
    less: ({ args }) => args.filter((arg) => arg.startsWith('+!')).map((arg) => arg.slice(2)),
    ssh: ({ args }) => sshOptions(args),
    socat: ({ args }) =>
      args.flatMap((arg) => {
        const text = /(?:^|,)(?:exec|system):(["']?)([^,]+)\1/i.exec(arg)?.[2];
        return text === undefined ? [] : [text];
      }),
    concurrently: firstWordsText,
    hyperfine: firstWordsText,
    nodemon: flagText('-x', '--exec'),
    'nix-shell': flagText('--run', '--command'),
    nix: ({ args }) => {
      const at = args.findIndex((arg) => arg === '-c' || arg === '--command');
      return at === -1 ? [] : [args.slice(at + 1)];
    },
    tmux: ({ args }) => tmuxCommands(args),
    screen: ({ args }) => {
      const stuff = args.indexOf('stuff');
      if (stuff !== -1) return [args[stuff + 1] ?? ''];
      const words = fromOperand(args, new Set(['-S', '-t', '-c', '-p', '-h', '-Logfile', '-r']));
      return words.length === 0 ? [] : [words];
    },
    at: ({ input }) => (input === null ? [] : [input]),
    batch: ({ input }) => (input === null ? [] : [input]),
    crontab: ({ input }) =>
      input === null
        ? []
        : input.split('\n').flatMap((line) => {
            const text = /^\s*(?:@\w+|(?:\S+\s+){5})(.+)$/.exec(line)?.[1];
            return text === undefined ? [] : [text];
          }),
    expect: ({ args }) =>
      args.flatMap((arg) => [...arg.matchAll(/\b(?:spawn|exec|system)\s+([^\n;]+)/g)].map((match) => match[1] ?? '')),
    psql: sqlShell,
    mysql: sqlShell,
    mariadb: sqlShell,
    sqlite3: sqlShell,
    ed: ({ input }) => (input ?? '').split('\n').flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : [])),
    gdb: ({ args }) =>
      flagValues(args, '-ex', '--ex', '-eval-command', '--eval-command').flatMap(
        (text) => /^(?:!|shell |python os\.system\(["'])(.*?)(?:["']\))?$/s.exec(text)?.[1] ?? [],
      ),
    lldb: ({ args }) =>
      flagValues(args, '-o', '-O').flatMap((text) => /^(?:platform )?shell (.*)$/s.exec(text)?.[1] ?? []),
    make: ({ args, input, folder }, shell) => {
      const [file = 'Makefile'] = flagValues(args, '-f', '--file', '--makefile');
      const rules = file === '-' ? input : shell.files.get(resolvePath(file, folder, shell.home));
      const recipes = (rules ?? '').split('\n').flatMap((line) => /^\t[@+-]*(.+)$/.exec(line)?.[1] ?? []);
      const given = args.flatMap((arg) =>
        [...arg.matchAll(/\$\(shell ([^)]*)\)|^--eval=?.*?:\s*;?\s*(.+)$/g)].map((match) => match[1] ?? match[2] ?? ''),
      );
      return [...given, ...recipes];
    },
    ...Object.fromEntries(
      ['ld.so', 'ld-linux.so.2', 'ld-linux-x86-64.so.2', 'ld-linux-aarch64.so.1'].map((name) => [
        name,
        ({ args }: Command) => [operands(args, new Set(['--library-path', '--preload', '--argv0']))],
      ]),
    ),
    'start-process': ({ args }) => [
      args
        .filter((arg) => !/^-(?:filepath|argumentlist|verb|windowstyle|wait|nonewwindow|passthru)$/i.test(arg))
        .flatMap((arg) => arg.split(/[\s,]+/)),
    ],
    runas: ({ args }) => args.slice(-1),
    forfiles: ({ args }) => {
      const at = args.findIndex((arg) => /^\/c$/i.test(arg));
      const root = args[args.findIndex((arg) => /^\/p$/i.test(arg)) + 1] ?? '.';
      return at === -1
        ? []
        : [
            (args[at + 1] ?? '')
              .replace(/^cmd(?:\.exe)?\s+\/c\s+/i, '')
              .replace(/@(?:path|file|fname)/gi, () => `${root.replaceAll('\\', '/')}/{}`),
          ];
    },
    schtasks: ({ args }) => {
      const at = args.findIndex((arg) => /^\/tr$/i.test(arg));
      return at === -1 ? [] : [args[at + 1] ?? ''];
    },
  }),
);

function sshOptions(args: readonly string[]): string[] {
  return flagValues(args, '-o').flatMap((option) => {
    const text = /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[=\s]+(.+)$/is.exec(option)?.[1];
    return text === undefined || text === 'none' ? [] : [text];
  });
}

function tmuxCommands(args: readonly string[]): string[] {
  const [verb = ''] = args;
  if (/^send(?:-keys)?$/.test(verb))
    return [
      operands(args.slice(1), new Set(['-t', '-N']))
        .filter((word) => !/^(?:Enter|C-m|C-c|Escape|Space|Tab|Up|Down)$/.test(word))
        .join(' '),
    ];
  if (
    /^(?:new|new-session|neww|new-window|split-window|splitw|respawn-pane|run-shell|run|if-shell|popup|display-popup|pipe-pane)$/.test(
      verb,
    )
  )
    return [
      fromOperand(args.slice(1), new Set(['-s', '-n', '-t', '-c', '-x', '-y', '-F', '-e', '-l', '-p'])).join(' '),
    ];
  return [];
}
