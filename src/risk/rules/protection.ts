// Rules about what protects: the system's security tools, checks, traces.
// Longer than most files: rules, each with its examples.

import { hasFlag, operands } from '../arguments.ts';
import { inHome } from '../paths.ts';
import { everywhere, type Rule } from '../rule.ts';
import { gitVerb } from './git.ts';

const guards =
  /^(?:auditd|rsyslog|syslog|syslog-ng|systemd-journald|firewalld|ufw|nftables|iptables|fail2ban|apparmor|selinux|clamav(?:-daemon|-freshclam)?|clamd|falcon-sensor|falcond|osqueryd?|ossec|wazuh-agent|crowdstrike|mdatp|sentinelone|sentinelagent|cbagentd|esets?|sophos\S*|windefend|mpssvc|securityhealthservice|wscsvc|eventlog|sense|tripwire|aide|snort|suricata|falco|little ?snitch|santad?|lulu|littlesnitch|xprotect|MsMpEng)(?:\.service|\.exe)?$/i;

export const protectionRules: readonly Rule[] = [
  {
    id: 'security-off',
    category: 'security-tools',
    severity: 'critical',
    then: 'ask',
    reason: 'Turns off something that protects this machine: firewall, virus scanner, access control, auditing.',
    when: everywhere,
    programs: [
      'ufw',
      'iptables',
      'ip6tables',
      'nft',
      'pfctl',
      'firewall-cmd',
      'setenforce',
      'systemctl',
      'service',
      'launchctl',
      'aa-disable',
      'aa-teardown',
      'aa-complain',
      'auditctl',
      'csrutil',
      'spctl',
      'set-mppreference',
      'netsh',
      'set-netfirewallprofile',
      'sc',
      'stop-service',
      'net',
      'killall',
      'pkill',
      'kill',
      'taskkill',
      'reg',
      'defaults',
      'fdesetup',
      'sysctl',
      'socketfilterfw',
      'disable-windowsoptionalfeature',
      'wevtutil',
      'clear-eventlog',
      'set-executionpolicy',
      'uninstall-windowsfeature',
      'remove-mppreference',
      'add-mppreference',
      'apt',
      'apt-get',
      'dnf',
      'yum',
      'chattr',
      'journalctl',
      'bcdedit',
      'tccutil',
      'xattr',
      'setprop',
      'modprobe',
      'rmmod',
      'mdatp',
      'falconctl',
      'manage-bde',
      'disable-bitlocker',
      'stop-process',
      'semanage',
      'setsebool',
      'logrotate',
      'rc-service',
    ],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere) return false;
      const line = args.join(' ').toLowerCase();
      const words = operands(args);
      switch (name) {
        case 'ufw':
          return /^(?:disable|reset|--force (?:disable|reset)|default allow|allow (?:from any$|1:65535|proto \w+ from any$))/.test(
            line,
          );
        case 'iptables':
        case 'ip6tables':
          return hasFlag(args, 'F', '--flush', 'X') || /-p (?:input|forward|output) accept/.test(line);
        case 'nft':
          return /^(?:flush|delete) ruleset|^flush/.test(line);
        case 'pfctl':
          return hasFlag(args, 'd', 'F');
        case 'firewall-cmd':
          return /--panic-off|--set-default-zone=trusted|--remove-/.test(line);
        case 'setenforce':
          return /^(?:0|permissive)$/.test(line);
        case 'systemctl':
        case 'service':
        case 'rc-service':
        case 'stop-service':
        case 'sc':
        case 'net':
        case 'launchctl':
          return (
            (name === 'stop-service' ||
              /\b(?:stop|disable|mask|kill|delete|unload|bootout|remove|start= ?disabled)\b/.test(line)) &&
            words.some((word) => guards.test(word.replace(/^.*[/.](?=com\.|)/, '')) || guards.test(word))
          );
        case 'aa-disable':
        case 'aa-teardown':
        case 'aa-complain':
        case 'disable-bitlocker':
        case 'clear-eventlog':
        case 'uninstall-windowsfeature':
          return true;
        case 'auditctl':
          return /-e ?0|-d\b/.test(line) || hasFlag(args, 'D');
        case 'csrutil':
          return args[0] === 'disable' || line.startsWith('authenticated-root disable');
        case 'spctl':
          return /--(?:master|global)-disable|--add|kext-consent disable/.test(line);
        case 'set-mppreference':
          return /-disable\w+ (?:\$?true|1)|-exclusion|-puaprotection (?:0|disabled)/.test(line);
        case 'add-mppreference':
          return /-exclusion/.test(line);
        case 'netsh':
          return /(?:advfirewall|firewall) set .*(?:off|disable)/.test(line);
        case 'set-netfirewallprofile':
          return /-enabled (?:\$?false|0)/.test(line);
        case 'set-executionpolicy':
          return /\b(?:unrestricted|bypass)\b/.test(line) && !/-scope process/.test(line);
        case 'killall':
        case 'pkill':
        case 'stop-process':
        case 'taskkill':
          return words.some((word) => guards.test(word));
        case 'kill':
          return false;
        case 'reg':
          return (
            /^add\b/.test(line) &&
            /windows defender|disableantispyware|enablelua|wdigest|runasppl|disablerealtimemonitoring|safer|lsa/.test(
              line,
            )
          );
        case 'defaults':
          return (
            /^write/.test(line) && /globalstate.*\b0\b|com\.apple\.alf|lsquarantine|com\.apple\.security/.test(line)
          );
        case 'fdesetup':
          return args[0] === 'disable';
        case 'manage-bde':
          return /-off/.test(line);
        case 'sysctl':
          return /kernel\.randomize_va_space=0|yama\.ptrace_scope=0|kptr_restrict=0|unprivileged_bpf_disabled=0/.test(
            line,
          );
        case 'socketfilterfw':
          return /--setglobalstate off/.test(line);
        case 'wevtutil':
          return /^(?:cl|clear-log)\b/.test(line);
        case 'apt':
        case 'apt-get':
        case 'dnf':
        case 'yum':
          return /^(?:-y )?(?:remove|purge|erase|autoremove)\b/.test(line) && words.some((word) => guards.test(word));
        case 'chattr':
          return /^-(?:r )?i\b/.test(line) && /\/(?:etc|var\/log)/.test(line);
        case 'journalctl':
          return (
            /--vacuum-(?:time|size)=(?:1s|0|1\b)/.test(line) || (args.includes('--rotate') && /--vacuum/.test(line))
          );
        case 'tccutil':
          return args[0] === 'reset';
        case 'xattr':
          return /com\.apple\.quarantine/.test(line) && /-\w*[dc]/.test(line);
        case 'mdatp':
          return /config .*(?:disabled|--value off)|exclusion/.test(line);
        case 'falconctl':
          return /uninstall|unload|-d/.test(line);
        case 'setsebool':
          return false;
        case 'semanage':
          return /^permissive -a/.test(line);
        default:
          return false;
      }
    },
    path: ({ path, use, elsewhere }) =>
      !elsewhere &&
      ((use === 'write' &&
        /^\/etc\/(?:selinux\/config|audit\/.*|apparmor\.d\/.*|ufw\/.*|hosts\.deny|fail2ban\/.*|rsyslog.*)$|^\/sys\/fs\/selinux\/enforce$/.test(
          path,
        )) ||
        (use !== 'read' && /^\/var\/log\/(?:audit|auth\.log|secure|syslog|wtmp|btmp|lastlog|messages)/.test(path))),
    examples: [
      'sudo ufw disable',
      'sudo setenforce 0',
      'sudo iptables -F',
      'systemctl stop auditd',
      'csrutil disable',
      'Set-MpPreference -DisableRealtimeMonitoring $true',
      'netsh advfirewall set allprofiles state off',
      'sudo sed -i s/enforcing/disabled/ /etc/selinux/config',
      'rm /var/log/auth.log',
    ],
    counterExamples: [
      'sudo ufw status',
      'getenforce',
      'systemctl stop nginx',
      'sudo iptables -L',
      'systemctl restart docker',
    ],
  },
  {
    id: 'kernel-module',
    category: 'privilege',
    severity: 'high',
    then: 'ask',
    reason: 'Loads or removes a part of the operating system itself.',
    when: everywhere,
    programs: [
      'insmod',
      'modprobe',
      'rmmod',
      'kextload',
      'kextunload',
      'kldload',
      'bpftool',
      'kexec',
      'grub-install',
      'efibootmgr',
      'bootctl',
    ],
    command: ({ name, args, elsewhere }) => {
      if (elsewhere || args.length === 0) return false;
      if (name === 'bpftool') return args.includes('load') || args.includes('attach');
      if (name === 'bootctl' || name === 'efibootmgr')
        return args.some((arg) => /^(?:install|remove|set-default|-[cBbo])$/.test(arg));
      return !hasFlag(args, 'n', '--dry-run', '--show-depends', '-c');
    },
    examples: ['sudo insmod x.ko', 'sudo modprobe evil', 'kextload /tmp/x.kext'],
    counterExamples: ['lsmod', 'modprobe -n x', 'modinfo x'],
  },
  {
    id: 'verification-off',
    category: 'security-tools',
    severity: 'medium',
    then: 'ask',
    reason: 'Turns off a check of certificates or signatures for everything that follows.',
    when: everywhere,
    programs: [
      '=',
      'export',
      'setx',
      'declare',
      'git',
      'npm',
      'pnpm',
      'yarn',
      'pip',
      'pip3',
      'gcloud',
      'composer',
      'conda',
    ],
    command: ({ name, args, variables, elsewhere }) => {
      if (elsewhere) return false;
      if (variables.some(([key, value]) => turnsOff(key, value))) return true;
      switch (name) {
        case 'export':
        case 'setx':
        case 'declare':
          return args.some((arg, i) =>
            arg.includes('=')
              ? turnsOff(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1))
              : turnsOff(arg, args[i + 1] ?? ''),
          );
        case 'git': {
          const { verb, rest } = gitVerb(args);
          const settings = args.flatMap((arg, i) => (arg === '-c' ? [args[i + 1]?.toLowerCase() ?? ''] : []));
          if (verb === 'config') {
            const [key = '', value = ''] = operands(rest).filter((word) => word !== 'set');
            settings.push(`${key.toLowerCase()}=${value.toLowerCase()}`);
          }
          return (
            settings.some((setting) =>
              /^(?:http\..*sslverify|http\.sslverify|commit\.gpgsign|tag\.gpgsign|push\.gpgsign|transfer\.fsckobjects|fetch\.fsckobjects|receive\.fsckobjects|gpg\.\w+\.?verify)=(?:false|0|no|off)$/.test(
                setting,
              ),
            ) ||
            (verb === 'commit' && rest.includes('--no-gpg-sign'))
          );
        }
        case 'npm':
        case 'pnpm':
        case 'yarn':
          return /\bconfig (?:set|--set)? ?.*(?:strict-ssl[ =]false|enableStrictSsl[ =]?false|cafile[ =]null|audit-level[ =]none|ignore-scripts[ =]false)/i.test(
            args.join(' '),
          );
        case 'pip':
        case 'pip3':
          return args[0] === 'config' && /trusted-host/.test(args.join(' '));
        case 'gcloud':
          return /config set auth\/disable_ssl_validation true/.test(args.join(' '));
        case 'composer':
          return /config .*(?:disable-tls true|secure-http false)/.test(args.join(' '));
        case 'conda':
          return /config .*ssl_verify (?:false|no)/i.test(args.join(' '));
        default:
          return false;
      }
    },
    path: ({ path, use, content }) =>
      use === 'write' &&
      /(?:^|\/)\.(?:curlrc|wgetrc)$/.test(path) &&
      (content === null || /insecure|check_certificate *= *off/.test(content)),
    examples: [
      'export NODE_TLS_REJECT_UNAUTHORIZED=0',
      'git config --global http.sslVerify false',
      'npm config set strict-ssl false',
      'git -c commit.gpgsign=false commit -m x',
      'git commit --no-gpg-sign -m x',
      'export PYTHONHTTPSVERIFY=0',
    ],
    counterExamples: [
      'curl -k https://localhost:8443',
      'git commit -S -m x',
      'npm config get strict-ssl',
      'git config commit.gpgsign true',
      'export NODE_ENV=test',
    ],
  },
  {
    id: 'traces-off',
    category: 'security-tools',
    severity: 'high',
    then: 'ask',
    reason: 'Hides what is done here: turns off or deletes the history.',
    when: everywhere,
    programs: ['=', 'history', 'unset', 'export', 'set', 'clear-history'],
    command: ({ name, args, variables, wraps }) => {
      if (
        variables.some(
          ([key, value]) =>
            (key === 'HISTFILE' && (value === '/dev/null' || value === '')) ||
            ((key === 'HISTSIZE' || key === 'HISTFILESIZE') && value === '0'),
        )
      )
        return true;
      switch (name) {
        case 'history':
          return hasFlag(args, 'c') || (hasFlag(args, 'd') && args.length > 1);
        case 'unset':
          return args.some((arg) => /^HIST(?:FILE|SIZE|FILESIZE)$/.test(arg));
        case 'export':
          return args.some((arg) => /^HISTFILE=(?:\/dev\/null)?$|^HIST(?:SIZE|FILESIZE)=0$/.test(arg));
        case 'set':
          return args.join(' ') === '+o history' || (args.includes('+H') && args.includes('history'));
        case 'clear-history':
          return true;
        default:
          return wraps && false;
      }
    },
    path: ({ path, use }, { home }) =>
      use !== 'read' && /^~\/\.(?:bash|zsh|python|psql|mysql)?_?history$/.test(inHome(path, home)),
    examples: [
      'history -c',
      'unset HISTFILE',
      'export HISTFILE=/dev/null',
      'rm ~/.bash_history',
      'ln -sf /dev/null ~/.zsh_history',
      '> ~/.bash_history',
    ],
    counterExamples: ['history', 'history | tail', 'export HISTSIZE=10000', 'git log --oneline'],
  },
];

function turnsOff(key: string, value: string): boolean {
  return (
    (key === 'NODE_TLS_REJECT_UNAUTHORIZED' && value === '0') ||
    (key === 'PYTHONHTTPSVERIFY' && value === '0') ||
    (key === 'GIT_SSL_NO_VERIFY' && value !== '' && value !== '0') ||
    (key === 'NPM_CONFIG_STRICT_SSL' && value === 'false') ||
    (key === 'CURL_INSECURE' && value !== '') ||
    (key === 'GONOSUMCHECK' && value === '1') ||
    (key === 'GOFLAGS' && value.includes('-insecure')) ||
    (key === 'GOINSECURE' && value === '*')
  );
}
