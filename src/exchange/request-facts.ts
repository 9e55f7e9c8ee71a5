// What a request says about itself: its model, and which conversation it goes on with.

import type { RecordedRequest } from '../contract/records.ts';
import { isObject } from '../wire/parts.ts';
import { masked } from './masked.ts';
import type { ExchangeSetup } from './setup.ts';

/** The body as an object; undefined where it is none. */
export function parseRequest(body: string): Record<string, unknown> | undefined {
  if (body === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // A body that only looked like JSON.
    return undefined;
  }
}

/** The model a request names, in its body or (Gemini) in its path. */
function modelName(request: Record<string, unknown> | undefined, { head }: ExchangeSetup): string | undefined {
  return typeof request?.['model'] === 'string' ? request['model'] : /\/models\/([^/:?]+)/.exec(head.path)?.[1];
}

export function modelOf(request: Record<string, unknown> | undefined, setup: ExchangeSetup): RecordedRequest['model'] {
  const model = modelName(request, setup);
  return model === undefined ? null : masked(setup.masking(), model.slice(0, 200));
}

/** What makes a request the same conversation, whether it streams or not and whatever it is sent over. */
const conversation = [
  'messages',
  'input',
  'contents',
  'prompt',
  'system',
  'instructions',
  'systemInstruction',
  'previous_response_id',
  // Code Assist wraps the usual request.
  'request',
];

/** Keyed hash of the conversation; null where it is not known. */
export function conversationKey(request: Record<string, unknown> | undefined, setup: ExchangeSetup): string | null {
  if (request === undefined || setup.risk === undefined || setup.dialect.toolCalls === undefined) return null;
  const said = conversation.map((key) => request[key] ?? null);
  return setup.hash(JSON.stringify([setup.dialect.id, modelName(request, setup) ?? null, said]));
}
