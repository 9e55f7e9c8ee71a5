// What the guide's model says: text with two secrets of nobody, cut in their middle as real streams are, and then a call
// that nobody should let pass unseen. The secrets are new in each run and made from parts.

import { randomBytes } from 'node:crypto';
import type { DemoPart } from '../contract/procedures/guide.ts';

export interface GuidePiece {
  readonly part: DemoPart;
  readonly text: string;
  readonly isSecret: boolean;
  /** As it goes over the wire; empty: nothing of its own. */
  readonly event: string;
}

export interface GuideAnswer {
  readonly before: string;
  readonly pieces: readonly GuidePiece[];
  readonly after: string;
  /** The secret part of each secret. */
  readonly secrets: readonly string[];
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';

export const guideTool = 'Bash';
export const guideAction = 'git push --force origin main';

export function guideAnswer(): GuideAnswer {
  const key = take(16, upper);
  const password = take(18, letters);
  const cloud = ['AK', 'IA', key].join('');
  const text = [
    plain('The bucket is read with '),
    secret(cloud.slice(0, 7)),
    secret(cloud.slice(7, 13)),
    secret(cloud.slice(13)),
    plain(', and the shop keeps '),
    plain('its orders in postgres://shop:'),
    secret(password.slice(0, 5)),
    secret(password.slice(5, 12)),
    secret(password.slice(12)),
    plain('@db.internal/orders. '),
    plain('I will publish '),
    plain('the fix now.'),
  ];
  return {
    before: [
      event('message_start', {
        message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'demonstration', content: [] },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ].join(''),
    pieces: [
      ...text.map((piece) => ({
        ...piece,
        part: 'text' as const,
        event: event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece.text } }),
      })),
      { part: 'call', text: guideAction, isSecret: false, event: call() },
    ],
    after: [
      event('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 42 } }),
      event('message_stop', {}),
    ].join(''),
    secrets: [key, password],
  };
}

function call(): string {
  return [
    event('content_block_stop', { index: 0 }),
    event('content_block_start', {
      index: 1,
      content_block: { type: 'tool_use', id: 'toolu_1', name: guideTool, input: {} },
    }),
    event('content_block_delta', {
      index: 1,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify({ command: guideAction }) },
    }),
    event('content_block_stop', { index: 1 }),
  ].join('');
}

const plain = (text: string) => ({ text, isSecret: false });
const secret = (text: string) => ({ text, isSecret: true });

function take(count: number, alphabet: string): string {
  return Array.from(randomBytes(count), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
