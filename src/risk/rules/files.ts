// Rules about files that are lost.
// Longer than most files: rules, each with its examples.

import { hasFlag, operands } from '../arguments.ts';
import type { PathFact } from '../facts.ts';
import { isWithin, kindOf } from '../paths.ts';
import { everywhere, type Rule } from '../rule.ts';
import type { Scene } from '../scene.ts';

/** The folder that a pattern such as `/*` empties. */
function emptied(path: string): string {
  return path.replace(/\/(?:\*|\.\*|\.\[!\.\]\*|\*\*|\*\.\*|\?\*|\.\?\?\*)$/, '') || '/';
}

const vital =
  /^\/(?:home|Users|etc|usr|var|boot|bin|sbin|lib|lib64|opt|root|System|Library|Applications|sys|proc|dev|usr\/(?:bin|lib|sbin|local|share)|var\/(?:lib|log|www)|home\/[^/]+|Users\/[^/]+)$|^[a-z]:(?:\/(?:windows|users|users\/[^/]+|windows\/system32|program files(?: \(x86\))?|programdata|\*)?)?$|^%(?:systemdrive|systemroot|userprofile|windir)%$|^\$env:(?:systemdrive|systemroot|userprofile|windir)$/i;

function isVital({ path, elsewhere }: PathFact, { home, folder }: Scene): boolean {
  const target = emptied(path);
  if (target === '/' || /^\/\*+$/.test(target) || /^[a-z]:\/?$/i.test(target)) return true;
  if (folder !== null && folder !== '/' && isWithin(target, folder)) return false;
  return target === home || target === '~' || (vital.test(target) && !elsewhere);
}

function isProject({ path }: PathFact, { folder }: Scene): boolean {
  if (/\/(?:\*\.\w+|\*[^*/]+|[^*/]+\*)$/.test(path)) return false;
  const target = emptied(path);
  if (target === '.' || target === '*' || target === '..' || /(?:^|\/)\.git$/.test(target)) return true;
  return folder !== null && (target === folder || isWithin(folder, target));
}

const kinds = (path: PathFact, scene: Scene): string => kindOf(emptied(path.path), scene);

export const fileRules: readonly Rule[] = [
  {
    id: 'delete-everything',
    category: 'destructive',
    severity: 'critical',
    then: 'deny',
    reason: 'Deletes the whole system, a home folder or a folder that the system needs, without a way back.',
    when: everywhere,
    path: (path, scene) => path.use === 'delete-tree' && isVital(path, scene),
    examples: [
      'rm -rf /',
      'rm -rf ~',
      'sudo rm -rf /*',
      'rm -r -f "$HOME"',
      'find / -delete',
      'x=rm; $x -rf /',
      'cd / && rm -rf *',
      'rm --recursive --force /usr',
      'Remove-Item -Recurse -Force C:\\',
    ],
    counterExamples: [
      'rm -rf node_modules',
      'rm -rf /tmp/build',
      'rm -rf ./dist/*',
      'echo "rm -rf /"',
      "grep -r 'rm -rf /' docs",
    ],
  },
  {
    id: 'delete-outside',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes files outside of the project folder.',
    when: everywhere,
    path: (path, scene) => {
      if (path.elsewhere || (path.use !== 'delete' && path.use !== 'delete-tree')) return false;
      const kind = kinds(path, scene);
      return kind === 'outside' || kind === 'system' || kind === 'device';
    },
    examples: [
      'rm ~/Documents/thesis.md',
      'rm -rf ../other',
      'rm /etc/hosts',
      'mv ~/notes.txt /tmp/',
      'find ~ -name "*.log" -delete',
      'fd . ~ -x rm -rf {}',
      'zip -qrm /tmp/x.zip ~/Documents',
      'cmake -E rm -rf ~/Documents',
      'gio trash ~/Documents',
      'rclone purge ~/Documents',
      `find "$HOME/x" -exec sh -c 'for f; do rm "$f"; done' _ {} +`,
      { kind: 'tool-call', name: 'delete_file', input: { path: '/home/me/other/file.txt' } },
    ],
    counterExamples: [
      'rm -rf node_modules dist build',
      'rm /tmp/x.log',
      'rm -rf ~/.cache/pip',
      'mv a.txt b.txt',
      'find . -name "*.pyc" -delete',
    ],
  },
  {
    id: 'delete-project',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes the whole project, or its git history.',
    when: everywhere,
    path: (path, scene) =>
      !path.elsewhere &&
      ((path.use === 'delete-tree' && isProject(path, scene)) ||
        (path.use === 'delete' && scene.folder !== null && path.path === `${scene.folder}/*`)),
    examples: [
      "find . -name '*.ts' -exec truncate -s 0 {} \\;",
      'git ls-files | xargs rm -f',
      'for f in src/*; do : > $f; done; mv .git /tmp/',
      'rsync -a --delete /var/empty/ ./',
      'tar -cf /tmp/x.tar --remove-files .',
      'rm -rf .',
      'rm -rf *',
      'rm -rf .git',
      'rm -rf /home/me/project',
      'find . -type f -delete',
    ],
    counterExamples: [
      "find logs -name '*.log' -exec truncate -s 0 {} +",
      'git ls-files | xargs wc -l',
      'rsync -a --delete dist/ public/',
      'rm -rf ./dist',
      'rm -rf build/*',
      'rm -rf *.log',
      'cd build && rm -rf *',
    ],
  },
  {
    id: 'delete-unknown',
    category: 'destructive',
    severity: 'medium',
    then: 'ask',
    reason: 'Deletes below a variable that is not set here: if it is empty, that is the root of the disk.',
    when: everywhere,
    path: ({ path, use }) => use === 'delete-tree' && /^\$\{?\w+\}?\/(?:\*|\.\*)?$|^\$\{?\w+\}?\/\*$/.test(path),
    examples: ['rm -rf "$BUILD_ROOT"/*', 'rm -rf $DIR/'],
    counterExamples: ['d=out; rm -rf "$d"/*', 'rm -rf "$TMPDIR/cache"', 'rm -rf "$(mktemp -d)"'],
  },
  {
    id: 'wipe-disk',
    category: 'destructive',
    severity: 'critical',
    then: 'deny',
    reason: 'Overwrites or formats a disk: everything on it is lost.',
    when: everywhere,
    programs: [
      'mkfs',
      'dd',
      'wipefs',
      'shred',
      'blkdiscard',
      'fdisk',
      'sfdisk',
      'sgdisk',
      'gdisk',
      'parted',
      'diskutil',
      'format',
      'diskpart',
      'clear-disk',
      'format-volume',
      'cryptsetup',
      'hdparm',
      'nvme',
      'newfs',
      'zpool',
      'mdadm',
      'pvremove',
      'vgremove',
      'lvremove',
      'badblocks',
      'mkswap',
      'cp',
      'cat',
      'initialize-disk',
      'remove-partition',
    ],
    command: ({ name, args }) => {
      const disk = args.some((arg) => disks.test(arg));
      switch (name) {
        case 'dd':
          return args.some((arg) => arg.startsWith('of=') && disks.test(arg.slice(3)));
        case 'wipefs':
          return disk && hasFlag(args, 'a', '--all', 'o');
        case 'fdisk':
        case 'gdisk':
        case 'parted':
        case 'cat':
          return name === 'parted' && disk && args.some((arg) => /^(?:mklabel|mkpart|rm|mktable)$/.test(arg));
        case 'cp':
          return disks.test(args.at(-1) ?? '');
        case 'diskutil':
          return args.some((arg) => /^(?:erase|secureErase|zeroDisk|partitionDisk|reformat|randomDisk)/i.test(arg));
        case 'format':
          return args.some((arg) => /^[a-z]:$/i.test(arg));
        case 'diskpart':
        case 'clear-disk':
        case 'format-volume':
        case 'initialize-disk':
        case 'remove-partition':
          return true;
        case 'cryptsetup':
          return /^(?:luksFormat|luksErase|erase)$/.test(args[0] ?? '');
        case 'hdparm':
          return args.some((arg) => /^--(?:security-erase|trim-sector)/.test(arg));
        case 'nvme':
          return /^(?:format|sanitize)$/.test(args[0] ?? '');
        case 'zpool':
          return args[0] === 'destroy' || args[0] === 'labelclear';
        case 'mdadm':
          return args.includes('--zero-superblock');
        case 'pvremove':
        case 'vgremove':
        case 'lvremove':
          return true;
        default:
          return disk;
      }
    },
    path: ({ path, use }) => use === 'write' && disks.test(path),
    examples: [
      'mkfs.ext4 /dev/sda1',
      'dd if=/dev/zero of=/dev/sda bs=1M',
      'cat image.iso > /dev/sdb',
      'wipefs -a /dev/nvme0n1',
      'diskutil eraseDisk JHFS+ x disk2',
    ],
    counterExamples: [
      'dd if=/dev/zero of=test.img bs=1M count=10',
      'lsblk',
      'mkfs.ext4 disk.img',
      'fdisk -l /dev/sda',
      'echo x > /dev/null',
    ],
  },
  {
    id: 'delete-backups',
    category: 'destructive',
    severity: 'high',
    then: 'ask',
    reason: 'Deletes backups or snapshots, the way back after a mistake.',
    when: everywhere,
    programs: [
      'vssadmin',
      'wbadmin',
      'tmutil',
      'restic',
      'borg',
      'zfs',
      'btrfs',
      'timeshift',
      'bcdedit',
      'wmic',
      'snapper',
    ],
    command: ({ name, args }) => {
      const line = args.join(' ').toLowerCase();
      if (name === 'bcdedit') return /recoveryenabled no|ignoreallfailures/.test(line);
      if (name === 'zfs') return args[0] === 'destroy' || args[0] === 'rollback';
      if (name === 'restic') return args.includes('forget') && args.includes('--prune');
      if (name === 'tmutil') return /^(?:delete|disable|deletelocalsnapshots)/.test(line);
      return /\bdelete\b|resize shadowstorage/.test(line);
    },
    examples: ['vssadmin delete shadows /all /quiet', 'tmutil deletelocalsnapshots /', 'zfs destroy tank/data'],
    counterExamples: ['zfs list', 'restic snapshots', 'borg list repo'],
  },
  {
    id: 'stop-machine',
    category: 'destructive',
    severity: 'medium',
    then: 'ask',
    reason: 'Stops the machine, or every process of it.',
    when: everywhere,
    programs: [
      'shutdown',
      'reboot',
      'halt',
      'poweroff',
      'init',
      'telinit',
      'kill',
      'killall',
      'killall5',
      'pkill',
      'systemctl',
      'stop-computer',
      'restart-computer',
      'loginctl',
    ],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      if (name === 'kill')
        return (
          operands(args).includes('-1') || args.slice(1).includes('-1') || (args.includes('--') && args.at(-1) === '-1')
        );
      if (name === 'killall' || name === 'pkill')
        return (
          args.some((arg) => arg === '.' || arg === '.*') ||
          (hasFlag(args, 'u') && args.includes('root') && args.length < 4)
        );
      if (name === 'systemctl')
        return /^(?:poweroff|reboot|halt|kexec|emergency|rescue|isolate)$/.test(operands(args)[0] ?? '');
      if (name === 'init' || name === 'telinit') return /^[06]$/.test(args[0] ?? '');
      if (name === 'loginctl') return /^(?:terminate|kill)-(?:user|session)$/.test(args[0] ?? '');
      return !args.includes('--help') && !args.includes('-c');
    },
    examples: ['sudo reboot', 'shutdown -h now', 'kill -9 -1'],
    counterExamples: [
      'kill 1234',
      'kill %1',
      'kill -9 4242',
      'pkill -f "node server.js"',
      'killall node',
      'kill -1 4242',
      'init',
    ],
  },
  {
    id: 'fork-bomb',
    category: 'destructive',
    severity: 'critical',
    then: 'deny',
    reason: 'Starts itself again and again until the machine stands still.',
    when: everywhere,
    signs: ['fork-bomb'],
    examples: [
      ':(){ :|:& };:',
      'bomb() { bomb | bomb & }; bomb',
      { kind: 'code', language: 'python', text: 'import os\nwhile True:\n    os.fork()' },
    ],
    counterExamples: ['retry() { "$@" || retry "$@"; }; retry make', 'f() { g | h & }; f'],
  },
  {
    id: 'container-data',
    category: 'destructive',
    severity: 'medium',
    then: 'ask',
    reason: 'Deletes container volumes or everything unused: data in them is lost.',
    when: everywhere,
    programs: ['docker', 'podman', 'nerdctl', 'docker-compose'],
    command: ({ name, args }) => {
      const words = operands(args, new Set(['-f', '--file', '-p', '--project-name', '--profile', '--context', '-H']));
      const [first, second] = words[0] === 'compose' ? words.slice(1) : words;
      if (first === 'down' && (words[0] === 'compose' || name === 'docker-compose'))
        return hasFlag(args, 'v', '--volumes');
      if (first === 'system' && second === 'reset') return true;
      if (first === 'rm' && args.some((arg) => /\bps\s+-\w*a/.test(arg))) return true;
      if (first === 'volume') return second === 'rm' || (second === 'prune' && hasFlag(args, 'a', '--all'));
      if (first === 'system' && second === 'prune') return hasFlag(args, 'a', '--all', '--volumes');
      return first === 'rm' && (words[0] === 'compose' || name === 'docker-compose') ? hasFlag(args, 'v') : false;
    },
    examples: ['docker compose down -v', 'docker volume rm pgdata', 'docker system prune -af --volumes'],
    counterExamples: [
      'docker compose down',
      'docker compose up -d',
      'docker rm -f web',
      'docker run --rm -v "$PWD:/app" node:22 npm test',
      'docker image prune',
    ],
  },
];

const disks =
  /^(?:\/dev\/(?:[shv]d[a-z]\d*|xvd[a-z]\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|r?disk\d+(?:s\d+)?|dm-\d+|md\d+|mapper\/\S+|disk\/\S+|mem|kmem|port|[sv]d\*)|\\\\\.\\physicaldrive\d+)$/i;
