// Pieces of patterns for values: how they are quoted, and where they end. Each alternative captures one group.

/** `"…"`, `'…'`, `` `…` ``, or the same inside an escaped text: `\"…\"`. */
export function quotedValue(least: number): string {
  const branches = ['"', "'"].map((mark) => `${mark}((?:[^${mark}\\s\\\\]|\\\\[^\\s]){${least},})(?=${mark})`);
  return `(?:[a-z]{1,2})?(?:${branches.join('|')}|\`([^\`\\s\\\\]{${least},})(?=\`)|["'\`]([^"'\`\\s\\\\<>$(){}]{${least},})(?=["'\`])|\\\\{1,3}["'\`]([^"'\`\\s\\\\]{${least},})(?=\\\\))`;
}

/** A value without quotes: up to the next space or a character that ends words in code and shells. */
export function bareValue(least: number): string {
  return `([^\\s"'\`<>(){}\\[\\];,\\\\|&]{${least},})(?=[\\s"'\`;,<\\\\)}\\]&|]|$)`;
}

/** After a name: a closing quote or bracket, then `=`, `:`, `=>`, `:=`, `,` or `(`. */
export const assignment =
  '\\\\{0,3}["\'`]?\\]?[ \\t]*(?:(?::[ \\t]*&?[A-Za-z][A-Za-z0-9.<>]*)?[ \\t]*(?::=|=>|={1,3}|!==?|:)[ \\t]*\\[?[ \\t]*|,[ \\t]*|\\([ \\t]*|[ \\t]value[ \\t]*=[ \\t]*)';

/** The same for values without quotes, and for XML elements (`>`). There a comma or a bracket would be an argument list. */
export const plainAssignment = '\\\\{0,3}["\'`]?[ \\t]*(?::=|=>|=|:|>)[ \\t]*';
