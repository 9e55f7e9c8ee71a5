// PowerShell and cmd.exe by command name: aliases resolved, flags as they are, nothing executed in between.

import { spend } from './facts.ts';
import { looseCommands } from './loose-commands.ts';
import { fromBase64 } from './printed.ts';
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
  // `& ('i'+'ex')` is `iex`.
  for (let i = 0; i < 4 && /'\s*\+\s*'/.test(text); i++) text = text.replace(/'([^']*)'\s*\+\s*'([^']*)'/g, "'$1$2'");
  text = text
    .replace(/&\s*\(\s*['"]([\w-]+)['"]\s*\)/g, '$1')
    .replace(/\$env:(?:USERPROFILE|HOME|HOMEPATH)\b|\$HOME\b/gi, '~');
  notePipes(text, shell);
  let listed = '.';
  const commands = [];
  const variables = new Map<string, string>();
  for (const words of looseCommands(text, escape)) {
    if (!spend(shell.facts, 2 + words.length, shell.place) || shell.depth > 12) break;
    if (/^\$\w+$/.test(words[0] ?? '') && words[1] === '=') {
      if (words.length === 3) variables.set((words[0] ?? '').toLowerCase(), words[2] ?? '');
      if (words.length > 3) words.splice(0, 2);
      else continue;
    }
    const plain = words
      .map((word) => variables.get(word.toLowerCase()) ?? word)
      .map((word) => (/^\$(?:_|PSItem)\b/.test(word) ? listed : word))
      .filter((word, i) => !(i === 0 && (word === '&' || word === '.' || word === '@')));
    const first = (plain[0] ?? '').toLowerCase();
    if (first === '') continue;
    if (/^(?:gci|get-childitem|dir|ls)$/.test(first))
      listed = plain.slice(1).find((word) => !word.startsWith('-')) ?? '.';
    const flow = runs.start(
      {
        words: [aliases.get(first) ?? plain[0] ?? '', ...plain.slice(1)],
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

/** `irm … | iex`, in either order. */
function notePipes(text: string, shell: Shell): void {
  if (
    /\b(?:iwr|irm|curl|wget|invoke-webrequest|invoke-restmethod|downloadstring|net\.webclient)\b[\s\S]{0,300}(?:\|\s*(?:iex|invoke-expression)\b)|\b(?:iex|invoke-expression)\b[\s\S]{0,300}(?:downloadstring|\biwr\b|\birm\b|invoke-webrequest|invoke-restmethod|webclient)/i.test(
      text,
    )
  )
    shell.facts.signs.set('piped-to-shell', shell.place);
}
