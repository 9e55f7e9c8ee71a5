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

/** What stands for a found file: below the root, or the root itself when nothing narrows the search. */
export function foundBy(args: readonly string[]): string[] {
  const narrow = args.some((arg) => filters.test(arg));
  return searched(args).map((root) => (narrow ? `${root}/{}` : root));
}
