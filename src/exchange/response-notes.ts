// What the log notes of a response beside its text: how many tokens it cost.

import type { TokenUsage } from '../contract/records.ts';
import { isObject, objectAt } from '../wire/parts.ts';

export interface ResponseNotes {
  event(event: unknown): void;
  usage(): TokenUsage | null;
}

/** Reads the usage fields of every dialect; later numbers replace earlier ones (they are cumulative). */
export function createResponseNotes(): ResponseNotes {
  let input: number | null = null;
  let output: number | null = null;
  const count = (holder: Record<string, unknown>, ...names: readonly string[]): number | null => {
    for (const name of names) if (typeof holder[name] === 'number') return holder[name];
    return null;
  };
  const take = (usage: Record<string, unknown> | undefined): void => {
    if (usage === undefined) return;
    input = count(usage, 'prompt_tokens', 'input_tokens', 'promptTokenCount', 'prompt_eval_count') ?? input;
    output = count(usage, 'completion_tokens', 'output_tokens', 'candidatesTokenCount', 'eval_count') ?? output;
  };
  return {
    event(event) {
      if (!isObject(event)) return;
      for (const holder of [event, objectAt(event, 'message'), objectAt(event, 'response')]) {
        take(objectAt(holder, 'usage'));
        take(objectAt(holder, 'usageMetadata'));
      }
      // Ollama counts on the last line itself.
      if (event['done'] === true) take(event);
    },
    usage() {
      return input === null && output === null ? null : { input, output };
    },
  };
}
