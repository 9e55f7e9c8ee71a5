// Events of a shape nobody described: every string is text, and strings that come again and again at the same place
// are read as pieces of one text.

import { blankFrame, nothingRead, type Dialect } from '../parts.ts';

export const generic: Dialect = {
  id: 'generic',
  read: () => nothingRead,
  untouched: new Set(['encrypted_content', 'thoughtSignature']),
  toolInput: new Set(['arguments', 'args', 'input']),
  jsonText: new Set(['arguments', 'partial_json']),
  repeats: new Map(),
  toolCalls: undefined,
  keepAlive: () => blankFrame,
};
