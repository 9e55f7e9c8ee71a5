// What is under way, in any number, coming and going all the time. Not a Map or a Set: their tables, once outgrown, point on
// to the next, and one that got old keeps all that came after it from the cheap garbage collector.

export class Slots<T> {
  readonly #values: (T | undefined)[] = [];
  readonly #free: number[] = [];

  /** Returns the place, for `remove`. */
  add(value: T): number {
    const place = this.#free.pop() ?? this.#values.length;
    this.#values[place] = value;
    return place;
  }

  remove(place: number): void {
    if (this.#values[place] === undefined) return;
    this.#values[place] = undefined;
    this.#free.push(place);
  }

  forEach(visit: (value: T) => void): void {
    for (const value of this.#values) if (value !== undefined) visit(value);
  }
}
