// What a command does to files and credentials: the paths among its arguments, by what the program makes of them.

import { hasFlag, operands } from './arguments.ts';
import { credentialAt, isEnvFile } from './credentials.ts';
import { variablesShown } from './environment.ts';
import { noteConnections } from './connections.ts';
import { add, type Command } from './facts.ts';
import { touches, type Use } from './file-effects.ts';
import { noteDownloads } from './fetched.ts';
import { noteContents } from './contents.ts';
import { resolvePath } from './paths.ts';
import type { Shell } from './shell-state.ts';
import { credentialsHunted, secretSearched, storeRead } from './stores.ts';

/** Adds the facts of one command. */
export function effectsOf(command: Command, shell: Shell): void {
  const { facts, place } = shell;
  const use: Use = (written, how, content = null) => {
    if (written === '' || written === '-' || written.length > 4_096) return;
    const path = resolvePath(written, command.folder, shell.home);
    add(facts.paths, { path, use: how, content, elsewhere: command.elsewhere, place });
    noteContents(path, content, facts, place);
  };
  touches.get(command.name)?.(command.args, use, command);
  noteStores(command, shell);
  if (/^(?:docker|podman|nerdctl)$/.test(command.name)) noteMounts(command, use, shell);
  if (command.wraps && command.args.length > 0 && !/^(?:find|git|tar|rsync|source|\.)$/.test(command.name)) return;
  noteConnections(command, facts, shell);
  noteCopies(command, shell);
  noteDownloads(command, shell);
  noteCredentials(command, shell, use);
}

/** Programs under another name: this very text may run them. */
function noteCopies(command: Command, shell: Shell): void {
  const { name } = command;
  const resolve = (path: string): string => resolvePath(path, command.folder, shell.home);
  if (name === 'cp' || name === 'ln' || name === 'install' || name === 'mv') {
    const [source = '', target] = operands(command.args, new Set(['-m', '-t']));
    const program = /^(?:(?:\/usr)?(?:\/local)?\/s?bin\/|)([\w.-]+)$/.exec(source)?.[1];
    if (
      target === undefined ||
      program === undefined ||
      (!source.includes('/') && !/^(?:rm|dd|sh|bash|curl|wget|nc|cat|scp|chmod|mkfs)$/.test(source))
    )
      return;
    const into = /\/$|^\.$/.test(target) ? `${target}/${program}` : target;
    if (shell.copies.size < 50) shell.copies.set(resolve(into), program);
  }
}

/** What the path of a credential has in it: most arguments are not looked at any further. */
const suspect =
  /[~*?[]|(?:^|[/@=\\:])\.|id_|\/etc\/|\/proc\/|\/run\/|library|ookies|login|key\d|\.(?:kdb|jks|ppk|keychain)|wallet|credential|service-account|appdata|system32|_netrc|_history|Web Data|Local State/i;

/** Commands for which a path to a credential is no loading of it. */
const harmless = new Set(
  'ls ll la dir test [ [[ stat chmod chown mkdir rmdir touch cd ssh sshd ssh-add ssh-agent ssh-keyscan ssh-copy-id echo printf rm unlink shred basename dirname realpath readlink which type du tree exa eza eval find bfs gh glab aws export declare local kubectl helm terraform mount umount cmp docker-compose source . direnv code nano'.split(
    ' ',
  ),
);
/** Of these, only some verbs show a file. */
const shownBy: ReadonlyMap<string, RegExp> = new Map([
  ['git', /--no-index|^hash-object\b|^show \S*:|^cat-file|^blame\b|^grep\b.*--no-index/],
  ['file', /(?:^| )(?:-f|--files-from)/],
  ['wc', /--files0-from/],
  ['ssh-keygen', /(?:^| )-\w*[ye](?: |$)/],
]);
/** Programs that do something with a .env file other than showing it. */
const loads =
  /^(?:docker|podman|nerdctl|node|bun|deno|tsx|dotenv\w*|env-cmd|cp|mv|rsync|ln|install|set|vercel|netlify|supabase|wrangler|fly|flyctl|railway|heroku|doppler|op|sops|uv|poetry|pipenv|npx|npm|pnpm|yarn|make|just|task|foreman|honcho|overmind|hivemind|prettier|eslint|kubectl|chezmoi|sudo|vim?|nvim|emacs|sed|touch|trash|zip|tar|npm-run-all|cross-env|next|vite|wc|gitleaks|trufflehog|detect-secrets|dotenv-linter|diff|ci|tee|test|truncate|infisical|varlock|firebase|watchexec|nodemon|entr|python[\d.]*|ruby|php|flask|django-admin|uvicorn|gunicorn|celery|pytest|jest|vitest|k6|newman|act|encore|sst|serverless|sls|sam|pulumi|ansible\S*|git|file|md5sum|sha\d+sum|b2sum|cksum|dos2unix|shellcheck)$/;

function noteStores(command: Command, shell: Shell): void {
  for (const store of [storeRead(command), secretSearched(command), credentialsHunted(command)])
    if (store !== null) add(shell.facts.credentials, { name: store, place: shell.place });
}

/** `-v ~/.aws:/x`: what a container is given to read. */
function noteMounts({ args }: Command, use: Use, shell: Shell): void {
  for (const arg of args) {
    const source = /^(?:-v|--volume=|type=bind,.*?(?:source|src)=|(?:source|src)=)?([~/][^:,]*)[:,]/.exec(arg)?.[1];
    if (source !== undefined && credentialAt(resolvePath(source, null, shell.home), shell.home) !== null)
      use(source, 'read');
  }
}

function noteCredentials(command: Command, shell: Shell, use: Use): void {
  const { facts, place } = shell;
  const { name, args } = command;
  for (const variable of variablesShown(command)) add(facts.credentials, { name: variable, place });
  if (harmless.has(name) || name === '' || !args.some(isSuspect)) return noteHidden(command, shell, use);
  const verb = shownBy.get(name);
  if (verb !== undefined && !verb.test(args.join(' '))) return;
  noteRead(command, shell, use);
}

const isSuspect = (arg: string): boolean => suspect.test(arg);

/** In a hidden folder, plain names may be those of credentials: `cd ~/.ssh; cat id`. */
function noteHidden(command: Command, shell: Shell, use: Use): void {
  if (command.folder?.includes('/.') === true && !harmless.has(command.name)) noteRead(command, shell, use);
}

function noteRead({ name, args, folder }: Command, shell: Shell, use: Use): void {
  const hidden = folder?.includes('/.') === true;
  for (const arg of args) {
    if (!hidden && !suspect.test(arg)) continue;
    if (arg.length > 600 || (arg.startsWith('-') && !arg.includes('=') && !arg.includes('@'))) continue;
    const written = arg
      .replace(/^(?:--?[\w-]+=|[\w-]+=@?|@|file:\/\/|if=|:|[\w@~^.-]{1,60}:(?=[^/]))/, '')
      .replace(/^@/, '');
    if (!/[./~]/.test(written) && !hidden) continue;
    const path = resolvePath(written, folder, shell.home);
    if (credentialAt(path, shell.home) !== null || (isEnvFile(path) && showsEnvFile(name, args))) use(written, 'read');
  }
}

function showsEnvFile(name: string, args: readonly string[]): boolean {
  if (/^(?:e?grep|rg|ag|awk|gawk|jq|yq)$/.test(name))
    return !hasFlag(args, 'c', 'q', 'l', 'o', 'L', '--count', '--quiet');
  if (name === 'sed')
    return (
      !hasFlag(args, 'i', '--in-place') && !/s(.).*\1(?:.*(?:\*\*|xxx|redact|…|\.\.\.|<|=\1))/i.test(args.join(' '))
    );
  if (name === 'git' || name === 'diff') return true;
  if (/^(?:vim?|nvim|ex|emacs)$/.test(name)) return args.some((arg) => /^-e?s$|^-es|%p|:p\b/.test(arg));
  return !loads.test(name);
}
