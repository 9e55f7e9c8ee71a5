// Real clients that were given a local token for a key.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInjector } from '../../src/credentials/inject.ts';
import { createTokens } from '../../src/credentials/tokens.ts';
import type { RequestHead } from '../../src/http/head.ts';
import { knownProviders } from '../../src/policy/known-providers.ts';

let server: Server;
let origin: string;
let seen: RequestHead | undefined;
beforeAll(async () => {
  server = createServer((request, response) => {
    const { method = '', url: path = '', rawHeaders: headers } = request;
    seen = { method, scheme: 'https', host: '', port: 443, path, httpVersion: '1.1', headers };
    // Whatever the client makes of it, its head has been seen.
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const clock = { now: () => Date.now() };
const tokens = createTokens({ file: '/nonexistent/tokens.db', clock });
const inject = createInjector({
  keyFor: (provider) => Promise.resolve({ kind: 'key', key: `real-key-of-${provider}` }),
  tokens,
  providers: () => knownProviders,
  fetch: () => Promise.reject(new Error('no network in tests')),
  clock,
});
const prompt = 'hello';

test.each<[string, string, string, (apiKey: string) => Promise<unknown>]>([
  [
    'openai',
    'api.openai.com',
    'Bearer real-key-of-openai',
    (apiKey) =>
      new OpenAI({ apiKey, baseURL: `${origin}/v1`, maxRetries: 0 }).responses.create({ model: 'm', input: prompt }),
  ],
  [
    '@anthropic-ai/sdk, key',
    'api.anthropic.com',
    'real-key-of-anthropic',
    (apiKey) =>
      new Anthropic({ apiKey, baseURL: origin, maxRetries: 0 }).messages.create({
        model: 'm',
        max_tokens: 1,
        messages: [{ role: 'user', content: prompt }],
      }),
  ],
  [
    '@anthropic-ai/sdk, token',
    'api.anthropic.com',
    'real-key-of-anthropic',
    (authToken) =>
      new Anthropic({ authToken, apiKey: null, baseURL: origin, maxRetries: 0 }).messages.create({
        model: 'm',
        max_tokens: 1,
        messages: [{ role: 'user', content: prompt }],
      }),
  ],
  [
    '@google/genai',
    'generativelanguage.googleapis.com',
    'real-key-of-gemini',
    (apiKey) =>
      new GoogleGenAI({ apiKey, vertexai: false, httpOptions: { baseUrl: origin } }).models.generateContent({
        model: 'm',
        contents: prompt,
      }),
  ],
  [
    '@ai-sdk/openai',
    'api.openai.com',
    'Bearer real-key-of-openai',
    (apiKey) => generateText({ model: createOpenAI({ apiKey, baseURL: `${origin}/v1` })('m'), prompt, maxRetries: 0 }),
  ],
  [
    '@ai-sdk/anthropic',
    'api.anthropic.com',
    'real-key-of-anthropic',
    (apiKey) =>
      generateText({ model: createAnthropic({ apiKey, baseURL: `${origin}/v1` })('m'), prompt, maxRetries: 0 }),
  ],
])('%s', async (_, host, shown, call) => {
  const { token } = tokens.mint({ requests: 1, hosts: [host] });
  seen = undefined;
  await call(token).catch(() => undefined);
  expect(JSON.stringify(seen)).toContain(token);
  const result = await inject(
    { ...(seen as unknown as RequestHead), host },
    {
      provider: undefined,
      model: undefined,
      credentials: 'auto',
      body: () => Promise.reject(new Error('nobody wants the body')),
    },
  );
  expect(result).toMatchObject({ kind: 'injected' });
  expect(JSON.stringify(result)).not.toContain(token);
  expect((result as { head: RequestHead }).head.headers.filter((value) => value.includes('real-key'))).toEqual([shown]);
});
