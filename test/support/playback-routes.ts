// Which recording a request asks for, by its path and by whether it wants a stream.

export type Route =
  | { readonly kind: 'stream'; readonly api: string; readonly streamed: boolean }
  | { readonly kind: 'fixed'; readonly status: number; readonly body: unknown };

const posts: readonly (readonly [pattern: RegExp, api: string, streamsByDefault: boolean])[] = [
  [/\/chat\/completions$/, 'openai-chat', false],
  [/\/completions$/, 'openai-completions', false],
  [/\/responses$/, 'openai-responses', false],
  [/\/messages$/, 'anthropic', false],
  [/\/v2\/chat$/, 'cohere', false],
  [/\/api\/chat$/, 'ollama-chat', true],
  [/\/api\/generate$/, 'ollama-generate', true],
];

/** `path` with its query; `body` unpacked. */
export function routeOf(method: string, path: string, body: Buffer): Route {
  const { pathname, searchParams } = new URL(path, 'http://playback');
  if (method === 'GET' && pathname.endsWith('/models')) {
    return fixed(200, {
      object: 'list',
      data: [{ id: 'gpt-x', object: 'model', created: 1_790_000_000, owned_by: 'playback' }],
    });
  }
  if (method !== 'POST') return fixed(404, { error: { message: `nothing is played at ${method} ${pathname}` } });
  if (pathname.endsWith(':generateContent')) return { kind: 'stream', api: 'gemini', streamed: false };
  if (pathname.endsWith(':streamGenerateContent')) {
    return { kind: 'stream', api: searchParams.get('alt') === 'sse' ? 'gemini-sse' : 'gemini-array', streamed: true };
  }
  for (const [pattern, api, streamsByDefault] of posts) {
    if (pattern.test(pathname)) return { kind: 'stream', api, streamed: streamFlag(body) ?? streamsByDefault };
  }
  return fixed(404, { error: { message: `nothing is played at ${method} ${pathname}` } });
}

function fixed(status: number, body: unknown): Route {
  return { kind: 'fixed', status, body };
}

function streamFlag(body: Buffer): boolean | undefined {
  try {
    const asked = JSON.parse(body.toString('utf8')) as { stream?: unknown } | null;
    return typeof asked?.stream === 'boolean' ? asked.stream : undefined;
  } catch {
    return undefined;
  }
}
