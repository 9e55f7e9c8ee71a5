// Where a `find` searches, and what stands for the files it finds.

/** The folders that a `find` starts from. */
export function searched(args: readonly string[]): string[] {
  const roots: string[] = [];
  for (const arg of args) {
    if (/^-[HLP]$/.test(arg)) continue;
    if (/^[-(!]/.test(arg)) break;
    roots.push(arg);
  }
  return roots.length === 0 ? ['.'] : roots;
}

const filters =
  /^-(?:i?name|i?path|i?regex|i?wholename|[acm]time|[acm]min|newer\w*|size|empty|user|group|perm|inum|links|samefile|lname)$/;

/** The folder that a loop over a set of files empties, seen from `folder`; null for one file, or for what nobody misses. */
export function emptiedSet(path: string, folder: string | null): string | null {
  const found = /^(.*?)\/?(?:\{\}|\*+[^/]*)$/.exec(path)?.[1];
  if (
    found === undefined ||
    /(?:^|\/)(?:logs?|te?mp|dist|build|out|coverage|target|\.?cache|node_modules)(?:\/|$)/.test(found)
  )
    return null;
  return folder !== null && (!found.startsWith('/') || found.startsWith(`${folder}/`)) && !found.startsWith('..')
    ? '.'
    : found || '.';
}

const spare = /log|te?mp|cache|\.(?:py[co]|o|obj|map|bak|orig|rej|swp|class)$|~$|DS_Store/i;

/** What stands for a found file: below the root, or the root itself when nothing narrows the search. */
export function foundBy(args: readonly string[]): string[] {
  const narrow = args.some((arg) => filters.test(arg));
  // Names of what nobody misses: the set is not that of the project's own files.
  const rubbish = args.some((arg, i) => /^-i?name$/.test(args[i - 1] ?? '') && spare.test(arg));
  return searched(args).map((root) => (narrow ? `${root}/{}${rubbish ? '.log' : ''}` : root));
}
