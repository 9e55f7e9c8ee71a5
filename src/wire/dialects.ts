// Which dialect an exchange speaks, from its path: hosts are no guide, since many servers speak the same dialect.

import { anthropic } from './dialects/anthropic.ts';
import { gemini } from './dialects/gemini.ts';
import { generic } from './dialects/generic.ts';
import { ollama } from './dialects/ollama.ts';
import { openaiChat } from './dialects/openai-chat.ts';
import { openaiResponses } from './dialects/openai-responses.ts';
import type { Dialect } from './parts.ts';

/** The dialect table: a new provider is one file and one line. First match wins. */
const table: readonly { readonly path: RegExp; readonly dialect: Dialect }[] = [
  { path: /\/chat\/completions$|\/completions$|\/fim\/completions$/, dialect: openaiChat },
  { path: /\/responses(\/[^/]+)?$/, dialect: openaiResponses },
  { path: /\/messages$|:(stream)?rawPredict$/i, dialect: anthropic },
  { path: /:(stream)?generateContent$/i, dialect: gemini },
  { path: /\/api\/(chat|generate)$/, dialect: ollama },
];

/** `path`: origin form, with or without a query. */
export function dialectFor(path: string): Dialect {
  const end = path.indexOf('?');
  const bare = end < 0 ? path : path.slice(0, end);
  return table.find((row) => row.path.test(bare))?.dialect ?? generic;
}

/** Gemini without `alt=sse` streams one JSON array whose elements are its events. */
export function streamsJsonArray(path: string): boolean {
  return /:streamGenerateContent(\?|$)/i.test(path) && !/[?&]alt=sse(&|$)/i.test(path);
}
