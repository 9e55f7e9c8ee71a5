// Rules about what hides what it does.

import { everywhere, type Rule } from '../rule.ts';

export const obfuscationRules: readonly Rule[] = [
  {
    id: 'decoded-to-shell',
    category: 'obfuscation',
    severity: 'critical',
    then: 'deny',
    reason: 'Decodes hidden text and runs it.',
    when: everywhere,
    signs: ['decoded-to-shell'],
    examples: [
      'echo cm0gLXJmIC8= | base64 -d | sh',
      'eval "$(echo bHM= | base64 --decode)"',
      'powershell -EncodedCommand cgBtAA==',
      'bash -c "$(base64 -d <<< bHM=)"',
      `python3 -c "exec(__import__('base64').b64decode('cHJpbnQ='))"`,
      'echo 6c73 | xxd -r -p | bash',
    ],
    counterExamples: [
      'base64 -d secret.b64 > secret.bin',
      'echo aGk= | base64 -d',
      'echo hi | base64',
      'cat x | jq -r .content | base64 -d | head',
    ],
  },
  {
    id: 'computed-to-shell',
    category: 'obfuscation',
    severity: 'high',
    then: 'ask',
    reason: 'Runs text that another program makes up first, so that nobody can read here what it does.',
    when: everywhere,
    signs: ['computed'],
    examples: [
      'awk \'BEGIN{printf "%c%c", 105, 100}\' | sh',
      `jq -rn '["rm", "x"] | join(" ")' | bash`,
      '$(awk \'BEGIN{printf "%c%c",114,109}\') x',
      'gunzip -c setup.gz | sh',
      'bash -c "$(sed -n 3p notes.txt)"',
      'c=$(tail -n 1 notes.txt | cut -c 3-); eval "$c"',
    ],
    counterExamples: [
      'eval "$(ssh-agent -s)"',
      '$(git rev-parse --show-toplevel)/run.sh',
      'cat setup.sh | bash',
      'source <(kubectl completion bash)',
      '$(npm bin)/eslint .',
      'v=$(jq -r .version package.json); git tag "v$v"',
    ],
  },
  {
    id: 'disguised-command',
    category: 'obfuscation',
    severity: 'high',
    then: 'ask',
    reason: 'Writes the name of a command so that a reader does not see what it is.',
    when: everywhere,
    signs: ['disguised'],
    examples: [
      'r"m" file',
      "$'\\x72\\x6d' file",
      '/bin/r? file',
      'c${x}at y; w$@get z',
      "$(printf '\\162\\155') x",
      'a=r; b=m; $a$b x',
    ],
    counterExamples: [
      '"git" status',
      '\\ls',
      '$PYTHON -m pytest',
      '"$HOME/bin/tool" x',
      './node_modules/.bin/eslint .',
      '${CC} -c a.c',
      '[ -f x ]',
    ],
  },
  {
    id: 'unreadable',
    category: 'obfuscation',
    severity: 'medium',
    then: 'ask',
    reason: 'Is too long or too deeply nested to be judged as a whole.',
    when: everywhere,
    signs: ['unreadable'],
    examples: [
      `echo ${'a'.repeat(70_000)}`,
      {
        kind: 'tool-call',
        name: 'bash',
        input: { command: 'x=aaaaaaaaaaaaaaaa; ' + 'x=$x$x$x$x; '.repeat(12) + 'echo $x' },
      },
    ],
    counterExamples: [`echo ${'a'.repeat(1_000)}`],
  },
  {
    id: 'preloaded-code',
    category: 'obfuscation',
    severity: 'high',
    then: 'ask',
    reason: 'Loads other code into the programs that follow.',
    when: everywhere,
    programs: ['=', 'export', 'declare', 'setx'],
    command: ({ name, args, variables }) => {
      const set = variables.some(([key, value]) => loads(key, value));
      if (set) return true;
      return (
        (name === 'export' || name === 'declare' || name === 'setx') &&
        args.some((arg) => arg.includes('=') && loads(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)))
      );
    },
    examples: [
      'LD_PRELOAD=/tmp/x.so ls',
      'export DYLD_INSERT_LIBRARIES=/tmp/x.dylib',
      'NODE_OPTIONS="--require /tmp/x.js" npm test',
      'BASH_ENV=/tmp/x bash y.sh',
      'GIT_SSH_COMMAND="sh -c id" git fetch',
      'env LD_PRELOAD=/tmp/x.so ls',
    ],
    counterExamples: [
      'NODE_OPTIONS=--max-old-space-size=4096 npm run build',
      'NODE_ENV=test npm test',
      'GIT_SSH_COMMAND="ssh -i key" git fetch',
      'PAGER=cat git log',
      'EDITOR=vim git commit',
    ],
  },
];

function loads(key: string, value: string): boolean {
  if (value === '') return false;
  if (/^(?:LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES)$/.test(key))
    return !/jemalloc|tcmalloc|libasan|libfaketime|libstdc\+\+|libgomp/.test(value);
  if (key === 'NODE_OPTIONS')
    return /(?:--require|-r|--import|--loader|--experimental-loader)[ =](?:\/tmp|\/var\/tmp|\/dev\/shm|https?:|data:|~\/)/.test(
      value,
    );
  if (/^(?:BASH_ENV|ENV|PYTHONSTARTUP|PERL5OPT|RUBYOPT|PROMPT_COMMAND|PERL5DB)$/.test(key))
    return !/^-W|^-w$|^\.env|^(?:test|dev|development|production|prod|staging|ci|local|stage|qa)$/i.test(value);
  if (/^(?:GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_ASKPASS|GIT_PROXY_COMMAND|SSH_ASKPASS)$/.test(key))
    return (
      !/^(?:ssh|\/usr\/bin\/ssh)(?:\s|$)|^(?:true|echo|\/bin\/true|\/bin\/echo)$/.test(value) ||
      /ProxyCommand|LocalCommand/.test(value)
    );
  if (/^(?:PAGER|GIT_PAGER|MANPAGER|EDITOR|VISUAL|GIT_EDITOR|GIT_SEQUENCE_EDITOR|BROWSER)$/.test(key))
    return /[;|&$`]|\bsh -c\b|curl |wget /.test(value);
  return false;
}
