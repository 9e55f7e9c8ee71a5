// Rules about rights on this machine: of files, of users.

import { hasFlag, operands } from '../arguments.ts';
import { inHome, kindOf, resolvePath } from '../paths.ts';
import { everywhere, type Rule } from '../rule.ts';

/** `777`, `a+w`, `u+s`: everyone may write, or whoever runs it becomes its owner. */
function opens(mode: string): boolean {
  if (/^[0-7]{3,4}$/.test(mode)) {
    const digits = mode.padStart(4, '0');
    return Number(digits[0]) >= 4 || ((Number(digits[3]) & 2) !== 0 && digits[0] !== '1');
  }
  return (
    mode
      .split(',')
      .some(
        (part) => /^[ugoa]*(?:[ao]|^)[ugoa]*[+=][rxX]*w/.test(part) && !/^[ug]+[+=]/.test(part) && !/^[+=]/.test(part),
      ) || /(?:^|,)[ugoa]*[+=][rwxX]*s/.test(mode)
  );
}

export const privilegeRules: readonly Rule[] = [
  {
    id: 'open-permissions',
    category: 'privilege',
    severity: 'medium',
    then: 'ask',
    reason: 'Lets everyone write to files, or lets a program run with the rights of its owner.',
    when: everywhere,
    programs: ['chmod', 'icacls', 'setcap', 'setfacl'],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      if (name === 'setcap') return args.some((arg) => /cap_|=ep|\+ep/.test(arg));
      if (name === 'icacls') return /\b(?:everyone|\*s-1-1-0|users):.*f\)?/i.test(args.join(' '));
      if (name === 'setfacl')
        return args.some((arg) => /(?:^|,)(?:o|other)?::?r?w/.test(arg) && /o(?:ther)?:/.test(arg));
      return opens(args.find((arg) => !/^-(?:[Rfvch]+|-)/.test(arg)) ?? '');
    },
    examples: [
      'chmod 777 /var/www',
      'chmod -R 777 .',
      'chmod a+w secrets.txt',
      'chmod u+s ./tool',
      'chmod 4755 /usr/local/bin/x',
      'sudo setcap cap_net_raw+ep ./x',
    ],
    counterExamples: [
      'chmod +x script.sh',
      'chmod 755 bin/x',
      'chmod 600 key',
      'chmod u+w file',
      'chmod -R u+rwX .',
      'chmod go-w dir',
    ],
  },
  {
    id: 'change-owner',
    category: 'privilege',
    severity: 'medium',
    then: 'ask',
    reason: 'Gives files outside of the project to another user.',
    when: everywhere,
    programs: ['chown', 'chgrp', 'takeown'],
    command: ({ name, args, folder, elsewhere }, scene) => {
      if (elsewhere) return false;
      if (name === 'takeown') return true;
      const [owner = '', ...paths] = operands(args, new Set(['--from', '--reference']));
      if (/^(?:root|0)(?::|$)/.test(owner)) return true;
      return paths.some(
        (path) =>
          ['outside', 'system', 'device'].includes(kindOf(resolvePath(path, folder, scene.home), scene)) &&
          !inHome(resolvePath(path, folder, scene.home), scene.home).startsWith('~/.'),
      );
    },
    examples: ['sudo chown -R me /usr/local', 'chown root:root ./tool', 'sudo chown me /etc/passwd'],
    counterExamples: ['sudo chown -R $USER:$USER .', 'chown -R node:node node_modules', 'chown 1000:1000 /tmp/x'],
  },
  {
    id: 'root-shell',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Opens a shell with the rights of the administrator.',
    when: everywhere,
    programs: [
      'sudo',
      'doas',
      'su',
      'pkexec',
      'nsenter',
      'docker',
      'podman',
      'chroot',
      'run0',
      'sh',
      'bash',
      'zsh',
      'dash',
      'ksh',
      'fish',
    ],
    command: ({ name, args, elsewhere, elevated, input, feeders }, { home }) => {
      if (elsewhere) return false;
      // `sudo vim -c ':!sh'`: however it is started.
      if (/^(?:ba|z|da|k|fi)?sh$/.test(name))
        return elevated && args.every((arg) => /^-[ilp]+$/.test(arg)) && input === null && feeders.length === 0;
      const words = operands(args, new Set(['-u', '-g', '-U', '-C', '-p', '-h', '-t', '--user']));
      if (name === 'su')
        return (
          words.filter((word) => word !== '-').every((word) => word === 'root') &&
          !args.some((arg) => /^-\w*c$|^--command/.test(arg))
        );
      if (name === 'nsenter') return args.some((arg) => arg === '1' || /^(?:-t1|--target=1)$/.test(arg));
      if (name === 'chroot') return args[0] !== undefined && /^\/(?:host|mnt)/.test(args[0]);
      if (name === 'docker' || name === 'podman')
        return (
          args.includes('run') &&
          (args.includes('--privileged') ||
            args.some(
              (arg, i) =>
                /^(?:-v|--volume)=?/.test(args[i - 1] ?? '') &&
                (/^\/(?:etc|root|home|var\/run\/docker\.sock)?:/.test(arg) || arg.startsWith(`${home}:`)),
            ) ||
            args.some(
              (arg) => /^(?:-v|--volume=)?\/:\//.test(arg) || /docker\.sock:|^--pid=host|src(?:ource)?=\/,/.test(arg),
            ))
        );
      if (words.length === 0) return hasFlag(args, 'i', 's', '--login', '--shell');
      return /^(?:su|bash|sh|zsh|fish|dash|ksh|visudo)$/.test(words[0] ?? '') && words.length === 1;
    },
    examples: [
      'sudo -i',
      'sudo su',
      'sudo bash',
      "sudo vim -c ':!sh'",
      'sudo env /bin/sh',
      'sudo perl -e \'exec "/bin/sh"\'',
      'su -',
      'docker run --privileged -it alpine',
      'docker run -v /:/host alpine chroot /host',
      'docker run -v /var/run/docker.sock:/var/run/docker.sock x',
    ],
    counterExamples: [
      'sudo apt-get install -y jq',
      'sudo -u postgres psql',
      'docker run --rm alpine ls',
      'su -c "ls" bob',
      'sudo bash install.sh',
    ],
  },
  {
    id: 'user-accounts',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Creates or changes users, passwords or groups of this machine.',
    when: everywhere,
    programs: [
      'useradd',
      'adduser',
      'usermod',
      'userdel',
      'deluser',
      'groupadd',
      'groupmod',
      'gpasswd',
      'passwd',
      'chpasswd',
      'visudo',
      'vipw',
      'chsh',
      'dscl',
      'sysadminctl',
      'net',
      'new-localuser',
      'add-localgroupmember',
      'dseditgroup',
      'addgroup',
    ],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      if (name === 'net')
        return (
          /^(?:user|localgroup|group)$/i.test(args[0] ?? '') &&
          args.some((arg) => /^\/(?:add|delete|active)/i.test(arg))
        );
      if (name === 'passwd') return !hasFlag(args, 'S', '--status');
      if (name === 'dscl') return args.some((arg) => /^-?(?:create|append|passwd|delete|merge)$/.test(arg));
      if (name === 'visudo') return !hasFlag(args, 'c');
      if (name === 'dseditgroup' || name === 'sysadminctl') return args.length > 0;
      return true;
    },
    examples: ['sudo useradd -m bob', 'usermod -aG sudo me', 'echo "root:x" | chpasswd', 'net user bob pw /add'],
    counterExamples: ['id', 'groups', 'whoami', 'net use', 'docker exec web adduser app'],
  },
];
