// Programs that start another one: where in their arguments it begins. Data first; the odd ones have functions.

import { operands } from './arguments.ts';

/** Flags that take a value, by program; the first operand begins the command. */
const prefixes: Readonly<Record<string, string>> = {
  sudo: '-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir --chroot',
  doas: '-u -C',
  run0: '-u --user -g --group -D --chdir',
  pkexec: '--user',
  gosu: '1',
  'su-exec': '1',
  setpriv: '--reuid --regid --groups',
  nice: '-n --adjustment',
  ionice: '-c -n -p --class --classdata',
  chrt: '-p 1',
  taskset: '-p 1',
  nohup: '',
  setsid: '',
  timeout: '-k -s --signal --kill-after 1',
  gtimeout: '-k -s --signal --kill-after 1',
  time: '-f -o',
  gtime: '-f -o',
  stdbuf: '-i -o -e',
  unbuffer: '',
  chronic: '',
  ts: '',
  caffeinate: '-t -w',
  strace: '-e -o -p -s -u -E -P -S',
  ltrace: '-e -o -p -s -u',
  'dbus-run-session': '--config-file',
  'xvfb-run': '-e -f -n -p -s -w',
  firejail: '',
  bwrap: '--bind --ro-bind --dev-bind --dev --proc --tmpfs --chdir --setenv --uid --gid',
  unshare: '-S -G --setuid --setgid --root --wd',
  nsenter: '-t -S -G --target',
  chroot: '1 --userspec --groups',
  fakeroot: '',
  proot: '-r -b -w',
  'systemd-run': '-p -u -t --unit --property --description --slice --uid --gid --on-calendar --on-active -E --setenv',
  'start-stop-daemon': '',
  builtin: '',
  exec: '-a',
  command: '',
  noglob: '',
  nocorrect: '',
  busybox: '',
  toybox: '',
  torsocks: '',
  torify: '',
  proxychains: '-f',
  proxychains4: '-f',
  rlwrap: '-H -s -f',
  entr: '',
  watchexec: '-e -w -i -f --exts --watch --ignore --filter',
  reflex: '-r -g -R -G',
  daemonize: '-p -l -o -e -u -c',
  rtk: '',
  winpty: '',
  wsl: '-d -u --distribution --user --cd',
  'op run': '--env-file',
  'doppler run': '-p -c --project --config',
  'infisical run': '--env --path --projectId',
  'aws-vault exec': '1 --duration',
  'chamber exec': '1',
  'vault exec': '1',
  'uv run': '-p --python --with --extra --group --project --env-file --directory --with-requirements',
  'poetry run': '',
  'pipenv run': '',
  'pdm run': '',
  'hatch run': '',
  'rye run': '',
  'pixi run': '-e --environment',
  'bundle exec': '',
  'npm exec': '-p --package -w --workspace',
  'pnpm exec': '-C --dir --filter -F',
  'pnpm dlx': '--package',
  'yarn dlx': '-p --package',
  'yarn exec': '',
  'npm x': '-p --package',
  npx: '-p --package -w --workspace',
  pnpx: '',
  bunx: '-p --package',
  'bun x': '-p --package',
  uvx: '--from --with -p --python',
  'uv tool run': '--from --with -p --python',
  'pipx run': '--spec',
  'conda run': '-n -p --name --prefix --cwd',
  'mamba run': '-n -p --name --prefix --cwd',
  'micromamba run': '-n -p --name --prefix --cwd',
  'mise exec': '',
  'mise x': '',
  'asdf exec': '',
  'rbenv exec': '',
  'pyenv exec': '',
  'direnv exec': '1',
  'devbox run': '',
  dotenv: '-e -f -p -v -c',
  'dotenvx run': '-f --env-file',
  'env-cmd': '-f -e',
  'cross-env': '',
  'cross-env-shell': '',
  'git bisect run': '',
  fd: '',
  fdfind: '',
  prlimit: '',
  catchsegv: '',
  arch: '',
  linux32: '',
  linux64: '',
  setarch: '1',
};

const table = new Map(
  Object.entries(prefixes).map(([name, spec]) => {
    const valued = new Set(spec.split(' ').filter((flag) => flag.startsWith('-')));
    return [name, { valued, skip: / ?\b1$|^1\b| 1 /.test(spec) ? 1 : 0 }];
  }),
);

/** Programs of which only some verbs start another one. */
const longer = new Map(
  [...table.keys()].filter((name) => name.includes(' ')).map((name) => [name.slice(0, name.indexOf(' ')), true]),
);

/** The command behind a wrapper, with the assignments in front of it; null when `words` starts no other command. */
export function wrapped(
  name: string,
  args: readonly string[],
): { readonly words: readonly string[]; readonly variables: readonly (readonly [string, string])[] } | null {
  if (name === 'fd' || name === 'fdfind') return foundByFd(args);
  if (name === 'command' && args.some((arg) => /^-[vV]+$/.test(arg))) return null;
  const families = longer.get(name);
  let found = table.get(name);
  if (found === undefined && families === undefined) return null;
  let from = 0;
  const [first = '', second = ''] = args;
  for (const depth of families === undefined ? [] : [2, 1]) {
    const entry = table.get([name, first, second].slice(0, depth + 1).join(' '));
    if (entry !== undefined) {
      found = entry;
      from = depth;
      break;
    }
  }
  if (found === undefined) return null;
  let skip = found.skip;
  const variables: [string, string][] = [];
  let i = from;
  for (; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      i++;
      break;
    }
    if (arg.length > 1 && arg.startsWith('-')) {
      if (found.valued.has(arg)) i++;
      continue;
    }
    const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg);
    if (assignment !== null && assigns.has(name)) variables.push([assignment[1] ?? '', assignment[2] ?? '']);
    else if (skip > 0) skip--;
    else break;
  }
  return { words: args.slice(i), variables };
}

/** `fd [pattern] [folder…] -x command`: the command runs for what lies below the folders. */
function foundByFd(args: readonly string[]): ReturnType<typeof wrapped> {
  const at = args.findIndex((arg) => /^(?:-x|-X|--exec|--exec-batch)$/.test(arg));
  if (at === -1) return null;
  const searches = operands(
    args.slice(0, at),
    new Set('-e -t -d -E -S -g --extension --type --exclude --max-depth'.split(' ')),
  );
  const narrow = args.slice(0, at).some((arg) => /^-(?:e|t|g|S)|^--(?:extension|type|size|glob|changed)/.test(arg));
  const roots = (searches.length > 1 ? searches.slice(1) : ['.']).map((root) =>
    narrow || !/^\.?$/.test(searches[0] ?? '') ? `${root}/{}` : root,
  );
  const words = args.slice(at + 1).filter((word) => word !== ';');
  const placed = words.flatMap((word) => (word === '{}' ? roots : [word]));
  return { words: words.includes('{}') ? placed : [...words, ...roots], variables: [] };
}

const assigns = new Set(['sudo', 'doas', 'cross-env', 'cross-env-shell', 'dotenv', 'run0']);
