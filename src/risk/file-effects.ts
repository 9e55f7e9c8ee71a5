// What programs do to the files among their arguments: read, write, delete. One entry a program.
// Longer than most files: one entry a program.

import { flagValues, hasFlag, operands, unbundled } from './arguments.ts';
import type { Command, PathUse } from './facts.ts';
import { emptiedSet, foundBy } from './find-roots.ts';
import { curlLetters } from './http-requests.ts';
import { patchedFiles } from './patch.ts';

/** Tells of a path as it is written. */
export type Use = (path: string, how: PathUse, content?: string | null) => void;
type Touch = (args: readonly string[], use: Use, command: Command) => void;

const remove: Touch = (args, use) => {
  const tree =
    hasFlag(args, 'r', 'R', '--recursive', '--dir') || args.some((arg) => /^-rec/i.test(arg) || /^\/s$/i.test(arg));
  for (const path of operands(
    args,
    new Set(
      ['-Path', '-path', '-LiteralPath', '-ErrorAction', '-Filter', '-Include', '-Exclude'].filter(
        (flag) => !/path/i.test(flag),
      ),
    ),
  ))
    if (!/^\/[sqfp]$/i.test(path)) use(path, tree ? 'delete-tree' : 'delete');
};
const lastIsTarget: Touch = (args, use) => {
  const targets = flagValues(args, '-t', '--target-directory');
  const paths = operands(
    args,
    new Set([
      '-t',
      '--target-directory',
      '-m',
      '-o',
      '-g',
      '-S',
      '--suffix',
      '-e',
      '--exclude',
      '--include',
      '--mode',
      '--owner',
      '--group',
    ]),
  );
  const [target, sources] = targets[0] === undefined ? [paths.at(-1), paths.slice(0, -1)] : [targets[0], paths];
  for (const source of sources) if (!isElsewhere(source)) use(source, 'read');
  if (target === undefined || isElsewhere(target)) return;
  if (sources[0] === '/dev/null') empties(use, target);
  // Into a folder: the file keeps its name.
  if (target.endsWith('/') || targets[0] !== undefined || sources.length > 1)
    for (const source of sources) use(`${target}/${source.replace(/\/+$/, '').replace(/^.*\//s, '')}`, 'write');
  else use(target, 'write');
};
const move: Touch = (args, use, command) => {
  lastIsTarget(args, use, command);
  const paths = operands(args);
  const lost = paths.at(-1) === '/dev/null';
  for (const source of paths.slice(0, -1))
    use(
      lost && !/^[~/]/.test(source) ? '.' : source,
      lost || /(?:^|\/)\.git\/?$/.test(source) ? 'delete-tree' : 'delete',
    );
};
const trees: Touch = (args, use) => operands(args).forEach((path) => use(path, 'delete-tree'));
/** Programs that pack files and, with one of `flags`, delete what they packed. */
const packs =
  (flags: RegExp, first: number, valued: readonly string[] = []): Touch =>
  (args, use) => {
    const words = operands(args, new Set(valued));
    for (const path of words.slice(first)) use(path, 'read');
    if (args.some((arg) => flags.test(arg))) for (const path of words.slice(first)) use(path, 'delete-tree');
  };
const gitVerbOf = (args: readonly string[]): string =>
  operands(args, new Set(['-C', '-c', '--git-dir', '--work-tree']))[0] ?? '';
/** Makes files empty: of a set that a search found, that is their loss. */
const empties = (use: Use, path: string): void => {
  use(path, 'write');
  const set = path === '.' ? '.' : emptiedSet(path, '');
  if (set !== null) use(set, 'delete-tree');
};
/** `fd pattern folder … -x rm`: where it searches. */
const verbs =
  (verb: RegExp, how: PathUse): Touch =>
  (args, use) => {
    const [first = '', ...rest] = operands(args);
    if (verb.test(first)) rest.forEach((path) => use(path, how));
  };
const search: Touch = (args, use) => {
  if (!args.includes('-delete')) return;
  const filesOnly = args.some((arg) => arg === '-empty');
  for (const root of foundBy(args)) use(root, /\/\{\}[^/]*$/.test(root) || filesOnly ? 'delete' : 'delete-tree');
};
const writesAll: Touch = (args, use) => operands(args).forEach((path) => use(path, 'write'));

function isElsewhere(path: string): boolean {
  return /^[\w.@-]+:(?![\\/]{0,1}$)/.test(path) && !/^[a-z]:[\\/]/i.test(path);
}

export const touches: ReadonlyMap<string, Touch> = new Map(
  Object.entries<Touch>({
    rm: remove,
    grm: remove,
    unlink: remove,
    rmdir: (args, use) =>
      operands(args).forEach((path) => {
        if (!/^\/[sq]$/i.test(path)) use(path, args.some((arg) => /^\/s$/i.test(arg)) ? 'delete-tree' : 'delete');
      }),
    srm: remove,
    trash: remove,
    del: remove,
    'remove-item': remove,
    rimraf: (args, use) => operands(args).forEach((path) => use(path, 'delete-tree')),
    'del-cli': (args, use) => operands(args).forEach((path) => use(path, 'delete-tree')),
    shred: (args, use) => {
      for (const path of operands(args, new Set(['-n', '-s', '--iterations', '--size']))) {
        use(path, 'delete');
        empties(use, path);
      }
    },
    wipe: remove,
    find: search,
    gfind: search,
    bfs: search,
    'safe-rm': remove,
    erase: remove,
    rd: remove,
    'trash-put': trees,
    rmtrash: trees,
    'gvfs-trash': trees,
    kioclient: verbs(/^(?:remove|del)$/, 'delete-tree'),
    gio: verbs(/^(?:trash|remove)$/, 'delete-tree'),
    rclone: verbs(/^(?:purge|delete|deletefile|rmdirs|rmdir|cleanup)$/, 'delete-tree'),
    cmake: (args, use) => {
      const [mode, verb = '', ...rest] = args;
      if (mode === '-E' && /^(?:rm|remove|remove_directory)$/.test(verb))
        operands(rest).forEach((path) => use(path, 'delete-tree'));
      else if (mode === '-E' && /^(?:copy|copy_directory|rename|touch)$/.test(verb)) use(rest.at(-1) ?? '', 'write');
    },
    zip: packs(/^-[a-zA-Z]*m|^--move$/, 1),
    '7z': packs(/^-sdel$/, 2),
    '7za': packs(/^-sdel$/, 2),
    rar: packs(/^-d[fw]$|^m$/, 2),

    mv: move,
    'move-item': move,
    'rename-item': move,
    cp: lastIsTarget,
    'copy-item': lastIsTarget,
    install: (args, use, command) => (hasFlag(args, 'd') ? undefined : lastIsTarget(args, use, command)),
    ln: lastIsTarget,
    rsync: (args, use, command) => {
      lastIsTarget(args, use, command);
      const paths = operands(args, new Set(['-e', '--rsh', '--exclude', '--include']));
      const target = paths.at(-1);
      // From an empty folder, everything in the target goes.
      const fromNothing = /(?:^|\/)(?:\.?empty[^/]*|null|blank|mktemp[^/]*)\/?$/i.test(paths.at(-2) ?? '');
      if (args.some((arg) => /^--del/.test(arg)) && target !== undefined && !isElsewhere(target))
        use(target, fromNothing ? 'delete-tree' : 'delete');
      if (args.includes('--remove-source-files'))
        for (const path of paths.slice(0, -1)) if (!isElsewhere(path)) use(path, 'delete-tree');
    },
    scp: lastIsTarget,
    robocopy: (args, use) => {
      const [, target] = operands(args);
      if (target !== undefined) use(target, args.some((arg) => /^\/mir$/i.test(arg)) ? 'delete' : 'write');
    },
    tee: writesAll,
    sponge: writesAll,
    patch: (args, use, { input }) => {
      const [file] = operands(args, new Set(['-p', '-i', '-d', '-o']));
      if (file !== undefined) use(file, 'write');
      for (const { path, use: how, added } of patchedFiles(input ?? '')) use(path, how, added);
    },
    git: (args, use, { input }) => {
      if (input !== null && /^(?:apply|am)$/.test(gitVerbOf(args)))
        for (const { path, use: how, added } of patchedFiles(input)) use(path, how, added);
    },
    apply_patch: (args, use, { input }) => {
      for (const { path, use: how, added } of patchedFiles(args[0] ?? input ?? '')) use(path, how, added);
    },
    touch: writesAll,
    truncate: (args, use) => operands(args, new Set(['-s', '--size', '-r'])).forEach((path) => empties(use, path)),
    'set-content': (args, use) => {
      const [path] = psPath(args);
      if (path !== undefined) use(path, 'write');
    },
    'add-content': (args, use) => {
      const [path] = psPath(args);
      if (path !== undefined) use(path, 'write');
    },
    'out-file': (args, use) => {
      const [path] = psPath(args);
      if (path !== undefined) use(path, 'write');
    },
    'new-item': (args, use) => {
      const [path] = psPath(args);
      if (path !== undefined) use(path, 'write');
    },
    'clear-content': (args, use) => {
      const [path] = psPath(args);
      if (path !== undefined) use(path, 'write');
    },
    dd: (args, use) => {
      for (const arg of args) {
        if (arg.startsWith('of=')) use(arg.slice(3), 'write');
        else if (arg.startsWith('if=')) use(arg.slice(3), 'read');
      }
    },
    sed: (args, use) => {
      if (!hasFlag(args, '--in-place') && !args.some((arg) => /^-[nEers]*i/.test(arg))) return;
      const script = args.some((arg) => arg === '-e' || arg === '-f');
      // `-i ''` is the BSD spelling of `-i`.
      for (const path of operands(args, new Set(['-e', '-f']))
        .filter((word) => word !== '')
        .slice(script ? 0 : 1))
        use(path, 'write');
    },
    perl: (args, use) => {
      if (args.some((arg) => /^-\w*i/.test(arg) && !arg.startsWith('-I')))
        for (const path of operands(args, new Set(['-e', '-pe', '-ne', '-i', '-E', '-pie'])).slice(
          args.some((arg) => /^-\w*e$/.test(arg)) ? 0 : 1,
        ))
          use(path, 'write');
    },
    curl: (args, use) =>
      flagValues(
        unbundled(args, curlLetters),
        '-o',
        '--output',
        '--output-dir',
        '-D',
        '--dump-header',
        '-c',
        '--cookie-jar',
      ).forEach((path) => use(path, 'write')),
    wget: (args, use) =>
      flagValues(args, '-O', '--output-document', '-P', '--directory-prefix').forEach((path) => use(path, 'write')),
    tar: (args, use) => {
      if (args.includes('--remove-files'))
        for (const path of operands(args, new Set(['-f', '--file', '-C', '-T', '-X', '--exclude'])))
          if (!/\.(?:tar|tgz|t?[gbx]z2?|zst)\b|^[a-z]+f?$|^\/dev\/null$/.test(path)) use(path, 'delete-tree');
      const bundle = args[0] ?? '';
      const extracts = hasFlag(args, 'x', '--extract', '--get') || /^[a-z]*x[a-z]*$/.test(bundle);
      for (const path of flagValues(args, '-C', '--directory')) use(path, extracts ? 'write' : 'read');
      if (!extracts) return;
    },
    unzip: (args, use) => flagValues(args, '-d').forEach((path) => use(path, 'write')),
    'expand-archive': (args, use) => flagValues(args, '-DestinationPath').forEach((path) => use(path, 'write')),
    'update-alternatives': (args, use) => {
      if (hasFlag(args, '--set', '--install')) use('/etc/alternatives/x', 'write');
    },
    visudo: (_args, use) => use('/etc/sudoers', 'write'),
    'ssh-copy-id': (_args, use) => use('~/.ssh/authorized_keys', 'write'),
  }),
);

function psPath(args: readonly string[]): string[] {
  const given = [...flagValues(args, '-Path'), ...flagValues(args, '-FilePath'), ...flagValues(args, '-LiteralPath')];
  return given.length > 0 ? given : operands(args, new Set(['-Value', '-Encoding', '-ItemType']));
}
