// Which placeholder stands for which value, so that it can be put back on this machine. Memory only.

const mostEntries = 2000;
const longestValue = 8192;

export class Restorable {
  readonly entries = new Map<string, string>();

  /** The oldest entries give way: a long session must not grow without end. */
  remember(placeholder: string, value: string): void {
    if (value.length > longestValue) return;
    this.entries.delete(placeholder);
    this.entries.set(placeholder, value);
    if (this.entries.size <= mostEntries) return;
    const oldest = this.entries.keys().next();
    if (oldest.done !== true) this.entries.delete(oldest.value);
  }
}
