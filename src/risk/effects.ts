// What a command does to files and credentials: the paths among its arguments, by what the program makes of them.

import { flagValues, hasFlag, operands, unbundled } from './arguments.ts';
import { credentialAt, isEnvFile, isSecretName, secretVariables, storeRead } from './credentials.ts';
import { add, type Command, type PathUse } from './facts.ts';
import { foundBy } from './find-roots.ts';
import { noteConnections } from './connections.ts';
import { curlLetters } from './http-requests.ts';
import { isUrl } from './hosts.ts';
import { noteInstallScript } from './install-script.ts';
import { patchedFiles } from './patch.ts';
import { resolvePath } from './paths.ts';
import type { Shell } from './shell-state.ts';

/** Adds the facts of one command. */
export function effectsOf(command: Command, shell: Shell): void {
  const { facts, place } = shell;
  const use: Use = (written, how, content = null) => {
    if (written === '' || written === '-' || written.length > 4_096) return;
    const path = resolvePath(written, command.folder, shell.home);
    add(facts.paths, { path, use: how, content, elsewhere: command.elsewhere, place });
    noteInstallScript(path, content, facts, place);
  };
  touches.get(command.name)?.(command.args, use, command);
  if (command.wraps && command.args.length > 0 && !/^(?:find|git|tar|rsync|source|\.)$/.test(command.name)) return;
  noteConnections(command, facts, shell);
  noteCopies(command, shell);
  noteCredentials(command, shell, use);
}

type Use = (path: string, how: PathUse, content?: string | null) => void;
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
  // Into a folder: the file keeps its name.
  if (target.endsWith('/') || targets[0] !== undefined || sources.length > 1)
    for (const source of sources) use(`${target}/${source.replace(/\/+$/, '').replace(/^.*\//s, '')}`, 'write');
  else use(target, 'write');
};
const move: Touch = (args, use, command) => {
  lastIsTarget(args, use, command);
  for (const source of operands(args).slice(0, -1)) use(source, 'delete');
};
const writesAll: Touch = (args, use) => operands(args).forEach((path) => use(path, 'write'));

function isElsewhere(path: string): boolean {
  return /^[\w.@-]+:(?![\\/]{0,1}$)/.test(path) && !/^[a-z]:[\\/]/i.test(path);
}

const touches: ReadonlyMap<string, Touch> = new Map(
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
    shred: remove,
    wipe: remove,
    find: (args, use) => {
      if (!args.includes('-delete')) return;
      const filesOnly = args.some((arg) => arg === '-empty');
      for (const root of foundBy(args)) use(root, root.endsWith('/{}') || filesOnly ? 'delete' : 'delete-tree');
    },
    mv: move,
    'move-item': move,
    'rename-item': move,
    cp: lastIsTarget,
    'copy-item': lastIsTarget,
    install: (args, use, command) => (hasFlag(args, 'd') ? undefined : lastIsTarget(args, use, command)),
    ln: lastIsTarget,
    rsync: (args, use, command) => {
      lastIsTarget(args, use, command);
      if (args.some((arg) => /^--delete/.test(arg))) {
        const target = operands(args, new Set(['-e', '--rsh', '--exclude', '--include'])).at(-1);
        if (target !== undefined && !isElsewhere(target)) use(target, 'delete');
      }
    },
    scp: lastIsTarget,
    robocopy: (args, use) => {
      const [, target] = operands(args);
      if (target !== undefined) use(target, args.some((arg) => /^\/mir$/i.test(arg)) ? 'delete' : 'write');
    },
    tee: writesAll,
    sponge: writesAll,
    patch: (args, use) => {
      const [file] = operands(args, new Set(['-p', '-i', '-d', '-o']));
      if (file !== undefined) use(file, 'write');
    },
    apply_patch: (args, use, { input }) => {
      for (const { path, use: how, added } of patchedFiles(args[0] ?? input ?? '')) use(path, how, added);
    },
    touch: writesAll,
    truncate: (args, use) => operands(args, new Set(['-s', '--size', '-r'])).forEach((path) => use(path, 'write')),
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
      const bundle = args[0] ?? '';
      const extracts = hasFlag(args, 'x', '--extract', '--get') || /^[a-z]*x[a-z]*$/.test(bundle);
      for (const path of flagValues(args, '-C', '--directory')) use(path, extracts ? 'write' : 'read');
      if (!extracts) return;
    },
    unzip: (args, use) => flagValues(args, '-d').forEach((path) => use(path, 'write')),
    'expand-archive': (args, use) => flagValues(args, '-DestinationPath').forEach((path) => use(path, 'write')),
    visudo: (_args, use) => use('/etc/sudoers', 'write'),
    'ssh-copy-id': (_args, use) => use('~/.ssh/authorized_keys', 'write'),
  }),
);

function psPath(args: readonly string[]): string[] {
  const given = [...flagValues(args, '-Path'), ...flagValues(args, '-FilePath'), ...flagValues(args, '-LiteralPath')];
  return given.length > 0 ? given : operands(args, new Set(['-Value', '-Encoding', '-ItemType']));
}

/** Programs under another name, and files that come from the net: this very text may run them. */
function noteCopies(command: Command, shell: Shell): void {
  const { name } = command;
  const resolve = (path: string): string => resolvePath(path, command.folder, shell.home);
  if (name === 'cp' || name === 'ln' || name === 'install' || name === 'mv') {
    const [source = '', target] = operands(command.args, new Set(['-m', '-t']));
    const program = /^(?:(?:\/usr)?(?:\/local)?\/s?bin\/|)([\w.-]+)$/.exec(source)?.[1];
    if (
      target === undefined ||
      program === undefined ||
      (!source.includes('/') && !/^(?:rm|dd|sh|bash|curl|wget|nc|cat|scp|chmod|mkfs)$/.test(source))
    )
      return;
    const into = /\/$|^\.$/.test(target) ? `${target}/${program}` : target;
    if (shell.copies.size < 50) shell.copies.set(resolve(into), program);
  } else if (/^(?:curl|wget|aria2c|wget2|fetch)$/.test(name)) {
    const args = name === 'curl' ? unbundled(command.args, curlLetters) : unbundled(command.args, 'OoPaTtUeiAR');
    const given =
      name === 'curl' ? flagValues(args, '-o', '--output') : flagValues(args, '-O', '--output-document', '-o');
    const named = name === 'curl' ? hasFlag(args, 'O', '--remote-name') : given.length === 0;
    const urls = named ? operands(args).filter(isUrl) : [];
    for (const file of [...given, ...urls.map((url) => /([^/?#]+)(?:[?#].*)?$/.exec(url)?.[1] ?? '')])
      if (file !== '' && shell.fetched.size < 50) shell.fetched.add(resolve(file));
  }
}

/** What the path of a credential has in it: most arguments are not looked at any further. */
const suspect =
  /[~*?[]|(?:^|[/@=\\])\.|id_|\/etc\/|\/proc\/|\/run\/|library|ookies|login|key\d|\.(?:kdb|jks|ppk|keychain)|wallet|credential|service-account|appdata|system32|_netrc|_history|Web Data|Local State/i;

/** Commands for which a path to a credential is no loading of it. */
const harmless = new Set(
  'ls ll la dir test [ [[ stat file chmod chown mkdir rmdir touch cd ssh sshd ssh-add ssh-agent ssh-keygen ssh-keyscan ssh-copy-id git echo printf rm unlink shred basename dirname realpath readlink which type wc du tree exa eza eval find gh glab aws export declare local kubectl helm terraform mount umount cmp'.split(
    ' ',
  ),
);
const prints =
  /^(?:cat|less|more|most|head|tail|bat|batcat|nl|tac|strings|xxd|od|hexdump|base64|view|type|get-content|gc|pbcopy|xclip|openssl|rev|dd)$/;

function noteCredentials(command: Command, shell: Shell, use: Use): void {
  const { facts, place } = shell;
  const store = storeRead(command);
  if (store !== null) add(facts.credentials, { name: store, place });
  const { name, args } = command;
  if (name === 'echo' || name === 'printf' || name === 'write-output' || name === 'write-host') {
    for (const arg of args)
      for (const variable of secretVariables(arg)) add(facts.credentials, { name: `$${variable}`, place });
  } else if (name === 'printenv') {
    for (const arg of args) if (isSecretName(arg)) add(facts.credentials, { name: `$${arg}`, place });
  } else if (/^(?:grep|egrep|rg|ag|ack|findstr|select-string)$/.test(name)) {
    const dumps = command.feeders.some(
      (feeder) =>
        (feeder.name === 'env' && !feeder.wraps) ||
        feeder.name === 'printenv' ||
        (feeder.name === 'set' && feeder.args.length === 0) ||
        (feeder.name === 'export' && feeder.args.every((arg) => arg === '-p')),
    );
    if (
      dumps &&
      args.some((arg) => /key|token|secret|passw|credential/i.test(arg)) &&
      !hasFlag(args, 'c', 'q', '--count', '--quiet')
    )
      add(facts.credentials, { name: 'secrets of the environment', place });
  }
  if (harmless.has(name)) return;
  const hidden = command.folder?.includes('/.') === true;
  for (const arg of args) {
    if (!suspect.test(arg) && !hidden) continue;
    if (arg.length > 600 || (arg.startsWith('-') && !arg.includes('=') && !arg.includes('@'))) continue;
    const written = arg.replace(/^(?:--?[\w-]+=|[\w-]+=@?|@|file:\/\/|if=)/, '').replace(/^@/, '');
    if (!/[./~]/.test(written) && !/\/\./.test(command.folder ?? '')) continue;
    const path = resolvePath(written, command.folder, shell.home);
    if (
      credentialAt(path, shell.home) !== null ||
      (isEnvFile(path) &&
        (prints.test(name) ||
          (/^(?:e?grep|rg|awk|sed)$/.test(name) && !hasFlag(args, 'c', 'q', 'l', 'i', 'o', '--count', '--quiet'))))
    )
      use(written, 'read');
  }
}
