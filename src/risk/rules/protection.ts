// Rules about what protects: the system's security tools, and Scrim itself.

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
          return /^(?:disable|reset|--force (?:disable|reset)|default allow)/.test(line);
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
    id: 'verification-off',
    category: 'security-tools',
    severity: 'medium',
    then: 'ask',
    reason: 'Turns off a check of certificates or signatures for everything that follows.',
    when: everywhere,
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
  {
    id: 'scrim-off',
    category: 'scrim',
    severity: 'critical',
    then: 'deny',
    reason: 'Stops or answers Scrim itself, which only a person may do.',
    when: everywhere,
    programs: [
      'scrim',
      'npx',
      'npm',
      'pkill',
      'killall',
      'kill',
      'taskkill',
      'stop-process',
      'systemctl',
      'launchctl',
      'scrim.js',
      'node',
      'curl',
      'cli.js',
      'service',
      'pm2',
    ],
    command: ({ name, args, feeders }) => {
      const line = args.join(' ');
      if (/^(?:pkill|killall|taskkill|stop-process)$/.test(name)) return /\bscrim\b/i.test(line);
      if (name === 'kill')
        return /\bscrim\b/i.test(line) || feeders.some((feeder) => feeder.args.some((arg) => /\bscrim\b/i.test(arg)));
      if (/^(?:systemctl|launchctl|service|pm2)$/.test(name))
        return /\b(?:stop|disable|mask|kill|unload|bootout|remove|delete)\b/.test(line) && /\bscrim\b/i.test(line);
      if (name === 'curl')
        return (
          /(?:localhost|127\.0\.0\.1|\[::1\]):\d+\/api\/(?:stop|approvals|questions|grants|answer|policy)/.test(line) &&
          /x-scrim|scrim-token|:8878\//i.test(line)
        );
      const words = scrimWords(name, args);
      if (words === null) return false;
      const [first = '', second = ''] = words;
      if (first === 'stop' || first === 'uninstall') return true;
      if (first === 'approvals')
        return second === 'allow' || second === 'revoke' || second === 'deny' || second === 'grant';
      if (first === 'ca') return second === 'uninstall' || second === 'rotate';
      if (first === 'setup') return args.includes('--undo');
      if (first === 'sessions') return second === 'purge';
      return first === 'keys' && (second === 'remove' || second === 'set');
    },
    path: ({ path, use }, { home }) => use !== 'read' && scrimPaths.test(inHome(path, home)),
    examples: [
      'scrim stop',
      'scrim approvals allow 7f3a',
      'pkill scrim',
      'npx scrim approvals allow x',
      'killall -9 scrim',
      'kill $(pgrep -f scrim)',
      'rm -rf ~/.local/share/scrim',
      'echo "mode: observe" > ~/.config/scrim/policy.yaml',
      'npm run --silent scrim -- stop',
    ],
    counterExamples: [
      'scrim status',
      'scrim doctor',
      'scrim approvals list',
      'npm run scrim -- --help',
      'scrim policy check',
      'git clone https://github.com/o/scrim',
    ],
  },
  {
    id: 'around-scrim',
    category: 'scrim',
    severity: 'critical',
    then: 'deny',
    reason: 'Leads traffic to a model around Scrim, unseen and unmasked.',
    when: everywhere,
    command: ({ name, args, variables, wraps }) => {
      if (name === 'unset') return args.some((arg) => proxyNames.test(arg));
      if (name === 'set' || name === 'export' || name === 'setx' || name === 'declare') {
        if (hasFlag(args, 'n') && args.some((arg) => proxyNames.test(arg))) return true;
        return args.some(
          (arg) => arg.includes('=') && goesAround(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)),
        );
      }
      if (
        variables.some(
          ([key, value]) =>
            goesAround(key, value) && (name === '' || wraps || isModelClient(name, args) || /^no_proxy$/i.test(key)),
        )
      )
        return true;
      if (name === 'env')
        return (
          args.some((arg, i) => (arg === '-u' || arg === '--unset') && proxyNames.test(args[i + 1] ?? '')) ||
          args.some(
            (arg) =>
              (/^-u./.test(arg) && proxyNames.test(arg.slice(2))) ||
              (/^--unset=/.test(arg) && proxyNames.test(arg.slice(8))),
          )
        );
      if (name === 'remove-item') return args.some((arg) => /^env:(?:https?|all)_proxy$/i.test(arg));
      return (
        ((name === 'curl' || name === 'wget') &&
          args.some((arg, i) => arg === '--noproxy' && /\*|openai|anthropic|googleapis/.test(args[i + 1] ?? '')) &&
          args.some((arg) => modelHosts.test(arg))) ||
        (name === 'wget' && args.includes('--no-proxy') && args.some((arg) => modelHosts.test(arg)))
      );
    },
    examples: [
      'unset HTTPS_PROXY',
      'export HTTPS_PROXY=',
      'NO_PROXY=api.anthropic.com claude -p hi',
      'env -u HTTPS_PROXY claude',
      'export NO_PROXY="*"',
      'export ANTHROPIC_BASE_URL=https://api.anthropic.com',
      "curl --noproxy '*' https://api.openai.com/v1/models",
    ],
    counterExamples: [
      'export HTTPS_PROXY=http://127.0.0.1:8877',
      'export NO_PROXY=localhost,127.0.0.1',
      'echo $HTTPS_PROXY',
      'curl --noproxy localhost http://localhost:3000',
      'unset FOO',
    ],
  },
  {
    id: 'scrim-data',
    category: 'scrim',
    severity: 'high',
    then: 'ask',
    reason: "Reads Scrim's own files: its log, its keys, its token.",
    when: everywhere,
    path: ({ path, use }, { home }) =>
      use === 'read' && scrimPaths.test(inHome(path, home)) && !/policy\.yaml$|\.pem$/.test(path),
    command: ({ name, args, folder }, { home }) =>
      /^(?:cat|less|head|tail|grep|rg|sqlite3|strings|cp|tar|ls|find|jq|xxd|base64|python3?)$/.test(name) &&
      folder !== undefined &&
      args.some((arg) => scrimPaths.test(inHome(arg, home)) && !/policy\.yaml$|\.pem$/.test(arg)),
    examples: ['cat ~/.local/share/scrim/instance.json', 'sqlite3 ~/.local/share/scrim/sessions/log.db .dump'],
    counterExamples: ['cat docs/scrim.md', 'ls ~/projects/scrim'],
  },
];

const scrimPaths =
  /^~\/(?:\.config|\.local\/share|\.local\/state|\.cache|Library\/(?:Application Support|Preferences|Logs|Caches)|AppData\/(?:Roaming|Local))\/scrim(?:-nodejs)?(?:\/.*)?$|^~\/\.scrim(?:\/.*)?$/i;
const proxyNames = /^(?:https?|all)_proxy$|^NODE_EXTRA_CA_CERTS$|^NODE_USE_ENV_PROXY$/i;
const modelHosts =
  /(?:openai\.com|openai\.azure\.com|anthropic\.com|googleapis\.com|mistral\.ai|groq\.com|deepseek\.com|x\.ai|openrouter\.ai|githubcopilot\.com|chatgpt\.com|amazonaws\.com|together\.(?:ai|xyz)|fireworks\.ai|cohere\.(?:ai|com)|perplexity\.ai)/i;

function isModelClient(name: string, args: readonly string[]): boolean {
  return (
    /^(?:claude|codex|gemini|opencode|copilot|cline|cn|qwen|aider|goose|crush|llm|ollama|sgpt)$/.test(name) ||
    args.some((arg) => modelHosts.test(arg))
  );
}

function goesAround(key: string, value: string): boolean {
  if (/^(?:https?|all)_proxy$/i.test(key)) return value === '';
  if (/^no_proxy$/i.test(key))
    return value.trim() === '*' || /(?:^|[\s,])\*(?:$|[\s,])/.test(value) || modelHosts.test(value);
  return (
    /_(?:BASE_URL|API_BASE|ENDPOINT|BASE)$/i.test(key) &&
    /^(?:ANTHROPIC|OPENAI|GEMINI|GOOGLE_GEMINI|MISTRAL|GROQ|AZURE_OPENAI|CODEX)/i.test(key) &&
    modelHosts.test(value)
  );
}

/** What follows the program's name when a command starts Scrim; null for another program. */
function scrimWords(name: string, args: readonly string[]): string[] | null {
  const words = operands(args, new Set(['--data-dir', '--policy']));
  if (name === 'scrim') return words;
  if (name === 'npm' && /^(?:run|exec|run-script)$/.test(words[0] ?? '') && words[1] === 'scrim')
    return [...words.slice(2), ...args.slice(args.indexOf('--') + 1).filter((arg) => !arg.startsWith('-'))];
  if (name === 'node' && /(?:scrim\.js|scrim\/dist\/cli\/cli\.js)$/.test(words[0] ?? '')) return words.slice(1);
  return null;
}

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
