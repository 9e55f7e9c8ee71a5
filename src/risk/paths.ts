// Paths: normal form, and what kind of place they are. Nothing is looked up on the disk.

import type { Scene } from './scene.ts';

/** Absolute where possible, without `.`, `..` and doubled slashes; Windows paths with `/`. `~` is the home folder. */
export function resolvePath(written: string, folder: string | null, home: string): string {
  let text = written;
  if (/^file:\/\//i.test(text)) text = text.slice(7);
  if (/^(?:~|%|\$env:|\$HOME)[^/]*\\/i.test(text)) text = text.replaceAll('\\', '/');
  if (text === '~' || text.startsWith('~/')) text = home + text.slice(1);
  text = text.replace(/^(?:%USERPROFILE%|%HOME%|\$env:(?:USERPROFILE|HOME)|\$\{?HOME\}?)(?=[\\/]|$)/i, home);
  if (/^[a-z]:/i.test(text) || text.startsWith('\\\\')) text = text.replaceAll('\\', '/');
  const absolute = text.startsWith('/') || /^[a-z]:/i.test(text) || /^[$%]/.test(text);
  if (!absolute && folder !== null) text = `${folder}/${text}`;
  return normalise(text);
}

function normalise(text: string): string {
  // The end of `$DIR/` matters: it is the root when the variable is empty.
  if (text.startsWith('$')) return text;
  if (!/\/\/|\/\.|\/$|^\.\//.test(text)) return text === '' ? '.' : text;
  const rooted = text.startsWith('/');
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !rooted) parts.push(part);
  }
  const joined = parts.join('/');
  return rooted ? `/${joined}` : joined || '.';
}

export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

export type PathKind = 'project' | 'temporary' | 'cache' | 'device' | 'system' | 'outside' | 'unknown';

const temporary =
  /^(?:\/private)?\/(?:tmp|var\/tmp|var\/folders\/[^/]+\/[^/]+\/T|dev\/shm)(?:\/|$)|^[a-z]:\/(?:users\/[^/]+\/appdata\/local\/temp|windows\/temp|te?mp)(?:\/|$)|^(?:\$\{?(?:TMPDIR|TMP|TEMP|RUNNER_TEMP)\b|%TE?MP%|\$env:TE?MP)/i;
const caches =
  /^~\/(?:\.cache|\.npm|\.yarn|\.pnpm-store|\.local\/share\/pnpm|\.cargo\/(?:registry|git)|\.rustup|\.gradle|\.m2\/repository|\.ivy2|\.nuget|\.pub-cache|go\/pkg|\.bun|\.deno|\.pyenv|\.nvm|\.rbenv|\.conda|Library\/Caches|Library\/Developer\/Xcode\/DerivedData|\.node-gyp|\.electron|\.terraform\.d\/plugin-cache|AppData\/Local\/(?:npm-cache|pip\/Cache|Yarn\/Cache))(?:\/|$)/;
const harmlessDevices = /^\/dev\/(?:null|zero|u?random|full|tty|stdin|stdout|stderr|fd\/\d+|pts\/\d+)$/;
const system =
  /^\/(?:etc|usr|bin|sbin|lib|lib32|lib64|boot|var|opt|root|sys|proc|dev|srv|snap|nix|System|Library|Applications|private\/etc)(?:\/|$)|^\/(?:\*|\.\*)?$|^[a-z]:\/?(?:\*|$|windows|program files|programdata|boot)|^(?:%(?:SystemRoot|windir|ProgramFiles|SystemDrive|ProgramData)%|\$env:(?:SystemRoot|windir|ProgramFiles|SystemDrive|ProgramData))/i;

/** Rules ask the same of a path one after another: the last answer is kept. */
let lastKind: { readonly path: string; readonly scene: Scene; readonly kind: PathKind } | null = null;
let lastShort: { readonly path: string; readonly home: string; readonly short: string } | null = null;

export function kindOf(path: string, scene: Scene): PathKind {
  if (lastKind?.path === path && lastKind.scene === scene) return lastKind.kind;
  const kind = kindAnew(path, scene);
  lastKind = { path, scene, kind };
  return kind;
}

function kindAnew(path: string, scene: Scene): PathKind {
  if (harmlessDevices.test(path)) return 'temporary';
  const { folder, home } = scene;
  if (folder !== null && folder !== '/' && folder !== home && isWithin(path, folder)) return 'project';
  if (scene.approvedPaths.some((approved) => isWithin(path, approved))) return 'project';
  if (/^\/dev\//.test(path) && !/^\/dev\/shm\//.test(path)) return 'device';
  if (temporary.test(path)) return 'temporary';
  if (caches.test(inHome(path, home))) return 'cache';
  if (system.test(path) && !isWithin(path, home)) return 'system';
  if (path.startsWith('../') || path === '..') return 'outside';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) {
    // Without a project folder a path below home may well be the project; its hidden folders are not.
    if (folder === null || folder === '/' || folder === home)
      return /^~\/?(?:\.|$)/.test(inHome(path, home)) ? 'outside' : 'project';
    return 'outside';
  }
  if (/^[$%`]/.test(path)) return 'unknown';
  return 'project';
}

/** The path with the home folder written as `~`. Other people's homes count too. */
export function inHome(path: string, home: string): string {
  if (lastShort?.path === path && lastShort.home === home) return lastShort.short;
  const short = shortened(path, home);
  lastShort = { path, home, short };
  return short;
}

function shortened(path: string, home: string): string {
  if (isWithin(path, home)) return `~${path.slice(home.length)}`;
  return path.replace(/^(?:\/(?:home|Users)\/[^/]+|\/root|[a-z]:\/Users\/[^/]+)(?=\/|$)/i, '~');
}
