// Small writes of one tick leave as one: a burst of events would otherwise pay for framing and a callback each.
// Nothing waits longer than the tick that wrote it.

export interface GatherTarget {
  write(bytes: Uint8Array | string): boolean;
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
}

/** Past this a copy costs more than a write of its own. */
const smallBytes = 16 * 1024;
const fullBytes = 64 * 1024;

export class GatheredWrites {
  readonly #target: GatherTarget;
  #parts: (Uint8Array | string)[] = [];
  #bytes = 0;
  #scheduled = false;

  constructor(target: GatherTarget) {
    this.#target = target;
  }

  /** False when the target is full: wait for its `drain`. */
  write(bytes: Uint8Array | string): boolean {
    if (bytes.length >= smallBytes) {
      this.flush();
      return this.#target.write(bytes);
    }
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= fullBytes) return this.flush();
    if (!this.#scheduled) {
      this.#scheduled = true;
      process.nextTick(flushAtEndOfTick, this);
    }
    return !this.#target.writableNeedDrain;
  }

  flush(): boolean {
    const rest = this.take();
    const target = this.#target;
    if (rest === undefined || target.destroyed) return true;
    return target.write(rest);
  }

  /** What is still gathered, for a last write together with the end. */
  take(): Uint8Array | string | undefined {
    const parts = this.#parts;
    if (parts.length === 0) return undefined;
    this.#parts = [];
    this.#bytes = 0;
    if (parts.length === 1) return parts[0];
    if (parts.every((part) => typeof part === 'string')) return parts.join('');
    return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  }

  tickEnded(): void {
    this.#scheduled = false;
    this.flush();
  }
}

function flushAtEndOfTick(writes: GatheredWrites): void {
  writes.tickEnded();
}
