// What is known of a key of a JSON value. Bodies and events repeat few keys many times: each is judged once.

import type { Edit, Masking } from '../masking/masking.ts';
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

/** What takes the place of a number under a secret's key, or undefined where it may stay. `source`: the number as it stands. */
export function numberChange(masking: Masking, key: string, source: string): Edit | undefined {
  const [edit] = masking.jsonEdits(`{${JSON.stringify(key)}:${source}}`);
  return edit;
}

/** A body with more different keys is read on without remembering them. */
const maxKnown = 1024;
const noEdits: readonly Edit[] = [];

export type KeyNames = (text: string) => KeyName;

export function createKeyNames(dialect: Dialect, masking: Masking): KeyNames {
  const known = new Map<string, KeyName>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
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
    if (known.size < maxKnown) known.set(text, name);
    return name;
  };
}
