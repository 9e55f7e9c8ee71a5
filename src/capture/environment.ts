// The environment of a client that `scrim run` starts: proxy, certificates, base URLs. Which program honours which
// variable stands in docs/certificates.md.

export interface EnvironmentOptions {
  /** `http://127.0.0.1:8877`. Always http: several clients cannot speak TLS to a proxy. */
  readonly proxy: string;
  /** `http://127.0.0.1:8877`, without trailing slash. */
  readonly gateway: string;
  /** Our certificates only: for variables that add to a program's roots. */
  readonly caPath: string;
  /** The system's roots, the user's own and ours: for variables that replace a program's roots. See `writeCaBundle`. */
  readonly bundlePath: string;
  /** Local token: goes along as the proxy's password and as `SCRIM_TOKEN`. */
  readonly token?: string;
  /** The environment as it is now. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False: no base-URL variables; clients are reached through the proxy alone. Default true. */
  readonly baseUrls?: boolean;
  /** A PKCS #12 trust store (password `changeit`) with our certificates: sets JAVA_TOOL_OPTIONS, which makes Java print a banner. */
  readonly javaTrustStore?: string;
}

export interface ClientEnvironment {
  /** To be laid over the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** One sentence each: what of the user's settings was kept or left out. */
  readonly notes: readonly string[];
}

const loopback = ['localhost', '127.0.0.1', '::1'];

export function clientEnvironment(options: EnvironmentOptions): ClientEnvironment {
  const notes: string[] = [];
  const variables = {
    ...proxyVariables(options, notes),
    ...certificateVariables(options),
    ...(options.baseUrls === false ? {} : baseUrlVariables(options, notes)),
    ...javaVariables(options),
    ...(options.token === undefined ? {} : { SCRIM_TOKEN: options.token }),
  };
  return { variables, notes };
}

function proxyVariables(options: EnvironmentOptions, notes: string[]): Record<string, string> {
  const url = new URL(options.proxy);
  if (options.token !== undefined) {
    url.username = 'scrim';
    url.password = options.token;
  }
  // Without the slash that URL adds: some clients append to it.
  const proxy = url.href.replace(/\/$/, '');
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'WS_PROXY', 'WSS_PROXY'];
  const noProxy = mergedNoProxy(options.env, notes);
  return {
    ...Object.fromEntries([...names, ...names.map((name) => name.toLowerCase())].map((name) => [name, proxy])),
    GLOBAL_AGENT_HTTP_PROXY: proxy,
    GLOBAL_AGENT_HTTPS_PROXY: proxy,
    npm_config_proxy: proxy,
    npm_config_https_proxy: proxy,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    GLOBAL_AGENT_NO_PROXY: noProxy,
    // Node reads the proxy variables only when told to (fetch from 22.21, http and https from 24.5).
    NODE_USE_ENV_PROXY: '1',
  };
}

/** Clients talk to servers of their own on loopback (opencode, MCP); those must not be proxied. */
function mergedNoProxy(env: EnvironmentOptions['env'], notes: string[]): string {
  const own = [env['NO_PROXY'], env['no_proxy']]
    .flatMap((list) => (list ?? '').split(/[\s,]+/))
    .filter((entry) => entry !== '');
  if (own.includes('*')) notes.push('NO_PROXY=* is left out for this command: with it nothing would go through Scrim.');
  return [...new Set([...loopback, ...own.filter((entry) => entry !== '*')])].join(',');
}

function certificateVariables({ caPath, bundlePath, env }: EnvironmentOptions): Record<string, string> {
  const replacing = [
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'AWS_CA_BUNDLE',
    'GIT_SSL_CAINFO',
    'PIP_CERT',
    'CARGO_HTTP_CAINFO',
    'CODEX_CA_CERTIFICATE',
    'PERL_LWP_SSL_CA_FILE',
    'BUNDLE_SSL_CA_CERT',
    'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
    'npm_config_cafile',
  ];
  // These add to the program's roots, so ours alone will do, unless the user added some too. (Ours may be there from a profile.)
  const adding = (name: string) => (['', caPath].includes(env[name] ?? '') ? caPath : bundlePath);
  return {
    ...Object.fromEntries(replacing.map((name) => [name, bundlePath])),
    NODE_EXTRA_CA_CERTS: adding('NODE_EXTRA_CA_CERTS'),
    DENO_CERT: adding('DENO_CERT'),
    DENO_TLS_CA_STORE: env['DENO_TLS_CA_STORE'] ?? 'mozilla,system',
    NODE_USE_SYSTEM_CA: env['NODE_USE_SYSTEM_CA'] ?? '1',
    UV_NATIVE_TLS: env['UV_NATIVE_TLS'] ?? '1',
  };
}

/**
 * Where each client appends its own path. Not set: AWS_ENDPOINT_URL_BEDROCK_RUNTIME (requests are signed for their host),
 * AZURE_OPENAI_ENDPOINT and GOOGLE_VERTEX_BASE_URL (no fixed address to lead to): these go through the proxy.
 */
const baseUrlPaths = {
  OPENAI_BASE_URL: '/openai/v1',
  OPENAI_API_BASE: '/openai/v1',
  AIDER_OPENAI_API_BASE: '/openai/v1',
  ANTHROPIC_BASE_URL: '/anthropic',
  ANTHROPIC_API_BASE: '/anthropic',
  GOOGLE_GEMINI_BASE_URL: '/gemini',
  OLLAMA_HOST: '/ollama',
  OLLAMA_API_BASE: '/ollama',
  CODEX_OSS_BASE_URL: '/ollama/v1',
  CO_API_URL: '/cohere',
  GROQ_BASE_URL: '/groq',
  OPENROUTER_BASE_URL: '/openrouter/api/v1',
};

function baseUrlVariables({ gateway, env }: EnvironmentOptions, notes: string[]): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [name, path] of Object.entries(baseUrlPaths)) {
    const own = env[name] ?? '';
    if (own === '') set[name] = `${gateway}${path}`;
    else if (own !== `${gateway}${path}`) notes.push(keptNote(name, own));
  }
  // Claude Code turns tool search off for any base URL that is not its own.
  if (set['ANTHROPIC_BASE_URL'] !== undefined) set['ENABLE_TOOL_SEARCH'] = env['ENABLE_TOOL_SEARCH'] ?? 'true';
  return set;
}

/** Loopback is never proxied (NO_PROXY), so such an address bypasses Scrim; that must not happen silently. */
function keptNote(name: string, own: string): string {
  const url = /^[a-z]+:\/\//i.test(own) ? own : `http://${own}`;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/.test(host)
    ? `${name} stays as you set it, and does not go through Scrim: unset it, or name that server under "providers" in the policy.`
    : `${name} stays as you set it: that host is covered when the policy intercepts it.`;
}

function javaVariables({ proxy, env, javaTrustStore }: EnvironmentOptions): Record<string, string> {
  if (javaTrustStore === undefined) return {};
  const { hostname, port } = new URL(proxy);
  const own = env['JAVA_TOOL_OPTIONS'] ?? '';
  const ours = [
    `-Dhttp.proxyHost=${hostname} -Dhttp.proxyPort=${port} -Dhttps.proxyHost=${hostname} -Dhttps.proxyPort=${port}`,
    `-Dhttp.nonProxyHosts=localhost|127.*|[::1]`,
    `-Djavax.net.ssl.trustStore="${javaTrustStore}" -Djavax.net.ssl.trustStorePassword=changeit`,
  ];
  return { JAVA_TOOL_OPTIONS: [own, ...ours].filter((part) => part !== '').join(' ') };
}
