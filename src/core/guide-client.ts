// The guide's client: one request to the gateway, as an assistant makes it. It carries nothing out.

import { request } from 'node:http';
import type { DemoPart } from '../contract/procedures/guide.ts';

export interface GuideAsked {
  readonly url: string;
  readonly agent: string;
  readonly prompt: string;
  readonly signal: AbortSignal;
}

/** Hands over each piece as it comes; resolves with the body as it came over the wire. Rejects when there is no whole answer. */
export function askAsClient(asked: GuideAsked, got: (part: DemoPart, text: string) => void): Promise<string> {
  const { url, agent, prompt, signal } = asked;
  const body = JSON.stringify({
    model: 'demonstration',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: prompt }],
  });
  const read = reader(got);
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'user-agent': agent,
      'content-length': Buffer.byteLength(body),
    };
    const sending = request(url, { method: 'POST', agent: false, signal, headers }, (response) => {
      let wire = '';
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        wire += text;
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('data: {')) read(JSON.parse(line.slice(6)) as MessageEvent);
      });
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200 && response.complete) resolve(wire);
        else reject(new Error(`status ${response.statusCode ?? 0}`));
      });
    });
    sending.once('error', reject);
    sending.end(body);
  });
}

interface MessageEvent {
  readonly type: string;
  readonly delta?: { readonly text?: string; readonly partial_json?: string };
}

/** What Scrim writes in the place of a call that was denied begins so. */
const refusalMark = '[Scrim]';

function reader(got: (part: DemoPart, text: string) => void): (event: MessageEvent) => void {
  let json = '';
  let isRefusal = false;
  return ({ type, delta }) => {
    if (type === 'content_block_start') isRefusal = false;
    if (delta?.text !== undefined && delta.text !== '') {
      isRefusal ||= delta.text.startsWith(refusalMark);
      got(isRefusal ? 'refusal' : 'text', delta.text);
    }
    json += delta?.partial_json ?? '';
    if (type === 'content_block_stop' && json !== '') {
      got('call', (JSON.parse(json) as { command?: string }).command ?? '');
      json = '';
    }
  };
}
