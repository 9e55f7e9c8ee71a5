/** What a terminal has shown so far. */
export interface Screen {
  show(part: string): void;
  text(): string;
  /** The first match behind the one seen last, as soon as there is one. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
}

export function createScreen(): Screen {
  let text = '';
  let seen = 0;
  let changed = Promise.withResolvers<undefined>();
  return {
    show(part) {
      text += part;
      changed.resolve(undefined);
      changed = Promise.withResolvers();
    },
    text: () => text,
    async sees(pattern) {
      for (;;) {
        const found = pattern.exec(text.slice(seen));
        if (found) {
          seen += found.index + found[0].length;
          return found;
        }
        await changed.promise;
      }
    },
  };
}
