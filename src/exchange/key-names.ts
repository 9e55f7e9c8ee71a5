// What is known of a key of a JSON body. Bodies repeat few keys many times: each is judged once.

import type { Edit, Masking } from '../masking/masking.ts';
import { decodeJsonString } from '../wire/json-string.ts';
import { isUntouched, type Dialect } from '../wire/parts.ts';

export interface KeyName {
  readonly text: string;
  /** Its value is protocol, where keys mean protocol: as a string, as an object or array. */
  readonly untouched: boolean;
  readonly untouchedContainer: boolean;
  readonly toolInput: boolean;
  /** Its string value is JSON source, where keys mean protocol. */
  readonly json: boolean;
  readonly sensitive: boolean;
  /** What takes the place of its value where something was masked. */
  readonly repeats: string | undefined;
  /** Edits of the key itself. */
  readonly edits: readonly Edit[];
}

/** A body with more different keys is read on without remembering them. */
const maxKnown = 1024;
const noEdits: readonly Edit[] = [];

/** Judges keys given as they stand in the source, with their escapes. */
export function createKeyNames(dialect: Dialect, masking: Masking): (inside: string) => KeyName {
  const known = new Map<string, KeyName>();
  return (inside) => {
    const found = known.get(inside);
    if (found !== undefined) return found;
    const text = decodeJsonString(inside);
    const name: KeyName = {
      text,
      untouched: isUntouched(dialect, text, false),
      untouchedContainer: isUntouched(dialect, text, true),
      toolInput: dialect.toolInput.has(text),
      json: dialect.jsonText.has(text),
      sensitive: masking.sensitiveName(text),
      repeats: dialect.repeats.get(text),
      edits: text.length < masking.shortestMatch ? noEdits : masking.edits(text),
    };
    if (known.size < maxKnown) known.set(inside, name);
    return name;
  };
}
