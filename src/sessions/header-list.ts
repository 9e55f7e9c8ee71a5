// Which headers the log keeps: those that say what program asked, for what version of an interface, and under which
// number the provider knows the request. Never one that can carry a credential.

const names = new Set([
  'accept',
  'anthropic-beta',
  'anthropic-version',
  'api-version',
  'cf-ray',
  'content-encoding',
  'content-type',
  'request-id',
  'retry-after',
  'server',
  'user-agent',
  'x-app',
  'x-goog-api-client',
  'x-request-id',
]);

const prefixes = ['openai-', 'x-ratelimit-', 'anthropic-ratelimit-', 'x-stainless-'];

/** `name` in lower case. */
export function isRecordedHeader(name: string): boolean {
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
