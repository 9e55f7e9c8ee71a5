import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import { connect as connectHttp2, type ClientHttp2Stream } from 'node:http2';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { once } from 'node:events';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from './authority.ts';
import type { Encoding, Fault } from './playback-sending.ts';
import { startPlayback, type Playback } from './playback.ts';
import { makeSecret, secretKinds } from './secrets.ts';
import { loadRequest, loadStream, requestNames, streamNames } from './streams.ts';

const secret = makeSecret('aws-access-key-id');
const says = `Sure. The access key is ${secret} and that is all.`;
const authority = createAuthority();
const cuts = [1, 2, 7, 64, 'whole', 'recorded'] as const;
const encodings: readonly Encoding[] = ['identity', 'gzip', 'deflate', 'br', 'zstd'];
let playback: Playback;
let cleartext: Playback;

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates(), authority.caPem]);
  playback = await startPlayback({ secret, tls: authority.issue({ names: ['localhost', '127.0.0.1'] }) });
  cleartext = await startPlayback({ secret });
});

afterAll(async () => {
  await playback.close();
  await cleartext.close();
});

function openai(): OpenAI {
  return new OpenAI({ baseURL: `${playback.origin}/v1`, apiKey: 'none', maxRetries: 0 });
}

function anthropic(): Anthropic {
  return new Anthropic({ baseURL: playback.origin, apiKey: 'none', maxRetries: 0 });
}

const messages = [{ role: 'user' as const, content: 'Which key?' }];

async function chatText(headers: Record<string, string> = {}): Promise<string> {
  let text = '';
  const stream = await openai().chat.completions.create({ model: 'gpt-x', messages, stream: true }, { headers });
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

describe('real clients', () => {
  test.each(cuts)('openai chat, cut %s, in every packing', async (cut) => {
    for (const encoding of encodings) {
      const headers = { 'x-playback-cut': String(cut), 'x-playback-encoding': encoding };
      expect(await chatText(headers)).toBe(says);
    }
    expect(playback.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      httpVersion: '1.1',
    });
    expect(JSON.parse(playback.requests.at(-1)!.body.toString())).toMatchObject({ stream: true, model: 'gpt-x' });
  });

  test('openai: responses, completions, models, and without a stream', async () => {
    const client = openai();
    expect((await client.responses.create({ model: 'gpt-x', input: 'Which?' })).output_text).toBe(says);
    let text = '';
    for await (const event of await client.responses.create({ model: 'gpt-x', input: 'Which?', stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.completed') expect(JSON.stringify(event.response)).toContain(secret);
    }
    expect(text).toBe(says);
    const chat = await client.chat.completions.create({ model: 'gpt-x', messages });
    expect(chat.choices[0]?.message.content).toBe(says);
    const completion = await client.completions.create({ model: 'gpt-x', prompt: 'Which?' });
    expect(completion.choices[0]?.text).toBe(says);
    expect((await client.models.list()).data).toHaveLength(1);
  });

  test('anthropic: streamed, not streamed, and a tool call with the secret in its arguments', async () => {
    const ask = { model: 'claude-x', max_tokens: 100, messages };
    expect(await anthropic().messages.stream(ask).finalText()).toBe(says);
    const whole = await anthropic().messages.create(ask);
    expect(whole.content).toMatchObject([{ type: 'text', text: says }]);
    const headers = { 'x-playback-scenario': 'toolsecret', 'x-playback-cut': '7' };
    const called = await anthropic().messages.stream(ask, { headers }).finalMessage();
    expect(called.content.at(-1)).toMatchObject({ type: 'tool_use', input: { command: `echo ${secret}` } });
  });

  test('ollama, which streams unless told otherwise', async () => {
    const client = new Ollama({ host: cleartext.origin });
    const whole = await client.chat({ model: 'm', messages, stream: false });
    expect(whole.message.content).toBe(says);
    let text = '';
    for await (const part of await client.chat({ model: 'm', messages, stream: true })) text += part.message.content;
    expect(text).toBe(says);
    const bare = await fetch(`${cleartext.origin}/api/generate`, { method: 'POST', body: '{"model":"m"}' });
    expect(bare.headers.get('content-type')).toContain('ndjson');
  });

  test('gemini, by its paths', async () => {
    const models = `${cleartext.origin}/v1beta/models/gemini-x`;
    const ask = async (method: string) => (await fetch(`${models}:${method}`, { method: 'POST', body: '{}' })).text();
    expect((await ask('streamGenerateContent?alt=sse')).startsWith('data: {')).toBe(true);
    expect(JSON.parse(await ask('streamGenerateContent'))).toHaveLength(11);
    expect(await ask('generateContent')).toContain(says);
  });
});

describe('HTTP/2', () => {
  test.each(['over TLS', 'in the clear'])('%s', async (how) => {
    await using server =
      how === 'over TLS'
        ? await startPlayback({ secret, tls: authority.issue({ names: ['localhost'] }) })
        : await startPlayback({ secret, h2c: true });
    const session = connectHttp2(server.origin, { ca: authority.caPem });
    const stream = session.request({ ':method': 'POST', ':path': '/v1/chat/completions' });
    stream.end('{"stream":true}');
    expect(await textOf(stream)).toBe(loadStream('openai-chat-text', secret).body.toString());
    expect(server.requests[0]?.httpVersion).toBe('2.0');
    await expect(server.requests[0]?.over).resolves.toMatchObject({ how: 'sent' });

    const broken = session.request({ ':method': 'POST', ':path': '/v1/chat/completions', 'x-playback-fault': 'reset' });
    broken.end('{"stream":true}');
    await expect(textOf(broken)).rejects.toThrow('NGHTTP2_INTERNAL_ERROR');
    session.destroy();
  });
});

describe('on purpose', () => {
  const ask = (fault: Fault, origin = cleartext.origin) =>
    fetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      body: '{"stream":true}',
      headers: { 'x-playback-fault': fault },
    });

  test.each(['reset', 'cut'] as const)('%s in the middle of the body', async (fault) => {
    for (const { origin } of [cleartext, playback]) {
      const response = await ask(fault, origin);
      await expect(response.text()).rejects.toThrow('terminated');
    }
    await expect(playback.requests.at(-1)?.over).resolves.toMatchObject({ how: 'broken' });
  });

  test('a reset is a reset of the connection, TLS or not', async () => {
    for (const { origin } of [cleartext, playback]) {
      const ask = origin.startsWith('https') ? httpsRequest : httpRequest;
      const outgoing = ask(`${origin}/v1/responses`, { method: 'POST', headers: { 'x-playback-fault': 'reset' } });
      outgoing.on('error', () => undefined).end('{"stream":true}');
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      response.resume();
      const [error] = (await once(response, 'error')) as [Error];
      expect(error).toMatchObject({ code: 'ECONNRESET' });
    }
  });

  test('bodies that are not what they say', async () => {
    expect((await ask('wrong-type')).headers.get('content-type')).toBe('application/json');
    expect(await (await ask('invalid-utf8')).text()).toContain('\ufffd\ufffd');
    await expect((await ask('not-packed')).text()).rejects.toThrow();
  });

  test('a client that leaves is noticed at once', async () => {
    const arrived = cleartext.nextRequest();
    const leaving = new AbortController();
    const response = await fetch(`${cleartext.origin}/v1/chat/completions`, {
      method: 'POST',
      body: '{"stream":true}',
      headers: { 'x-playback-fault': 'hang' },
      signal: leaving.signal,
    });
    await response.body?.getReader().read();
    const left = performance.now();
    leaving.abort();
    const over = await (await arrived).over;
    expect(over.how).toBe('left');
    expect(over.at - left).toBeLessThan(1_000);
  });

  test('slowly, and with an answer of the test', async () => {
    await using server = await startPlayback({ secret, pause: 5 });
    const begun = performance.now();
    await (await fetch(`${server.origin}/v1/chat/completions`, { method: 'POST', body: '{"stream":true}' })).text();
    expect(performance.now() - begun).toBeGreaterThan(60);
    server.play({
      pause: 0,
      cut: 'whole',
      answer: { status: 418, headers: { 'content-type': 'text/plain' }, body: 'short' },
    });
    const response = await fetch(`${server.origin}/anything`);
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      418,
      '5',
      'short',
    ]);
  });

  test('no such recording, no such path', async () => {
    const headers = { 'x-playback-scenario': 'none' };
    const response = await fetch(`${cleartext.origin}/v1/messages`, {
      method: 'POST',
      body: '{"stream":true}',
      headers,
    });
    expect(response.status).toBe(404);
    expect((await fetch(`${cleartext.origin}/elsewhere`)).status).toBe(404);
  });
});

describe('what is in the repository', () => {
  test('recordings hold no secret until one is put in, whole or split', () => {
    for (const name of streamNames()) {
      const { body, chunks } = loadStream(name, secret);
      expect(body.toString()).toBe(chunks.join(''));
      expect(body.toString()).not.toContain('{{secret');
    }
    const longer = makeSecret('anthropic');
    expect(loadStream('anthropic-nostream', longer).body.toString()).toContain(longer);
    const pem = makeSecret('private-key');
    const { choices } = JSON.parse(
      loadStream('openai-chat-nostreamtoolsecret', pem).body.toString(),
    ) as OpenAI.ChatCompletion;
    const call = choices[0]?.message.tool_calls?.[0] as OpenAI.ChatCompletionMessageFunctionToolCall;
    expect(JSON.parse(call.function.arguments)).toEqual({ command: `echo ${pem}` });
  });

  test('requests load, with a key put in', () => {
    expect(requestNames().length).toBeGreaterThan(10);
    for (const name of requestNames()) {
      const request = loadRequest(name, 'the-key');
      expect(request.method).toBe('POST');
      expect(JSON.stringify(request)).not.toContain('{{');
    }
    expect(JSON.stringify(loadRequest('claude-code-text', 'the-key').headers)).toContain('the-key');
  });

  test('secrets follow their seed', () => {
    for (const kind of secretKinds) {
      expect(makeSecret(kind, 'a')).toBe(makeSecret(kind, 'a'));
      expect(makeSecret(kind, 'a')).not.toBe(makeSecret(kind, 'b'));
    }
    expect(makeSecret('aws-access-key-id')).toMatch(/^AKIA[A-Z2-7]{16}$/);
  });
});

async function textOf(stream: ClientHttp2Stream): Promise<string> {
  let text = '';
  for await (const part of stream.setEncoding('utf8') as AsyncIterable<string>) text += part;
  return text;
}
