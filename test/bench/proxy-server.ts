// The provider of the bench: tiny answers, large bodies, streams that flow as fast as they are read, and timed streams.
// Started by proxy.ts.

import { createServer } from 'node:https';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventEvery, paths, sharedNow, type BodyShape, type Listening, type ToServer } from './proxy-jobs.ts';

const bodyBytes = 10_000_000;
const tiny = Buffer.from('{"object":"model","id":"gpt-5-mini","created":1760000000,"owned_by":"system"}');

// Pieces as models send them: most of them one word, some of them code.
const pieces = (
  'The function| reads| the| file| and| returns| a| list| of| its| lines|.| If| it| does| not| exist|,| the| error| is|' +
  ' passed| to| the| caller| so| that| it| can| decide|.\n\n|```|ts\n|const| lines| =| await| read|File|(path|, "|utf|8|");\n|' +
  'for| (|const| line| of| lines|)| {\n|  if| (|line|.starts|With|("|#|"))| continue|;\n|  total| +=| Number|(line|);\n|}\n|```\n\n|' +
  'You| can| run| it| with| `|npm| run| build|`| on| version| |24|.|1|,| or| see| https|://|example|.com|/docs|/start|.\n|' +
  'A| few| words| on| the| second| part|:| the| loop| counts| only| what| is| left| after| comments|,| and| a| line| that| is| no|' +
  ' number| ends| it| with| an| error|.| If| you| would| rather| skip| such| lines|,| replace| the| last| statement| by| a| check|' +
  ' with| |isNaN| and| keep| the| total| where| it| is|.| Nothing| else| has| to| change|,| and| the| tests| still| pass|.\n'
).split('|');

function event(content: string): string {
  return (
    'data: {"id":"chatcmpl-BxKq4mWcT1rVnYh2","object":"chat.completion.chunk","created":1760000000,"model":"gpt-5-mini",' +
    '"service_tier":"default","system_fingerprint":"fp_50906f2aac",' +
    `"choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}},"logprobs":null,"finish_reason":null}]}\n\n`
  );
}

const events = pieces.map(event);
const eventAt = (index: number): string => events[index % events.length] ?? '';
const last = 'data: [DONE]\n\n';
const prose = JSON.stringify(pieces.join('')).slice(1, -1);

function bodyOf(shape: BodyShape, secret: string): Buffer {
  const middle = bodyBytes / 2;
  let text = '';
  let told = false;
  const tell = (): boolean => !told && text.length > middle && (told = true);
  switch (shape) {
    case 'string':
      text =
        '{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"';
      while (text.length < bodyBytes) text += tell() ? ` ${secret} ` : prose;
      return Buffer.from(`${text}"},"finish_reason":"stop"}]}`);
    case 'list':
      text = '{"object":"list","data":[';
      for (let i = 0; text.length < bodyBytes; i++)
        text +=
          `${i === 0 ? '' : ','}{"id":"file-${i.toString(36).padStart(8, '0')}","object":"file","bytes":${i * 37},"created_at":${1_760_000_000 + i},` +
          `"filename":"report ${i}.txt","purpose":"assistants","status":"processed","note":"${tell() ? secret : 'kept for the next run'}"}`;
      return Buffer.from(`${text}],"has_more":false}`);
    case 'numbers':
      text = '{"object":"list","data":[';
      for (let i = 0; text.length < bodyBytes; i++) {
        const vector: string[] = [];
        for (let k = 0; k < 1536; k++) vector.push((Math.sin(i * 1536 + k) / 10).toFixed(9));
        text += `${i === 0 ? '' : ','}{"object":"embedding","index":${i},"embedding":[${vector.join()}]}`;
      }
      return Buffer.from(`${text}],"model":"text-embedding-3-small","note":"${secret}"}`);
  }
}

function burst(response: ServerResponse, count: number, secret: string): void {
  let sent = 0;
  const fill = (): void => {
    while (sent < count) {
      const text = sent === count >> 1 ? event(` ${secret} `) : eventAt(sent);
      sent++;
      if (!response.write(text)) {
        response.once('drain', fill);
        return;
      }
    }
    response.end(last);
  };
  fill();
}

/** Its last event tells when each event before it was written, so that the events themselves are as a provider's. */
function timed(response: ServerResponse, count: number, delay: number): void {
  const sentAt: number[] = [];
  response.flushHeaders();
  setTimeout(() => {
    const timer = setInterval(() => {
      if (response.destroyed) clearInterval(timer);
      if (sentAt.length === count) {
        clearInterval(timer);
        response.end(`data: {"sent":[${sentAt.map((at) => at.toFixed(4)).join()}]}\n\n`);
        return;
      }
      const text = eventAt(sentAt.length);
      sentAt.push(sharedNow());
      response.write(text);
    }, eventEvery);
  }, delay);
}

process.once('message', ({ key, cert, secret }: ToServer) => {
  const bodies: Record<BodyShape, Buffer> = {
    string: bodyOf('string', secret),
    list: bodyOf('list', secret),
    numbers: bodyOf('numbers', secret),
  };
  const server = createServer({ key, cert }, (request, response) => {
    request.resume();
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const asked = new URLSearchParams(query);
    const shape = asked.get('shape');
    if (path === paths.tiny) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': tiny.length }).end(tiny);
    } else if (shape === 'string' || shape === 'list' || shape === 'numbers') {
      const body = bodies[shape];
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
    } else {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
      if (asked.has('burst')) burst(response, Number(asked.get('burst')), secret);
      else timed(response, Number(asked.get('timed')), Number(asked.get('delay')));
    }
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port } satisfies Listening);
  });
});
process.once('disconnect', () => process.exit());
