// What programs for HTTP (curl, wget, HTTPie) send, and where to.

import { flagValues, hasFlag, operands, unbundled } from './arguments.ts';
import type { Command, HostFact } from './facts.ts';
import { resolvePath } from './paths.ts';
import type { Shell } from './shell-state.ts';

export type Sends = HostFact['sends'];
export type Note = (address: string, sends: Sends, how: HostFact['how'], bytes?: number | null) => void;

/** Whether a text takes something along that is not written in it: a substitution, or what a pipe brings. */
export function carriesOutput(text: string): boolean {
  return /\$\((?! (?:curl|wget2?|https?|xh|gh|aws)\b|date\b|uname\b|hostname\b|whoami\b|git rev-parse|nproc\b|uuidgen|jq -n\b|seq\b|which\b|command -v)|`[^`]+`/.test(
    text,
  );
}

const curlValued = new Set(
  (
    '-d --data --data-raw --data-binary --data-ascii --data-urlencode --json -F --form --form-string -T --upload-file -H --header -X --request -o --output ' +
    '-u --user -A --user-agent -b --cookie -c --cookie-jar -e --referer -m --max-time --connect-timeout -w --write-out -x --proxy --retry --retry-delay ' +
    '--retry-max-time --cacert --cert --key -K --config --resolve --connect-to -r --range -C --continue-at -D --dump-header --limit-rate -y -Y -z -E ' +
    '--ciphers --interface --noproxy --oauth2-bearer --output-dir --proto --tls-max --unix-socket --url-query -t -Q -P --data-file --max-redirs --aws-sigv4 --pass --capath'
  ).split(' '),
);

/** Letters of curl that take a value. */
export const curlLetters = 'dFTHXouAbcemwxKrCDyYzEtQPU';

/** The lines of a curl configuration as arguments. */
function configured(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^\s*-{0,2}([a-z][\w-]*)\s*[=:\s]?\s*"?(.*?)"?\s*$/i.exec(line) ?? [];
    return name === '' ? [] : value === '' ? [`--${name}`] : [`--${name}`, value];
  });
}

export const curl = ({ args: bundled, input, feeders, folder }: Command, note: Note, shell: Shell): void => {
  const written = unbundled(bundled, curlLetters);
  const configs = flagValues(written, '-K', '--config').map((file) =>
    file === '-' ? input : (shell.files.get(resolvePath(file, folder, shell.home)) ?? null),
  );
  const args = [...written, ...configs.flatMap((text) => (text === null ? [] : configured(text)))];
  // Options that nobody can see here.
  if (
    flagValues(written, '-K', '--config').some((file) => file === '-' || file.startsWith('<(')) &&
    configs.includes(null)
  )
    note(operands(written, curlValued)[0] ?? 'unknown.invalid', 'output', 'http');
  const bodies = flagValues(
    args,
    '-d',
    '--data',
    '--data-raw',
    '--data-binary',
    '--data-ascii',
    '--data-urlencode',
    '--json',
    '-F',
    '--form',
    '--form-string',
  );
  const files = flagValues(args, '-T', '--upload-file');
  const query = hasFlag(args, 'G', '--get');
  const urls = [...operands(args, curlValued), ...flagValues(args, '--url')];
  let sends: Sends = 'nothing';
  let bytes: number | null = 0;
  for (const body of bodies) {
    const file = /^(?:[\w[\].-]+=)?[@<](.+)$/s.exec(body)?.[1]?.replace(/;.*$/s, '');
    if (file !== undefined && !flagValues(args, '--data-raw', '--form-string').includes(body)) {
      const known =
        file === '-' || file === '/dev/stdin' ? input : shell.files.get(resolvePath(file, shell.folder, shell.home));
      const standard = file === '-' || file === '/dev/stdin';
      if (!(standard && known !== null && known !== undefined))
        sends = standard && feeders.length > 0 ? 'output' : 'file';
      else if (sends === 'nothing') sends = 'text';
      bytes = bytes === null || known === null || known === undefined ? null : bytes + known.length;
    } else {
      if (carriesOutput(body)) sends = 'output';
      else if (sends === 'nothing') sends = 'text';
      bytes = bytes === null || carriesOutput(body) ? null : bytes + body.length;
    }
  }
  if (files.length > 0) {
    sends = files.some((file) => file === '-' || file === '.') ? 'output' : 'file';
    bytes = null;
  }
  const headers = flagValues(
    args,
    '-H',
    '--header',
    '-A',
    '--user-agent',
    '-b',
    '--cookie',
    '-e',
    '--referer',
    '-u',
    '--user',
  );
  if (sends === 'nothing' && headers.some((header) => carriesOutput(header) && !/^authorization:/i.test(header))) {
    sends = 'output';
    bytes = null;
  }
  const method = (flagValues(args, '-X', '--request')[0] ?? '').toUpperCase();
  for (const url of urls.slice(0, 20)) {
    if (sends === 'nothing' && carriesOutput(url)) note(url, 'output', 'http');
    else if (query && sends === 'text') note(url, 'nothing', 'http');
    else if (sends === 'nothing' && /^(?:POST|PUT|PATCH)$/.test(method)) note(url, 'text', 'http', 0);
    else note(url, sends, 'http', bytes);
  }
};

export const wget = ({ args }: Command, note: Note): void => {
  const carried = flagValues(args, '--header', '-U', '--user-agent', '--referer').some(carriesOutput);
  const files = flagValues(args, '--post-file', '--body-file');
  const texts = flagValues(args, '--post-data', '--body-data');
  const valued = new Set([
    '-O',
    '-P',
    '-o',
    '-a',
    '-U',
    '-T',
    '-t',
    '--header',
    '--post-file',
    '--post-data',
    '-i',
    '-e',
    '--method',
    '--body-data',
    '--body-file',
    '-A',
    '-R',
    '-l',
    '-X',
    '-I',
    '-D',
    '-Q',
    '-w',
  ]);
  for (const url of operands(args, valued)) {
    if (files.length > 0) note(url, 'file', 'http');
    else if (texts.length > 0)
      note(
        url,
        texts.some(carriesOutput) ? 'output' : 'text',
        'http',
        texts.some(carriesOutput) ? null : texts.join('').length,
      );
    else note(url, carried || carriesOutput(url) ? 'output' : 'nothing', 'http');
  }
};

export const httpie = ({ args, feeders, input }: Command, note: Note): void => {
  const words = operands(
    args,
    new Set(['-a', '--auth', '-o', '--output', '-s', '--session', '--proxy', '--verify', '--timeout', '-A']),
  );
  const at = words.findIndex((word) => !/^[A-Z]+$/.test(word));
  const url = words[at];
  if (url === undefined || url === 'install') return;
  const items = words.slice(at + 1).filter((word) => !/^[\w-]+:(?!=)/.test(word) && !word.includes('=='));
  const file = items.some((item) => /@|:?=@/.test(item));
  const output = items.some(carriesOutput) || (feeders.length > 0 && input === null);
  const sends = file
    ? 'file'
    : output
      ? 'output'
      : items.length > 0 || /^(?:POST|PUT|PATCH)$/.test(words[at - 1] ?? '')
        ? 'text'
        : 'nothing';
  note(url, sends, 'http', sends === 'text' ? items.join('').length : undefined);
};
