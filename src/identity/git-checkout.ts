// Where a folder stands in git, read from its files (gitrepository-layout(5)); git itself is not started, since a repository
// can make it run programs.

import { lstat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readBounded } from './bounded-read.ts';
import { cleanText, type GitCheckout } from './process-facts.ts';

const maxDepth = 64;
const smallFile = 64 * 1024;
const packedRefsFile = 8 * 1024 * 1024;

/** The checkout that `folder` lies in. */
export async function gitCheckout(folder: string): Promise<GitCheckout | null> {
  let root = folder;
  for (let depth = 0; depth < maxDepth; depth++, root = dirname(root)) {
    const gitFolder = await gitFolderOf(root);
    if (gitFolder !== undefined) return describe(root, gitFolder);
    if (root === dirname(root)) return null;
  }
  return null;
}

/** `.git` is a folder, or (worktrees, submodules) a file that says where the folder is. */
async function gitFolderOf(root: string): Promise<string | undefined> {
  const path = join(root, '.git');
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return path;
  const target = /^gitdir: (.+?)\r?\n?$/.exec((await readBounded(path, smallFile)) ?? '')?.[1];
  return target === undefined ? undefined : resolve(root, target);
}

async function describe(root: string, gitFolder: string): Promise<GitCheckout> {
  const common = (await readBounded(join(gitFolder, 'commondir'), smallFile))?.trim();
  const folders = common === undefined ? [gitFolder] : [gitFolder, resolve(gitFolder, common)];
  const head = (await readBounded(join(gitFolder, 'HEAD'), smallFile)) ?? '';
  const branch = /^ref: refs\/heads\/(.+?)\s*$/.exec(head)?.[1];
  const config = (await readBounded(join(folders.at(-1) ?? gitFolder, 'config'), 1024 * 1024)) ?? '';
  const remotes = remoteUrls(config);
  const url = remotes.get('origin') ?? [...remotes.values()][0];
  return {
    root: cleanText(root),
    // The reftable format leaves this in HEAD for programs that do not know it.
    branch: branch === undefined || branch === '.invalid' ? null : cleanText(branch),
    commit: await commitOf(head, folders),
    remote: url === undefined ? null : remoteAddress(url),
  };
}

/** Follows symbolic references, in the worktree's own folder first. */
async function commitOf(head: string, folders: readonly string[]): Promise<string | null> {
  let content = head.trim();
  for (let hops = 0; hops < 5; hops++) {
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(content)) return content;
    const name = /^ref: (refs\/[^\s~^:?*[\\]+)$/.exec(content)?.[1];
    if (name === undefined || name.includes('..')) return null;
    const loose = await firstOf(folders, (folder) => readBounded(join(folder, name), smallFile));
    content = loose?.trim() ?? (await packedRef(folders.at(-1) ?? '', name)) ?? '';
  }
  return null;
}

async function firstOf<T>(folders: readonly string[], read: (folder: string) => Promise<T | undefined>) {
  for (const folder of folders) {
    const value = await read(folder);
    if (value !== undefined) return value;
  }
  return undefined;
}

async function packedRef(folder: string, name: string): Promise<string | undefined> {
  const text = await readBounded(join(folder, 'packed-refs'), packedRefsFile, 'latin1');
  const at = text?.indexOf(` ${Buffer.from(name).toString('latin1')}\n`) ?? -1;
  return at === -1 ? undefined : text?.slice(text.lastIndexOf('\n', at) + 1, at);
}

function remoteUrls(config: string): Map<string, string> {
  const urls = new Map<string, string>();
  let remote: string | undefined;
  for (const line of config.split('\n')) {
    const section = /^\s*\[\s*(\S+?)(?:\s+"(.*)")?\s*\]/.exec(line);
    if (section) remote = section[1]?.toLowerCase() === 'remote' ? section[2] : undefined;
    const url = /^\s*url\s*=\s*"?([^"\s]+)"?\s*$/i.exec(line)?.[1];
    if (remote !== undefined && url !== undefined && !urls.has(remote)) urls.set(remote, url);
  }
  return urls;
}

/** SECURITY: host and path only; user, password and query of a remote often are a token. Null where that is not certain. */
export function remoteAddress(url: string): string | null {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(url)) {
    if (!/^(https?|ssh|git|git\+ssh|ssh\+git|ftps?):/i.test(url) || !URL.canParse(url)) return null;
    // An @ behind the first / or ? or #: one of these may have stood in a password, and what precedes it is no host then.
    if (/^[^:]+:\/\/[^/?#]*[/?#].*@/s.test(url)) return null;
    const { host, pathname } = new URL(url);
    return hostAndPath(host, pathname);
  }
  // user@host:path, as scp writes it.
  const scp = /^(?:[^/@]*@)?(\[[\da-f:.]+\]|[\w.-]{2,}):(?!\/\/)([^@]+)$/i.exec(url);
  return scp ? hostAndPath(scp[1] ?? '', scp[2] ?? '') : null;
}

function hostAndPath(host: string, path: string): string | null {
  // The same with a colon, in the form of scp.
  if (host === '' || /[@:]|%40|%3a/i.test(path)) return null;
  const trimmed = path
    .replace(/[?#].*$/s, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  return cleanText(`${host}/${trimmed}`);
}
