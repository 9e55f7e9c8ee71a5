// Files that a text takes from the net and then runs. Which commands write them, and which run them.

import { flagValues, hasFlag, operands, unbundled } from './arguments.ts';
import type { Command } from './facts.ts';
import { shells } from './feeding.ts';
import { hostOf, isRegistry, isSourceHost, isUrl } from './hosts.ts';
import { curlLetters } from './http-requests.ts';
import { resolvePath } from './paths.ts';
import type { Flow, Shell } from './shell-state.ts';

/** Programs that bring what they print from another machine. */
export const fetchers =
  /^(?:curl|curlie|wget|wget2|aria2c|axel|https?|xhs?|fetch|lynx|w3m|links2?|elinks|ncat|nc|netcat|socat|openssl|iwr|irm|invoke-webrequest|invoke-restmethod|gh|aws|gsutil|rclone|ssh|scp|sftp|ftp|lftp|tftp|dig|nslookup|rsync)$/;

export function note(shell: Shell, path: string, folder: string | null): void {
  if (path !== '' && path !== '-' && path !== '/dev/null' && shell.fetched.size < 50)
    shell.fetched.add(resolvePath(path, folder, shell.home));
}

const nameOf = (address: string): string => /([^/?#:]+?)\/?(?:[?#].*)?$/.exec(address)?.[1] ?? '';
const isForeign = (address: string): boolean => {
  const host = hostOf(address.replace(/^(?:git\+|ssh:\/\/)?/, '')) ?? '';
  return host.includes('.') && !isSourceHost(host) && !isRegistry(host);
};

/** Adds the files that a command downloads; archives and clones count as folders, unless they come from a usual place. */
export function noteDownloads(command: Command, shell: Shell): void {
  const { name, folder } = command;
  const download = downloads.get(name);
  if (download !== undefined) for (const file of download(command.args)) note(shell, file, folder);
  else if (name === 'git' && command.args.includes('clone')) {
    const words = operands(command.args, new Set(['-b', '--branch', '--depth', '-C', '-c', '-o', '-j']));
    const [, address = '', into = nameOf(address).replace(/\.git$/, '')] = words;
    if (isForeign(address)) note(shell, `${into}/`, folder);
  } else if (/^(?:tar|bsdtar|unzip|7z|cpio)$/.test(name)) {
    const from = operands(command.args).find((word) => isFetched(word, folder, shell));
    const piped = command.feeders.flatMap((feeder) => (fetchers.test(feeder.name) ? feeder.args : [])).find(isForeign);
    const archive = from ?? piped;
    if (archive === undefined) return;
    const into = flagValues(command.args, '-C', '--directory', '-d')[0];
    note(shell, into ?? nameOf(archive).replace(/(?:\.tar)?\.\w+$/, ''), folder);
  } else if (name === 'tee' && command.feeders.some((feeder) => fetchers.test(feeder.name)))
    for (const file of operands(command.args)) note(shell, file, folder);
  else if (/^(?:cp|mv|install|move-item|copy-item|base64|gunzip)$/.test(name) && shell.fetched.size > 0) {
    const words = operands(command.args, new Set(['-m']));
    if (words.slice(0, -1).some((word) => isFetched(word, folder, shell))) note(shell, words.at(-1) ?? '', folder);
  }
}

type Files = (args: readonly string[]) => string[];

const unnamed = (args: readonly string[], given: readonly string[], named: boolean): string[] => [
  ...given,
  ...(named ? operands(args).filter(isUrl).map(nameOf) : []),
];
const wget: Files = (bundled) => {
  const args = unbundled(bundled, 'OoPaTtUeiAR');
  const given = flagValues(args, '-O', '--output-document');
  return unnamed(args, given, given.length === 0);
};
const web: Files = (args) => {
  const lower = args.map((arg) => arg.toLowerCase());
  const at = lower.findIndex((arg) => /^-(?:o\w*|destination)$/.test(arg));
  return at === -1 ? [] : [args[at + 1] ?? ''];
};
const copied: Files = (args) => {
  const words = operands(args, new Set(['-i', '-P', '-o', '-F', '-e', '-l']));
  const [source = '', target = '.'] = words.slice(-2);
  if (!/^[\w.@-]+::?[^\\]/.test(source) || /^[a-z]:[\\/]/i.test(source)) return [];
  return [/^\.?$|\/$/.test(target) ? `${target}/${nameOf(source)}` : target];
};

const downloads: ReadonlyMap<string, Files> = new Map(
  Object.entries<Files>({
    curl: (bundled) => {
      const args = unbundled(bundled, curlLetters);
      return unnamed(
        args,
        flagValues(args, '-o', '--output'),
        hasFlag(args, 'O', '--remote-name', '--remote-name-all'),
      );
    },
    wget,
    wget2: wget,
    aria2c: (args) => {
      const given = flagValues(args, '-o', '--out');
      return unnamed(args, given, given.length === 0);
    },
    axel: (args) => unnamed(args, flagValues(args, '-o', '--output'), true),
    fetch: (args) => unnamed(args, flagValues(args, '-o'), true),
    http: (args) => unnamed(args, flagValues(args, '-o', '--output'), hasFlag(args, 'd', '--download')),
    https: (args) => unnamed(args, flagValues(args, '-o', '--output'), hasFlag(args, 'd', '--download')),
    xh: (args) => unnamed(args, flagValues(args, '-o', '--output'), hasFlag(args, 'd', '--download')),
    'invoke-webrequest': web,
    'invoke-restmethod': web,
    'start-bitstransfer': (args) => [...web(args), ...operands(args).slice(1, 2)],
    certutil: (args) => operands(args.filter((arg) => !isUrl(arg) && !/^\/\w/.test(arg))).slice(-1),
    bitsadmin: (args) => args.slice(-1),
    scp: copied,
    rsync: copied,
    tftp: (args) => operands(args).slice(-1),
    ftp: (args) => operands(args).slice(-1),
  }),
);

export function isFetched(path: string, folder: string | null, shell: Shell): boolean {
  if (shell.fetched.size === 0) return false;
  const full = resolvePath(path, folder, shell.home);
  if (shell.fetched.has(full)) return true;
  for (const each of shell.fetched) if (full.startsWith(`${each}/`)) return true;
  return false;
}

/** The file that a program runs: its first operand, or the one behind a verb. */
const takesFile =
  /^(?:source|\.|python[\d.]*|pypy\d*|node|nodejs|perl|ruby|php|lua|luajit|deno|bun|tsx|ts-node|java|osascript|rscript|julia|tclsh|expect|wine|mono|open|xdg-open|start-process|start|wscript|cscript|mshta|regsvr32|rundll32|msiexec|msbuild|installutil|powershell|pwsh|cmd|insmod|gdebi|m4|crontab|qemu-\S+|chmod|xattr)$/;
const takesVerb =
  /^(?:go|dotnet|bun|deno|cargo|npm|pnpm|yarn|pip3?|pipx|uv|gem|apt|apt-get|dnf|yum|zypper|brew|snap|flatpak|docker|podman|kubectl|helm|installer|dpkg|rpm)$/;
const takesFolder = /^(?:make|gmake|ninja|npm|pnpm|yarn|bun|pip3?|cargo|go|docker|docker-compose|rake|gradlew|mvn)$/;

/** Whether a command runs what this very text took from the net. */
export function runsFetched(words: readonly string[], shell: Shell): boolean {
  if (shell.fetched.size === 0) return false;
  const [written = '', ...args] = words;
  const program = written.slice(Math.max(written.lastIndexOf('/'), written.lastIndexOf('\\')) + 1).toLowerCase();
  const fetched = (file: string): boolean => isFetched(file, shell.folder, shell);
  if ((/[\\/]/.test(written) || /\.(?:exe|ps1|bat|cmd|msi)$/i.test(written)) && fetched(written)) return true;
  if (program === 'chmod' || program === 'xattr') return false;
  const files = operands(args);
  if ((shells.test(program) || takesFile.test(program)) && files.slice(0, 1).some(fetched)) return true;
  if (takesVerb.test(program) && files.slice(0, 3).some(fetched)) return true;
  if (
    flagValues(args, '-f', '-P', '-File', '-C', '-jar', '/i', '-i', '-pkg').some(fetched) &&
    !/^(?:tar|curl|wget|git|grep|ssh|scp)$/.test(program)
  )
    return true;
  return takesFolder.test(program) && shell.folder !== null && fetched(shell.folder);
}

/** `curl … > file`: the redirect's target holds what the net sent. */
export function noteFetchedTarget(path: string, flow: Flow, shell: Shell): void {
  const last = flow.commands.find((command) => !command.wraps);
  if (last !== undefined && (fetchers.test(last.name) || last.feeders.some((feeder) => fetchers.test(feeder.name))))
    note(shell, path, null);
}
