// PowerShell and cmd.exe by command name: aliases resolved, flags as they are, nothing executed in between.

import { note } from './fetched.ts';
import { add, spend } from './facts.ts';
import { isSecretName } from './credentials.ts';
import { looseCommands } from './loose-commands.ts';
import { fromBase64 } from './printed.ts';
import { plainCmd, plainPowershell } from './plain-powershell.ts';
import { inside, type Flow, type Runs, type Shell } from './shell-state.ts';

const aliases: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    ri: 'remove-item',
    rni: 'rename-item',
    mi: 'move-item',
    ci: 'copy-item',
    cpi: 'copy-item',
    ni: 'new-item',
    si: 'set-item',
    gc: 'get-content',
    sc: 'set-content',
    ac: 'add-content',
    clc: 'clear-content',
    iwr: 'invoke-webrequest',
    irm: 'invoke-restmethod',
    iex: 'invoke-expression',
    icm: 'invoke-command',
    saps: 'start-process',
    spps: 'stop-process',
    sasv: 'start-service',
    spsv: 'stop-service',
    sp: 'set-itemproperty',
    rp: 'remove-itemproperty',
    etsn: 'enter-pssession',
    nsn: 'new-pssession',
    sl: 'cd',
    gcm: 'get-command',
    sajb: 'start-job',
    cat: 'get-content',
    type: 'get-content',
    erase: 'del',
    rd: 'rmdir',
    move: 'mv',
    copy: 'cp',
    md: 'mkdir',
    start: 'start-process',
  }),
);

/** Whether a text for an unknown shell is PowerShell. */
export function looksLikePowershell(text: string): boolean {
  return /\b(?:Remove|Invoke|Set|Start|Stop|New|Add|Out|Copy|Move|Disable|Enable|Clear|Format|Import|Expand|Register|Uninstall|Get|Enter)-[A-Z][A-Za-z]{2,}\b|\$env:\w|\b(?:iwr|irm)\b[^\n|]*\|\s*iex\b|\biex\s*[("$]/.test(
    text,
  );
}

export function readPowershell(source: string, shell: Shell, runs: Runs, escape: '`' | '^' = '`'): Flow {
  let text = source.slice(0, 65_536);
  if (text.length < source.length) shell.facts.signs.set('unreadable', shell.place);
  for (const [, encoded = ''] of text.matchAll(/FromBase64String\(\s*["']([A-Za-z0-9+/=]+)["']/gi)) {
    shell.facts.signs.set('decoded-to-shell', shell.place);
    readPowershell((fromBase64(encoded) ?? '').replaceAll('\0', ''), inside(shell), runs);
    if (!spend(shell.facts, 20, shell.place)) break;
  }
  text = escape === '^' ? plainCmd(text) : plainPowershell(text);
  noteDotNet(text, shell, runs);
  notePipes(text, shell);
  let listed = '.';
  const commands = [];
  const variables = new Map<string, string>();
  for (const words of looseCommands(text, escape)) {
    if (!spend(shell.facts, 2 + words.length, shell.place) || shell.depth > 12) break;
    const assigned = words.length === 1 ? /^(\$\w+)=(.+)$/s.exec(words[0] ?? '') : null;
    if (assigned !== null) {
      variables.set((assigned[1] ?? '').toLowerCase(), assigned[2] ?? '');
      continue;
    }
    noteEnvironment(words, shell, runs);
    if (/^\$\w+$/.test(words[0] ?? '') && words[1] === '=') {
      if (words.length === 3) variables.set((words[0] ?? '').toLowerCase(), words[2] ?? '');
      if (words.length > 3) words.splice(0, 2);
      else continue;
    }
    const plain = words
      .map((word) => variables.get(word.toLowerCase()) ?? word)
      .map((word) => (/^\$(?:_|PSItem)\b/.test(word) ? listed : word))
      .map((word) => (/^\.\\|^~\\/.test(word) ? word.replaceAll('\\', '/') : word))
      .filter((word, i) => !(i === 0 && (word === '&' || word === '.' || word === '@' || word === '%')));
    const program = (plain[0] ?? '').replace(/^@(?=\w)/, '');
    const first = program.toLowerCase();
    if (first === '') continue;
    if (/^(?:gci|get-childitem|dir|ls)$/.test(first)) listed = setOf(plain.slice(1));
    // What is listed goes down the pipe.
    if (
      /^(?:ri|remove-item|del|erase|rd|clear-content|clc)$/.test(first) &&
      !plain.slice(1).some((word) => !/^-|^\/\w$/.test(word))
    )
      plain.push(listed);
    const flow = runs.start(
      {
        words: [aliases.get(first) ?? program, ...plain.slice(1)],
        input: { text: null, commands: [] },
        variables: [],
        disguised: false,
        folder: shell.folder,
      },
      inside(shell),
      runs,
    );
    commands.push(...flow.commands);
  }
  return { text: null, commands };
}

/** What a listing names; narrowed by a filter, something below it. */
function setOf(args: readonly string[]): string {
  const root = args.find((word) => !word.startsWith('-')) ?? '.';
  return args.some((word) => /^-(?:filter|include|name)/i.test(word)) || /[*]\.\w/.test(root)
    ? `${root.replace(/[\\/][^\\/]*$/, '')}/{}`
    : root;
}

function startWords(words: readonly string[], shell: Shell, runs: Runs): void {
  runs.start(
    { words, input: { text: null, commands: [] }, variables: [], disguised: false, folder: shell.folder },
    inside(shell),
    runs,
  );
}

/** Classes of .NET: files deleted, downloaded, sockets. */
function noteDotNet(text: string, shell: Shell, runs: Runs): void {
  if (!/\[|New-Object|\.Delete\(/i.test(text)) return;
  for (const [, kind = '', path = ''] of text.matchAll(
    /\[(?:System\.)?IO\.(Directory|File)\w*\]::Delete\(\s*["']?([^"',)]{1,300})/gi,
  ))
    startWords(['remove-item', ...(/dir/i.test(kind) ? ['-Recurse'] : []), path], shell, runs);
  for (const [, path = ''] of text.matchAll(/\.DownloadFile\(\s*["'][^"']{1,400}["']\s*,\s*["']([^"']{1,300})["']/gi))
    note(shell, path, shell.folder);
  if (/ShadowCopy[\s\S]{0,200}\.Delete\(/i.test(text)) startWords(['vssadmin', 'delete', 'shadows'], shell, runs);
  if (/GetEnvironmentVariables\(/i.test(text))
    add(shell.facts.credentials, { name: 'every variable', place: shell.place });
  if (/Net\.Sockets\.TCPClient/i.test(text) && /\biex\b|Invoke-Expression|cmd\.exe|powershell/i.test(text))
    shell.facts.signs.set('reverse-shell', shell.place);
}

/** `gci env:`, `$env:API_KEY`, `$env:HTTPS_PROXY = ''`. */
function noteEnvironment(words: readonly string[], shell: Shell, runs: Runs): void {
  const [first = '', second] = words;
  if (
    /^(?:gci|get-childitem|dir|ls|get-item|gi)$/i.test(first) &&
    words.slice(1).some((word) => /^env:[\\/]?\*?$/i.test(word))
  )
    add(shell.facts.credentials, { name: 'every variable', place: shell.place });
  const [, name = '', sets, value = ''] = /^\$env:(\w+)(=)?(.*)$/is.exec(first) ?? [];
  if (name === '') return;
  if (sets !== undefined || second === '=')
    startWords(['export', `${name}=${sets === undefined ? (words[2] ?? '') : value}`], shell, runs);
  else if (words.length === 1 && isSecretName(name))
    add(shell.facts.credentials, { name: `$${name}`, place: shell.place });
}

/** `irm … | iex`, in either order. */
function notePipes(text: string, shell: Shell): void {
  if (
    /\b(?:iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|downloadstring|net\.webclient)\b[\s\S]{0,300}(?:\|\s*(?:iex|invoke-expression)\b)|\b(?:iex|invoke-expression)\b[\s\S]{0,300}(?:downloadstring|\biwr\b|\birm\b|invoke-webrequest|invoke-restmethod|webclient)/i.test(
      text,
    )
  )
    shell.facts.signs.set('piped-to-shell', shell.place);
}
