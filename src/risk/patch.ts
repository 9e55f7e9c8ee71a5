// The files that a patch touches: Codex's `*** Begin Patch` form, unified diffs.

import type { PathUse } from './facts.ts';

export interface PatchedFile {
  readonly path: string;
  readonly use: PathUse;
  /** The lines it adds. */
  readonly added: string | null;
}

const maxFiles = 500;

export function patchedFiles(patch: string): PatchedFile[] {
  const files: { path: string; use: PathUse; added: string[] }[] = [];
  const open = (path: string, use: PathUse): void => {
    if (files.length < maxFiles && path !== '' && path !== '/dev/null') files.push({ path, use, added: [] });
  };
  let before = '';
  for (const line of patch.split('\n')) {
    const [, verb, path = ''] = /^\*\*\* (Add|Update|Delete|Move)(?: File| to)?: (.*?)\s*$/.exec(line) ?? [];
    if (verb !== undefined) open(path, verb === 'Delete' ? 'delete' : 'write');
    else if (line.startsWith('--- ')) before = unified(line.slice(4));
    else if (line.startsWith('+++ ')) {
      const after = unified(line.slice(4));
      if (after === '/dev/null') open(before, 'delete');
      else open(after, 'write');
    } else if (/^rename to /.test(line)) open(line.slice(10).trim(), 'write');
    else if (line.startsWith('+')) files.at(-1)?.added.push(line.slice(1));
  }
  return files.map(({ path, use, added }) => ({ path, use, added: added.length === 0 ? null : added.join('\n') }));
}

function unified(text: string): string {
  return text
    .replace(/\t.*$/s, '')
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^[ab]\//, '');
}
