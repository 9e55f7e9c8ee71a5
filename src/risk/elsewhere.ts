// Commands that run in another place: over SSH, in a container, in a pod.

import { operands } from './arguments.ts';

interface Remote {
  /** The command as words, or … */
  readonly words: readonly string[];
  /** … as text for the shell over there. */
  readonly text?: string;
}

const sshValued = new Set('-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B'.split(' '));
const runValued = new Set(
  (
    '-v --volume -e --env -p --publish -w --workdir -u --user --name --network --net --entrypoint --mount --env-file -l --label ' +
    '--platform --memory -m --cpus --gpus --add-host --restart -h --hostname --cap-add --cap-drop --device --security-opt --tmpfs ' +
    '--ipc --pid --userns --log-driver --log-opt --ulimit --shm-size --pull --dns --link --volumes-from --cidfile --expose --group-add ' +
    '-a --attach --detach-keys --index -f --file --project-name --profile --project-directory -c --context -H --host'
  ).split(' '),
);
const kubeValued = new Set(
  '-n --namespace -c --container --context --kubeconfig --cluster --user -s --server -l --selector -f --filename --image --as'.split(
    ' ',
  ),
);

/** What `ssh host …`, `docker exec|run …`, `kubectl exec …` start over there; null when the program is none of them. */
export function remoteCommand(name: string, args: readonly string[]): Remote | null {
  switch (name) {
    case 'ssh':
    case 'autossh':
    case 'mosh':
    case 'sshpass': {
      if (name === 'sshpass') {
        const at = args.indexOf('ssh');
        return at === -1 ? null : remoteCommand('ssh', args.slice(at + 1));
      }
      const at = firstOperand(args, sshValued);
      const rest = args.slice(at + 1).filter((word, i) => !(i === 0 && word === '--'));
      return rest.length === 0 ? { words: [] } : { words: [], text: rest.join(' ') };
    }
    case 'docker':
    case 'podman':
    case 'nerdctl':
    case 'docker-compose': {
      const at = args.findIndex((arg) => arg === 'exec' || arg === 'run');
      if (
        at === -1 ||
        args
          .slice(0, at)
          .some((arg) => !arg.startsWith('-') && !/^(?:compose|container)$/.test(arg) && !isValue(args, arg))
      )
        return null;
      const rest = args.slice(at + 1);
      const from = firstOperand(rest, runValued);
      const entry = rest.findIndex((arg) => arg === '--entrypoint' || arg.startsWith('--entrypoint='));
      const program =
        entry === -1 || entry > from
          ? []
          : [(rest[entry] ?? '').includes('=') ? (rest[entry] ?? '').slice(13) : (rest[entry + 1] ?? '')];
      return { words: [...program, ...rest.slice(from + 1)] };
    }
    case 'kubectl':
    case 'oc':
    case 'k': {
      const at = args.findIndex((arg) => arg === 'exec' || arg === 'rsh' || arg === 'run' || arg === 'debug');
      const split = args.indexOf('--');
      if (at === -1) return null;
      if (split !== -1) return { words: args.slice(split + 1) };
      const rest = args.slice(at + 1);
      return { words: rest.slice(firstOperand(rest, kubeValued) + 1) };
    }
    case 'vagrant':
    case 'lxc':
    case 'multipass':
    case 'limactl':
    case 'toolbox':
    case 'distrobox': {
      const command = args.findIndex((arg) => arg === '-c' || arg === '--command');
      if (name === 'vagrant' && args[0] === 'ssh' && command !== -1)
        return { words: [], text: args[command + 1] ?? '' };
      const split = args.indexOf('--');
      return split === -1 ? null : { words: args.slice(split + 1) };
    }
    case 'gcloud': {
      const at = args.findIndex((arg) => arg === '--command' || arg.startsWith('--command='));
      if (!args.includes('ssh') || at === -1) return null;
      const arg = args[at] ?? '';
      return { words: [], text: arg.includes('=') ? arg.slice(10) : (args[at + 1] ?? '') };
    }
    default:
      return null;
  }
}

function isValue(args: readonly string[], arg: string): boolean {
  const before = args[args.indexOf(arg) - 1];
  return before !== undefined && runValued.has(before);
}

function firstOperand(args: readonly string[], valued: ReadonlySet<string>): number {
  const [first] = operands(args, valued);
  if (first === undefined) return args.length;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') return i + 1;
    if (arg.length > 1 && arg.startsWith('-')) {
      if (valued.has(arg)) i++;
    } else return i;
  }
  return args.length;
}
