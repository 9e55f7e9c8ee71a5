// scrim policy test: which rules speak about a text, a tool call or a recorded exchange, and what would happen.

import { CoreError } from '../core/core-error.ts';
import { openLog } from '../core/inspect.ts';
import { openMaskingOf, readAll } from '../core/mask-text.ts';
import { blocksOf, blocksOfExchange, testBlocks, toolCall, type TestedBlock } from '../core/policy-test.ts';
import { common } from './inspect.ts';
import { openInput } from './mask.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

export interface PolicyTestFlags {
  readonly tool?: string;
  readonly exchange?: string;
  readonly folder?: string;
}

export async function policyTest(
  file: string | undefined,
  { tool, exchange, folder = process.cwd() }: PolicyTestFlags,
  global: GlobalOptions,
): Promise<number> {
  const { policy, masking } = await openMaskingOf({ ...global, env: process.env });
  const blocks = exchange === undefined ? await blocksFrom(file, tool) : recorded(exchange, global);
  const tested = testBlocks(blocks, { policy, masking, folder });
  for (const block of tested) {
    if (global.json === true) printJson(block);
    else printLine(`${describe(block)}\n`);
  }
  if (tested.length === 0) tell('There is no tool call and no code in it.');
  return 0;
}

async function blocksFrom(file: string | undefined, tool: string | undefined): Promise<ReturnType<typeof blocksOf>> {
  const input = file === undefined ? process.stdin : await openInput(file);
  const text = await readAll(input as AsyncIterable<Uint8Array>);
  return tool === undefined ? blocksOf(text) : [toolCall(tool, text)];
}

function recorded(id: string, global: GlobalOptions): ReturnType<typeof blocksOf> {
  const exchange = openLog(common(global)).exchange(id);
  if (exchange === undefined)
    throw new CoreError('not-found', `There is no exchange "${id}"; scrim sessions show names those of a session.`);
  return blocksOfExchange(exchange.channels);
}

function describe({ verdict, kind, tool, action, reasons, effects, secrets }: TestedBlock): string {
  const lines = [`${verdict}: ${kind === 'code' ? `${tool === '' ? 'plain' : tool} code` : `tool ${tool}`}`];
  for (const line of action.trimEnd().split('\n')) lines.push(`  | ${line}`);
  for (const { rule, severity, reason } of reasons) lines.push(`  ${rule} (${severity}): ${reason}`);
  for (const [name, texts] of Object.entries(effects) as [string, readonly string[]][])
    if (texts.length > 0) lines.push(`  ${name}: ${texts.join(', ')}`);
  if (secrets.length > 0) lines.push(`  masked in it: ${secrets.join(', ')}`);
  return lines.join('\n');
}
