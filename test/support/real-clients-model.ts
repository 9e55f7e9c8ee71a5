// The provider of a real client's run: answers with a tool call first when there is one, then with a text that holds a
// secret, and keeps every request.

import { createAuthority } from './authority.ts';
import { startPlayback, type OwnAnswer, type Playback, type ReceivedRequest } from './playback.ts';
import { routeOf } from './playback-routes.ts';
import { accountAnswer, accountHosts } from './real-clients-accounts.ts';
import { toolStream, type StreamApi, type ToolCall } from './real-clients-streams.ts';
import { loadStream } from './streams.ts';

/** Hosts that the clients talk to; every other host leads nowhere. */
const hosts = [
  'api.openai.com',
  'api.anthropic.com',
  'generativelanguage.googleapis.com',
  'ollama.com',
  'api.mistral.ai',
  'api.cohere.com',
  'dashscope.aliyuncs.com',
  ...accountHosts,
];

export interface ModelOptions {
  readonly secret: string;
  /** What the model wants run, once. Null: it only talks. */
  readonly call: ToolCall | null;
  /** The person's words: what tells the client's real requests from those it makes on the side. */
  readonly prompt: string;
  /** The client offers tools in its real requests. */
  readonly hasTools: boolean;
}

export interface Model extends AsyncDisposable {
  /** PEM of the authority that vouches for the hosts. */
  readonly caPem: string;
  /** For `scrim serve --resolve`: the hosts above are here, all others are refused. */
  readonly resolve: readonly string[];
  /** Every request, in order. */
  requests(): readonly ReceivedRequest[];
  /** The turns of the conversation with every repetition, without requests on the side (titles, summaries). */
  turns(): readonly ReceivedRequest[];
}

/** A client that asks again and again is let go after so many calls. */
const mostCalls = 6;
/** A port that nothing listens on (discard, RFC 863). */
const nowhere = ['*:443:127.0.0.1:9', '*:80:127.0.0.1:9'];

type Asked = Pick<ReceivedRequest, 'method' | 'path' | 'headers' | 'body'>;

export async function startModel({ secret, call, prompt, hasTools }: ModelOptions): Promise<Model> {
  let calls = 0;
  const isTurn = ({ method, path, body }: Asked): boolean =>
    routeOf(method, path, body).kind === 'stream' && body.includes(prompt) && (!hasTools || offersTools(body));
  const answer = (request: Asked) => {
    const account = accountAnswer(request);
    if (account !== undefined) return account;
    const route = routeOf(request.method, request.path, request.body);
    if (route.kind === 'fixed' || !route.streamed) return undefined;
    if (call === null || isAnswered(request.body) || calls >= mostCalls || !isTurn(request))
      return isForMistral(request) ? asMistral(loadStream(`${route.api}-text`, secret), null) : undefined;
    calls++;
    const stream = toolStream(route.api as StreamApi, call);
    return isForMistral(request) ? asMistral(stream, call) : stream;
  };
  const authority = createAuthority();
  const tls = await startPlayback({
    secret,
    answer,
    cut: 64,
    pause: 1,
    tls: authority.issue({ names: hosts }),
  });
  // A local Ollama.
  const plain = await startPlayback({ secret, answer, cut: 64, pause: 1 });
  const servers: readonly Playback[] = [tls, plain];
  const requests = () => servers.flatMap((server) => server.requests);
  return {
    caPem: authority.caPem,
    resolve: [
      ...hosts.map((host) => `${host}:443:127.0.0.1:${tls.port}`),
      `127.0.0.1:11434:127.0.0.1:${plain.port}`,
      ...nowhere,
    ],
    requests,
    turns: () => requests().filter(isTurn),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function offersTools(body: Buffer): boolean {
  // Codex offers its tools in an input item of this type.
  return /"tools":\s*\[\s*\{|"additional_tools"/.test(body.toString());
}

/** The call's id, or a result in the forms of APIs that give calls no id. */
function isAnswered(body: Buffer): boolean {
  return /(?:call|toolu|fc|ctc)_mock01|"functionResponse"|"role":\s*"tool"/.test(body.toString());
}

function isForMistral({ headers }: Asked): boolean {
  return (headers['host'] ?? headers[':authority']) === 'api.mistral.ai';
}

/** Mistral speaks the Chat API, but knows no `"usage": null` and sends a call whole; its SDK refuses anything else. */
function asMistral({ status = 200, headers, body }: OwnAnswer, call: ToolCall | null): OwnAnswer {
  const whole = JSON.stringify(JSON.stringify(call?.input));
  const written = body
    .toString()
    .replaceAll(',"usage":null', '')
    .replace(/data: .*"tool_calls":\[\{"index":0,"function":.*\n\n/g, '')
    .replace('"arguments":""', () => `"arguments":${whole}`);
  return { status, headers, body: written };
}
