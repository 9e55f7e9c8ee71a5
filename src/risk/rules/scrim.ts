// Rules about Scrim itself: nothing that an assistant writes may stop it, answer for the person, or go around it.

import { hasFlag, operands } from '../arguments.ts';
import { inHome } from '../paths.ts';
import { everywhere, type Rule } from '../rule.ts';

export const scrimRules: readonly Rule[] = [
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
      'fuser',
      'kill-port',
      'killport',
      'fkill',
      'xargs',
    ],
    command: ({ name, args, feeders }) => {
      const line = args.join(' ');
      if (/^(?:pkill|killall|taskkill|stop-process)$/.test(name)) return /\bscrim\b/i.test(line);
      if (
        (/^(?:fuser|kill-port|fkill|kill|npx|killport)$/.test(name) || (name === 'xargs' && args.includes('kill'))) &&
        ownPorts.test([line, ...feeders.map((feeder) => feeder.args.join(' '))].join(' '))
      )
        return name !== 'fuser' || hasFlag(args, 'k', '--kill');
      if (name === 'kill' || name === 'xargs')
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
      if (first === 'doctor') return args.includes('--fix');
      if (first === 'sessions') return second === 'purge' || second === 'reveal';
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
      'fuser -k 8877/tcp',
      'lsof -ti tcp:8877 | xargs kill -9',
      'npx kill-port 8877',
      'rm -rf ~/.local/share/scrim',
      'echo "mode: observe" > ~/.config/scrim/policy.yaml',
      'npm run --silent scrim -- stop',
    ],
    counterExamples: [
      'scrim status',
      'lsof -ti:3000 | xargs kill',
      'fuser 8877/tcp',
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
    programs: ['=', 'unset', 'set', 'export', 'setx', 'declare', 'env', 'remove-item', 'curl', 'wget'],
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
      if (name === 'env' && hasFlag(args, 'i', '--ignore-environment') && args.some((arg) => isModelClient(arg, [])))
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
    programs: [
      'cat',
      'less',
      'head',
      'tail',
      'grep',
      'rg',
      'sqlite3',
      'strings',
      'cp',
      'tar',
      'ls',
      'find',
      'jq',
      'xxd',
      'base64',
      'python',
      'python3',
    ],
    command: ({ args }, { home }) =>
      args.some((arg) => scrimPaths.test(inHome(arg, home)) && !/policy\.yaml$|\.pem$/.test(arg)),
    examples: ['cat ~/.local/share/scrim/instance.json', 'sqlite3 ~/.local/share/scrim/sessions/log.db .dump'],
    counterExamples: ['cat docs/scrim.md', 'ls ~/projects/scrim'],
  },
];

const scrimPaths =
  /^~\/(?:\.config|\.local\/share|\.local\/state|\.cache|Library\/(?:Application Support|Preferences|Logs|Caches)|AppData\/(?:Roaming|Local))\/scrim(?:-nodejs)?(?:\/.*)?$|^~\/\.scrim(?:\/.*)?$/i;
/** Where Scrim listens when nobody says otherwise. */
const ownPorts = /(?:^|[^\d])887[78](?:$|[^\d])/;
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
