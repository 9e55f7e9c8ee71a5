// Gemini: a call normally comes whole, as a part of one chunk; a refused one becomes a text part.

import { arrayAt, isObject, numberAt, objectAt } from '../parts.ts';
import { withRefusal, type CallPart, type JsonObject, type ToolCalls, type Verdicts } from './tool-calls.ts';

export const geminiToolCalls: ToolCalls = {
  read: (event) =>
    candidatesOf(event).flatMap((candidate, place) =>
      partsOf(candidate).flatMap((part, index) => callPart(part, positionOf(candidate, place), index)),
    ),
  refuser() {
    const told = new Set<string>();
    return (event, verdicts) => {
      const candidates = candidatesOf(event).map((candidate, place) =>
        isObject(candidate) ? withoutRefused(candidate, positionOf(candidate, place), verdicts, told) : candidate,
      );
      const answer = objectAt(event, 'response');
      if (answer !== undefined) return [{ ...event, response: { ...answer, candidates } }];
      return ['candidates' in event ? { ...event, candidates } : event];
    };
  },
};

/** Code Assist wraps the usual chunk in `response`. */
function candidatesOf(event: JsonObject): readonly unknown[] {
  return arrayAt(objectAt(event, 'response') ?? event, 'candidates');
}

function partsOf(candidate: unknown): readonly unknown[] {
  return arrayAt(objectAt(candidate, 'content'), 'parts');
}

function positionOf(candidate: unknown, place: number): string {
  return (isObject(candidate) ? numberAt(candidate, 'index', place) : place).toString();
}

/** Vertex may stream the arguments of one call over many chunks (`streamFunctionCallArguments`). */
function isStreamed(call: JsonObject): boolean {
  return 'partialArgs' in call || 'willContinue' in call || (call['args'] === undefined && call['name'] === undefined);
}

function streamedCall(position: string): string {
  return `${position}.streamed`;
}

function callPart(part: unknown, position: string, index: number): CallPart[] {
  const called = objectAt(part, 'functionCall');
  if (called === undefined) return [];
  const name = typeof called['name'] === 'string' ? { name: called['name'] } : {};
  if (!isStreamed(called))
    return [
      {
        call: `${position}.${index}`,
        single: true,
        ...name,
        input: called['args'] ?? {},
        complete: true,
      },
    ];
  const piece = arrayAt(called, 'partialArgs')
    .map((value) =>
      isObject(value) ? scalarOf(value['stringValue'] ?? value['numberValue'] ?? value['boolValue']) : '',
    )
    .join('');
  const complete = called['willContinue'] === true ? {} : ({ complete: true } as const);
  return [{ call: streamedCall(position), ...name, piece, ...complete }];
}

function scalarOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value);
}

function withoutRefused(candidate: JsonObject, position: string, verdicts: Verdicts, told: Set<string>): JsonObject {
  const parts = partsOf(candidate);
  const left = parts.flatMap((part, index) => {
    const called = objectAt(part, 'functionCall');
    if (called === undefined) return [part];
    const call = isStreamed(called) ? streamedCall(position) : `${position}.${index}`;
    const refusal = verdicts.refusal(call);
    if (refusal === undefined) return [part];
    if (isStreamed(called) && told.has(call)) return [];
    told.add(call);
    return [{ text: withRefusal('', refusal) }];
  });
  if (left.length === parts.length && left.every((part, index) => part === parts[index])) return candidate;
  return {
    ...candidate,
    content: { ...objectAt(candidate, 'content'), parts: left },
  };
}
