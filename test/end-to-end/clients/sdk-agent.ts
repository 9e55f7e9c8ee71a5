// The smallest agent on each SDK for Node: it lets the model run shell commands until it has none left, then prints the
// text. `node sdk-agent.ts SDK BASE-URL PROMPT`; the key is in AGENT_KEY, packages of others in AGENT_PACKAGES.

import Anthropic from '@anthropic-ai/sdk';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { GoogleGenAI, type Content } from '@google/genai';
import { jsonSchema, stepCountIs, streamText, tool, type LanguageModel } from 'ai';
import { Ollama, type Message } from 'ollama';
import OpenAI from 'openai';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [sdk = '', baseURL = '', prompt = ''] = process.argv.slice(2);
const apiKey = process.env['AGENT_KEY'] ?? '';
const description = 'Runs a shell command.';
const schema = {
  type: 'object' as const,
  properties: { command: { type: 'string' as const } },
  required: ['command'],
};
/** In the form that most APIs share. */
const chatTool = { type: 'function' as const, function: { name: 'bash', description, parameters: schema } };

function runTool(input: unknown): string {
  const { command } = input as { command: string };
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  return stdout + stderr || 'done';
}

/** A package that is installed elsewhere. */
function elsewhere(name: string): unknown {
  return createRequire(join(process.env['AGENT_PACKAGES'] ?? '', 'package.json'))(name);
}

interface ChatCall {
  id: string;
  name: string;
  arguments: string;
}

/** Adds up the calls of a chat stream. */
function addCalls(
  calls: ChatCall[],
  deltas: readonly { index?: number; id?: string; function?: { name?: string; arguments?: unknown } }[],
): void {
  for (const { index = 0, id, function: called } of deltas) {
    const call = (calls[index] ??= { id: '', name: '', arguments: '' });
    if (id !== undefined && id !== 'null') call.id = id;
    call.name += called?.name ?? '';
    call.arguments +=
      typeof called?.arguments === 'string' ? called.arguments : JSON.stringify(called?.arguments ?? '');
  }
}

const agents: Record<string, () => string | Promise<string>> = {
  async 'openai-chat'() {
    const client = new OpenAI({ baseURL, apiKey });
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
    for (;;) {
      const stream = client.chat.completions.stream({ model: 'gpt-x', messages, tools: [chatTool] });
      const { choices } = await stream.finalChatCompletion();
      const message = choices[0]!.message;
      const calls = message.tool_calls ?? [];
      if (calls.length === 0) return message.content ?? '';
      messages.push(message);
      for (const call of calls)
        messages.push({ role: 'tool', tool_call_id: call.id, content: runTool(JSON.parse(call.function.arguments)) });
    }
  },

  async 'openai-responses'() {
    const client = new OpenAI({ baseURL, apiKey });
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: prompt }];
    const tools = [{ type: 'function' as const, name: 'bash', description, parameters: schema, strict: false }];
    for (;;) {
      const response = await client.responses.stream({ model: 'gpt-x', input, tools, store: false }).finalResponse();
      const calls = response.output.filter((item) => item.type === 'function_call');
      if (calls.length === 0) return response.output_text;
      for (const { type, call_id, name, arguments: source } of calls) {
        input.push({ type, call_id, name, arguments: source });
        input.push({ type: 'function_call_output', call_id, output: runTool(JSON.parse(source)) });
      }
    }
  },

  async anthropic() {
    const client = new Anthropic({ baseURL, apiKey });
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: prompt }];
    const tools = [{ name: 'Bash', description, input_schema: schema }];
    for (;;) {
      const { content } = await client.messages
        .stream({ model: 'claude-x', max_tokens: 1000, messages, tools })
        .finalMessage();
      const calls = content.filter((block) => block.type === 'tool_use');
      if (calls.length === 0) return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      messages.push({ role: 'assistant', content });
      messages.push({
        role: 'user',
        content: calls.map(({ id, input }) => ({ type: 'tool_result', tool_use_id: id, content: runTool(input) })),
      });
    }
  },

  async genai() {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: baseURL } });
    const contents: Content[] = [{ role: 'user', parts: [{ text: prompt }] }];
    const tools = [
      { functionDeclarations: [{ name: 'run_shell_command', description, parametersJsonSchema: schema }] },
    ];
    for (;;) {
      const parts = [];
      for await (const chunk of await client.models.generateContentStream({
        model: 'gemini-x',
        contents,
        config: { tools },
      }))
        parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
      if (calls.length === 0) return parts.map(({ text = '' }) => text).join('');
      contents.push({ role: 'model', parts });
      const results = calls.map(({ name = '', args }) => ({
        functionResponse: { name, response: { output: runTool(args) } },
      }));
      contents.push({ role: 'user', parts: results });
    }
  },

  async ollama() {
    const client = new Ollama({ host: baseURL, headers: { authorization: `Bearer ${apiKey}` } });
    const messages: Message[] = [{ role: 'user', content: prompt }];
    for (;;) {
      let text = '';
      const calls = [];
      for await (const { message } of await client.chat({ model: 'm', messages, tools: [chatTool], stream: true })) {
        text += message.content;
        calls.push(...(message.tool_calls ?? []));
      }
      if (calls.length === 0) return text;
      messages.push({ role: 'assistant', content: text, tool_calls: calls });
      for (const call of calls) messages.push({ role: 'tool', content: runTool(call.function.arguments) });
    }
  },

  'ai-chat': () => aiSdk(createOpenAI({ baseURL, apiKey }).chat('gpt-x'), 'bash'),
  'ai-responses': () => aiSdk(createOpenAI({ baseURL, apiKey }).responses('gpt-x'), 'bash'),
  'ai-anthropic': () => aiSdk(createAnthropic({ baseURL, apiKey })('claude-x'), 'Bash'),

  async mistral() {
    interface Delta {
      content?: string | null;
      toolCalls?: Parameters<typeof addCalls>[1];
    }
    const { Mistral } = elsewhere('@mistralai/mistralai') as {
      Mistral: new (options: object) => {
        chat: { stream(ask: object): Promise<AsyncIterable<{ data: { choices: { delta: Delta }[] } }>> };
      };
    };
    const client = new Mistral({ apiKey, serverURL: baseURL });
    const messages: object[] = [{ role: 'user', content: prompt }];
    for (;;) {
      let text = '';
      const calls: ChatCall[] = [];
      for await (const { data } of await client.chat.stream({ model: 'm', messages, tools: [chatTool] })) {
        const delta = data.choices[0]?.delta;
        text += delta?.content ?? '';
        addCalls(calls, delta?.toolCalls ?? []);
      }
      if (calls.length === 0) return text;
      const toolCalls = calls.map(({ id, ...called }) => ({ id, function: called }));
      messages.push({ role: 'assistant', content: text, toolCalls });
      for (const { id, name, arguments: source } of calls)
        messages.push({ role: 'tool', toolCallId: id, name, content: runTool(JSON.parse(source)) });
    }
  },

  async cohere() {
    interface Event {
      type: string;
      delta?: { message?: { content?: { text?: string } } };
    }
    const { CohereClientV2 } = elsewhere('cohere-ai') as {
      CohereClientV2: new (options: object) => { chatStream(ask: object): Promise<AsyncIterable<Event>> };
    };
    const client = new CohereClientV2({ token: apiKey, environment: baseURL });
    let text = '';
    const ask = { model: 'm', messages: [{ role: 'user', content: prompt }], tools: [chatTool] };
    for await (const event of await client.chatStream(ask)) text += event.delta?.message?.content?.text ?? '';
    return text;
  },

  curl: () =>
    bareChat((body) => ['curl', '-sSN', '--fail-with-body', '-H', `authorization: Bearer ${apiKey}`, '-d', body]),
  go: () => bareChat((body) => [process.env['AGENT_PROGRAM'] ?? '', apiKey, body]),
};

async function aiSdk(model: LanguageModel, name: string): Promise<string> {
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  const command = tool({ description, inputSchema: jsonSchema(schema), execute: (input) => runTool(input) });
  let failure: unknown;
  const result = streamText({
    ...{ model, prompt, tools: { [name]: command }, stopWhen: stepCountIs(8) },
    onError({ error }) {
      failure = error;
    },
  });
  const text = await result.text;
  if (failure !== undefined) throw failure instanceof Error ? failure : new Error(JSON.stringify(failure));
  return text;
}

/** A program that posts a body to an address, and prints what comes. */
function bareChat(wordsOf: (body: string) => string[]): string {
  const messages: object[] = [{ role: 'user', content: prompt }];
  for (;;) {
    const body = JSON.stringify({ model: 'gpt-x', stream: true, messages, tools: [chatTool] });
    const [program, ...words] = [...wordsOf(body), `${baseURL}/chat/completions`] as unknown as [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}${stdout}`);
    const lines = stdout.split('\n').filter((line) => line.startsWith('data: '));
    if (lines.at(-1) !== 'data: [DONE]') throw new Error(`No end of the stream: ${stdout}`);
    let text = '';
    const calls: ChatCall[] = [];
    for (const line of lines.slice(0, -1)) {
      const { choices } = JSON.parse(line.slice(6)) as {
        choices: { delta: { content?: string | null; tool_calls?: Parameters<typeof addCalls>[1] } }[];
      };
      text += choices[0]?.delta.content ?? '';
      addCalls(calls, choices[0]?.delta.tool_calls ?? []);
    }
    if (calls.length === 0) return text;
    const tool_calls = calls.map(({ id, ...called }) => ({ id, type: 'function', function: called }));
    messages.push({ role: 'assistant', content: text, tool_calls });
    for (const { id, arguments: source } of calls)
      messages.push({ role: 'tool', tool_call_id: id, content: runTool(JSON.parse(source)) });
  }
}

try {
  process.stdout.write(`${(await agents[sdk]?.()) ?? `unknown: ${sdk}`}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : JSON.stringify(error)}\n`);
  process.exitCode = 1;
}
