// scrim policy test: what the policy would do with a text, a tool call or a recorded exchange. Nothing is sent or kept.

import { homedir } from 'node:os';
import { describeBlock } from '../exchange/describe-block.ts';
import { createFences } from '../exchange/fences.ts';
import type { Block } from '../exchange/block.ts';
import type { HeldAction } from '../contract/questions.ts';
import type { Masking } from '../masking/masking.ts';
import type { Policy } from '../policy/policy.ts';
import { isObject } from '../wire/parts.ts';
import { CoreError } from './core-error.ts';
import { compileRisks } from './risks.ts';

export interface TestedBlock extends HeldAction {
  readonly verdict: 'allow' | 'ask' | 'deny';
  /** Masking rules that find something in it. */
  readonly secrets: readonly string[];
}

/** `folder`: the project folder that the action would run in. */
export function testBlocks(
  blocks: readonly Block[],
  { policy, masking, folder }: { readonly policy: Policy; readonly masking: Masking; readonly folder: string },
): TestedBlock[] {
  const risk = compileRisks(policy)(policy);
  return blocks.map((block) => {
    const { secrets, described } = describeBlock(block, masking);
    const { verdict, reasons, effects } = risk.assess(block.proposal, { folder, home: homedir(), secrets });
    return { verdict, secrets, ...described(effects), reasons };
  });
}

/**
 * The blocks of a text: a tool call where it is JSON with a tool's name and input, in one of the forms that clients and
 * providers use; its fenced code; or, where it has neither, the text as a shell command.
 */
export function blocksOf(text: string): readonly Block[] {
  const found = blocksInText(text);
  return found.length > 0 ? found : [shellCommand(text)];
}

/** The same, where the text may have no block in it. */
export function blocksInText(text: string): readonly Block[] {
  const call = toolCallIn(text);
  return call === undefined ? fencedBlocks(text) : [call];
}

export function shellCommand(text: string): Block {
  return code('sh', text);
}

/** `tool`: the name of the tool that `text` is the input of. */
export function toolCall(tool: string, text: string): Block {
  let input: unknown = text;
  try {
    input = JSON.parse(text);
  } catch {
    // Tools may take plain text.
  }
  return { proposal: { kind: 'tool-call', name: tool, input }, source: text, refusal: undefined };
}

/** The blocks of a recorded exchange, from its masked text. */
export function blocksOfExchange(channels: readonly { readonly channel: string; readonly text: string }[]): Block[] {
  return channels.flatMap(({ channel, text }) =>
    channel.startsWith('tool call') ? recordedCalls(text) : fencedBlocks(text),
  );
}

function fencedBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const fences = createFences({ add: (block) => blocks.push(block), isHarmless: () => false });
  fences.push(text);
  fences.end();
  return blocks;
}

/** Arguments alone, or the name before them. */
function recordedCalls(text: string): Block[] {
  const brace = text.indexOf('{');
  if (brace < 0) return [toolCall('', text)];
  return [toolCall(text.slice(0, brace).trim(), text.slice(brace))];
}

function toolCallIn(text: string): Block | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const called = isObject(value['function']) ? value['function'] : value;
  const name = called['tool'] ?? called['name'];
  const input = called['input'] ?? called['arguments'] ?? called['args'];
  if (typeof name !== 'string') {
    if (typeof value['language'] === 'string' && typeof value['code'] === 'string')
      return code(value['language'], value['code']);
    return undefined;
  }
  if (input === undefined)
    throw new CoreError('usage', 'Give the tool call an "input": {"tool":"Bash","input":{"command":"ls"}}.');
  return toolCall(name, typeof input === 'string' ? input : JSON.stringify(input));
}

function code(language: string, text: string): Block {
  return { proposal: { kind: 'code', language, text }, source: text, refusal: undefined };
}
