// OpenAI chat completions: a refused call leaves `tool_calls`, the calls behind it move up, and its place is taken by content.

import { arrayAt, isObject, numberAt, objectAt } from '../parts.ts';
import {
  without,
  withRefusal,
  type CallPart,
  type JsonObject,
  type Refuser,
  type ToolCalls,
  type Verdicts,
} from './tool-calls.ts';

export const openaiChatToolCalls: ToolCalls = {
  read: (event) =>
    arrayAt(event, 'choices').flatMap((choice, place) => {
      if (!isObject(choice)) return [];
      const position = numberAt(choice, 'index', place).toString();
      const message = objectAt(choice, 'delta') ?? objectAt(choice, 'message');
      const legacy = objectAt(message, 'function_call');
      return [
        ...callsOf(message).flatMap(({ call, index }) => partOf(call, `${position}.${index}`)),
        ...(legacy === undefined ? [] : partOf({ function: legacy }, position)),
      ];
    }),
  refuser() {
    const told = new Set<string>();
    return (event, verdicts) => rewrite(event, verdicts, told);
  },
};

function callsOf(message: JsonObject | undefined): { readonly call: JsonObject; readonly index: number }[] {
  return arrayAt(message, 'tool_calls').flatMap((call, place) =>
    isObject(call) ? [{ call, index: numberAt(call, 'index', place) }] : [],
  );
}

function partOf(call: JsonObject, position: string): CallPart[] {
  const called = objectAt(call, 'function') ?? objectAt(call, 'custom');
  const source = called?.['arguments'] ?? called?.['input'];
  const name = called?.['name'];
  return [
    {
      call: position,
      ...(typeof name === 'string' ? { name } : {}),
      // Some compatible servers send the arguments as an object.
      ...(typeof source === 'string' ? { piece: source } : source === undefined ? {} : { input: source }),
    },
  ];
}

const rewrite = (event: JsonObject, verdicts: Verdicts, told: Set<string>): ReturnType<Refuser> => {
  let leftOver = 0;
  const choices = arrayAt(event, 'choices').map((choice, place) => {
    const holder = isObject(choice) ? (['delta', 'message'] as const).find((key) => isObject(choice[key])) : undefined;
    if (!isObject(choice) || holder === undefined) {
      leftOver++;
      return choice;
    }
    const position = numberAt(choice, 'index', place).toString();
    const message = objectAt(choice, holder) ?? {};
    const changed = withoutRefused(message, position, verdicts, told);
    const finish = finishReason(choice, position, verdicts);
    const says = Object.keys(changed).length > 0 || typeof choice['finish_reason'] === 'string' || changed === message;
    if (says) leftOver++;
    return { ...choice, [holder]: changed, ...finish };
  });
  // A piece of a refused call and nothing else: there is no such event any more.
  if (choices.length > 0 && leftOver === 0 && event['usage'] == null) return [];
  return [Array.isArray(event['choices']) ? { ...event, choices } : event];
};

function withoutRefused(message: JsonObject, position: string, verdicts: Verdicts, told: Set<string>): JsonObject {
  const refusals: string[] = [];
  const refuse = (call: string, refusal: string): void => {
    if (!told.has(call)) refusals.push(refusal);
    told.add(call);
  };
  const { tool_calls: before, function_call: legacy, ...rest } = message;
  const legacyRefusal = legacy == null ? undefined : verdicts.refusal(position);
  if (legacyRefusal !== undefined) refuse(position, legacyRefusal);
  const kept: JsonObject[] = [];
  for (const { call, index } of callsOf(message)) {
    const refusal = verdicts.refusal(`${position}.${index}`);
    if (refusal !== undefined) refuse(`${position}.${index}`, refusal);
    else kept.push('index' in call ? { ...call, index: index - refusedBefore(index, position, verdicts) } : call);
  }
  const callsLeft = Array.isArray(before) ? (kept.length > 0 ? { tool_calls: kept } : {}) : {};
  const legacyLeft = legacy === undefined || legacyRefusal !== undefined ? {} : { function_call: legacy };
  const nothingRefused = legacyRefusal === undefined && kept.length === callsOf(message).length;
  if (nothingRefused) return before === undefined ? message : { ...message, ...callsLeft };
  const text = refusals.join('\n\n');
  const content = text === '' ? (rest['content'] == null ? {} : rest) : { content: withRefusal(rest['content'], text) };
  const others = without(rest, 'content');
  return { ...others, ...content, ...callsLeft, ...legacyLeft };
}

function refusedBefore(index: number, position: string, verdicts: Verdicts): number {
  let refused = 0;
  for (let before = 0; before < index; before++) {
    if (verdicts.refusal(`${position}.${before}`) !== undefined) refused++;
  }
  return refused;
}

function finishReason(choice: JsonObject, position: string, verdicts: Verdicts): JsonObject {
  const reason = choice['finish_reason'];
  const called = reason === 'tool_calls' || reason === 'function_call';
  return called && !verdicts.allows(position) ? { finish_reason: 'stop' } : {};
}
