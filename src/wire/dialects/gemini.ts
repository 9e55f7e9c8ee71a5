// Gemini API, Vertex AI and Code Assist (whose chunks wrap the usual one in `response`).
// Fields: @google/genai types `GenerateContentResponse`. Text parts are increments, tool calls come whole.

import { arrayAt, blankFrame, isObject, numberAt, objectAt, type Dialect, type KnownString } from '../parts.ts';
import { geminiToolCalls } from '../tool-calls/gemini.ts';

export const gemini: Dialect = {
  id: 'gemini',
  read(event) {
    const answer = objectAt(event, 'response') ?? event;
    const strings: KnownString[] = [];
    const closes: string[] = [];
    arrayAt(answer, 'candidates').forEach((candidate, place) => {
      if (!isObject(candidate)) return;
      const position = numberAt(candidate, 'index', place).toString();
      for (const part of arrayAt(objectAt(candidate, 'content'), 'parts')) {
        // Vertex may stream the arguments of a call, value by value.
        for (const piece of arrayAt(objectAt(part, 'functionCall'), 'partialArgs')) {
          if (!isObject(piece) || typeof piece['stringValue'] !== 'string') continue;
          const path = typeof piece['jsonPath'] === 'string' ? piece['jsonPath'] : '';
          const channel = `tool call ${position} ${path}`;
          strings.push({ kind: 'delta', holder: piece, key: 'stringValue', channel, position });
        }
        if (!isObject(part) || typeof part['text'] !== 'string') continue;
        const name = part['thought'] === true ? 'thinking' : 'text';
        strings.push({ kind: 'delta', holder: part, key: 'text', channel: `${name} ${position}`, position });
      }
      if (typeof candidate['finishReason'] === 'string') closes.push(position);
    });
    return { strings, closes };
  },
  untouched: new Set([
    'thoughtSignature',
    'role',
    'finishReason',
    'usageMetadata',
    'modelVersion',
    'responseId',
    'createTime',
    'traceId',
    'safetyRatings',
    'mimeType',
    // Base64 of inlineData.
    'data',
  ]),
  toolInput: new Set(['args', 'functionCall']),
  jsonText: new Set(),
  repeats: new Map([['logprobsResult', 'null']]),
  toolCalls: geminiToolCalls,
  keepAlive: () => blankFrame,
};
