// Real SDKs in a process of their own, whose environment says how they reach their provider (proxy and certificates, or
// base URLs). A line of stdin is one call; a line of stdout is what the SDK made of the answer.

import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI } from '@google/genai';
import { streamText } from 'ai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { createInterface } from 'node:readline';
import type { Call, CallResult, ClientName } from './clients.ts';

interface Answer {
  text: string;
  thinking: string;
  /** Input of the tool call, as an object. */
  tool: unknown;
  /** Everything the SDK handed out. */
  readonly all: unknown[];
}

const bases = JSON.parse(process.env['CLIENT_BASES'] ?? '{}') as Record<
  'openai' | 'anthropic' | 'gemini' | 'ollama',
  string
>;
const messages = [{ role: 'user' as const, content: 'Which key?' }];
const apiKey = 'none';

const openai = new OpenAI({ baseURL: bases.openai, apiKey, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: bases.anthropic, apiKey, maxRetries: 0 });
const genai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: bases.gemini } });
const aiOpenai = createOpenAI({ baseURL: bases.openai, apiKey });
const aiAnthropic = createAnthropic({ baseURL: `${bases.anthropic}/v1`, apiKey });

// Its warnings would go to stdout.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

type Talk = (headers: Record<string, string>, answer: Answer) => Promise<void>;

const talks: Record<ClientName, Talk> = {
  async 'openai chat streamed'(headers, answer) {
    let source = '';
    const stream = await openai.chat.completions.create({ model: 'gpt-x', messages, stream: true }, { headers });
    for await (const chunk of stream) {
      answer.all.push(chunk);
      const delta = chunk.choices[0]?.delta;
      answer.text += delta?.content ?? '';
      answer.thinking += (delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? '';
      source += delta?.tool_calls?.[0]?.function?.arguments ?? '';
    }
    if (source !== '') answer.tool = JSON.parse(source);
  },
  async 'openai chat'(headers, answer) {
    const whole = await openai.chat.completions.create({ model: 'gpt-x', messages }, { headers });
    answer.all.push(whole);
    const message = whole.choices[0]?.message;
    answer.text = message?.content ?? '';
    const call = message?.tool_calls?.[0];
    if (call?.type === 'function') answer.tool = JSON.parse(call.function.arguments);
  },
  async 'openai responses streamed'(headers, answer) {
    const stream = openai.responses.stream({ model: 'gpt-x', input: 'Which key?' }, { headers });
    for await (const event of stream) {
      answer.all.push(event);
      if (event.type === 'response.output_text.delta') answer.text += event.delta;
      if (event.type === 'response.reasoning_summary_text.delta') answer.thinking += event.delta;
    }
    const final = await stream.finalResponse();
    answer.all.push(final);
    if (final.output_text !== answer.text) throw new Error('The final text is not the sum of the deltas.');
    takeToolOf(final, answer);
  },
  async 'openai responses'(headers, answer) {
    const whole = await openai.responses.create({ model: 'gpt-x', input: 'Which key?' }, { headers });
    answer.all.push(whole);
    answer.text = whole.output_text;
    takeToolOf(whole, answer);
  },
  async 'anthropic streamed'(headers, answer) {
    const stream = anthropic.messages.stream({ model: 'claude-x', max_tokens: 100, messages }, { headers });
    for await (const event of stream) answer.all.push(event);
    takeMessage(await stream.finalMessage(), answer);
  },
  async anthropic(headers, answer) {
    takeMessage(await anthropic.messages.create({ model: 'claude-x', max_tokens: 100, messages }, { headers }), answer);
  },
  async 'genai streamed'(headers, answer) {
    const config = { httpOptions: { headers } };
    for await (const chunk of await genai.models.generateContentStream({
      model: 'gemini-x',
      contents: 'Which?',
      config,
    }))
      takeParts(chunk, answer);
  },
  async genai(headers, answer) {
    const config = { httpOptions: { headers } };
    takeParts(await genai.models.generateContent({ model: 'gemini-x', contents: 'Which?', config }), answer);
  },
  async 'ollama streamed'(headers, answer) {
    const client = new Ollama({ host: bases.ollama, headers });
    for await (const part of await client.chat({ model: 'm', messages, stream: true })) takePart(part, answer);
  },
  async ollama(headers, answer) {
    const client = new Ollama({ host: bases.ollama, headers });
    takePart(await client.chat({ model: 'm', messages, stream: false }), answer);
  },
  'ai sdk, openai chat': (headers, answer) => aiStream(aiOpenai.chat('gpt-x'), headers, answer),
  'ai sdk, openai responses': (headers, answer) => aiStream(aiOpenai.responses('gpt-x'), headers, answer),
  'ai sdk, anthropic': (headers, answer) => aiStream(aiAnthropic('claude-x'), headers, answer),
};

function takeToolOf(response: OpenAI.Responses.Response, answer: Answer): void {
  for (const item of response.output) if (item.type === 'function_call') answer.tool = JSON.parse(item.arguments);
}

function takeMessage(message: Anthropic.Message, answer: Answer): void {
  answer.all.push(message);
  for (const block of message.content) {
    if (block.type === 'text') answer.text += block.text;
    if (block.type === 'thinking') answer.thinking += block.thinking;
    if (block.type === 'tool_use') answer.tool = block.input;
  }
}

function takeParts(chunk: Awaited<ReturnType<typeof genai.models.generateContent>>, answer: Answer): void {
  answer.all.push(chunk);
  for (const part of chunk.candidates?.[0]?.content?.parts ?? []) {
    if (part.thought === true) answer.thinking += part.text ?? '';
    else answer.text += part.text ?? '';
    if (part.functionCall !== undefined) answer.tool = part.functionCall.args;
  }
}

function takePart(part: Awaited<ReturnType<Ollama['chat']>> | { message: never }, answer: Answer): void {
  const { message } = part as { message: { content: string; thinking?: string; tool_calls?: unknown[] } };
  answer.all.push(part);
  answer.text += message.content;
  answer.thinking += message.thinking ?? '';
  const [call] = (message.tool_calls ?? []) as { function: { arguments: unknown } }[];
  if (call !== undefined) answer.tool = call.function.arguments;
}

async function aiStream(
  model: Parameters<typeof streamText>[0]['model'],
  headers: Record<string, string>,
  answer: Answer,
): Promise<void> {
  const { fullStream } = streamText({ model, messages, headers, maxRetries: 0, onError: () => undefined });
  for await (const part of fullStream) {
    answer.all.push(part);
    if (part.type === 'text-delta') answer.text += part.text;
    if (part.type === 'reasoning-delta') answer.thinking += part.text;
    if (part.type === 'tool-call') answer.tool = part.input;
    if (part.type === 'error') throw part.error;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { client, scenario, cut, encoding } = JSON.parse(line) as Call;
  const headers = {
    'x-playback-scenario': scenario,
    'x-playback-cut': String(cut),
    'x-playback-encoding': encoding,
  };
  const answer: Answer = { text: '', thinking: '', tool: null, all: [] };
  let error: string | null = null;
  try {
    await talks[client](headers, answer);
  } catch (thrown) {
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : JSON.stringify(thrown);
  }
  const { text, thinking, tool, all } = answer;
  const result: CallResult = { text, thinking, tool, all: JSON.stringify(all), error };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
