// Which placeholder stands for which value, so that it can be put back on this machine. Memory only.

const mostEntries = 2000;
const longestValue = 8192;

export class Restorable {
  readonly entries = new Map<string, string>();

  readonly #hashes = new Set<string>();

  /** Whether a value is the hash of an earlier placeholder: a template such as `{kind}:{hash}` reads like an assignment. */
  isHash(value: string): boolean {
    return value.length <= 12 && this.#hashes.has(value.slice(0, 8));
  }

  /** The oldest entries give way: a long session must not grow without end. */
  remember(placeholder: string, value: string, hash: string): void {
    if (this.#hashes.size >= 2 * mostEntries) this.#hashes.clear();
    this.#hashes.add(hash.slice(0, 8));
    if (value.length > longestValue) return;
    this.entries.delete(placeholder);
    this.entries.set(placeholder, value);
    if (this.entries.size <= mostEntries) return;
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}
