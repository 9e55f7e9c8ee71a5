import { expect, test } from 'vitest';
import { clientEnvironment, type EnvironmentOptions } from '../../src/capture/environment.ts';

function environment(changes: Partial<EnvironmentOptions> = {}) {
  return clientEnvironment({
    proxy: 'http://127.0.0.1:8877',
    gateway: 'http://127.0.0.1:8877',
    caPath: '/d/ca.pem',
    bundlePath: '/d/bundle.pem',
    env: {},
    ...changes,
  });
}

test('the whole block', () => {
  const { variables, notes } = environment();
  expect(variables).toMatchInlineSnapshot(`
    {
      "AIDER_OPENAI_API_BASE": "http://127.0.0.1:8877/openai/v1",
      "ANTHROPIC_API_BASE": "http://127.0.0.1:8877/anthropic",
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:8877/anthropic",
      "AWS_CA_BUNDLE": "/d/bundle.pem",
      "BUNDLE_SSL_CA_CERT": "/d/bundle.pem",
      "CARGO_HTTP_CAINFO": "/d/bundle.pem",
      "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE": "/d/bundle.pem",
      "CODEX_CA_CERTIFICATE": "/d/bundle.pem",
      "CODEX_OSS_BASE_URL": "http://127.0.0.1:8877/ollama/v1",
      "CO_API_URL": "http://127.0.0.1:8877/cohere",
      "CURL_CA_BUNDLE": "/d/bundle.pem",
      "DENO_CERT": "/d/ca.pem",
      "DENO_TLS_CA_STORE": "mozilla,system",
      "ENABLE_TOOL_SEARCH": "true",
      "GIT_SSL_CAINFO": "/d/bundle.pem",
      "GLOBAL_AGENT_HTTPS_PROXY": "http://127.0.0.1:8877",
      "GLOBAL_AGENT_HTTP_PROXY": "http://127.0.0.1:8877",
      "GLOBAL_AGENT_NO_PROXY": "localhost,127.0.0.1,::1",
      "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:8877/gemini",
      "GROQ_BASE_URL": "http://127.0.0.1:8877/groq",
      "HTTPS_PROXY": "http://127.0.0.1:8877",
      "HTTP_PROXY": "http://127.0.0.1:8877",
      "NODE_EXTRA_CA_CERTS": "/d/ca.pem",
      "NODE_USE_ENV_PROXY": "1",
      "NODE_USE_SYSTEM_CA": "1",
      "NO_PROXY": "localhost,127.0.0.1,::1",
      "OLLAMA_API_BASE": "http://127.0.0.1:8877/ollama",
      "OLLAMA_HOST": "http://127.0.0.1:8877/ollama",
      "OPENAI_API_BASE": "http://127.0.0.1:8877/openai/v1",
      "OPENAI_BASE_URL": "http://127.0.0.1:8877/openai/v1",
      "OPENROUTER_BASE_URL": "http://127.0.0.1:8877/openrouter/api/v1",
      "PERL_LWP_SSL_CA_FILE": "/d/bundle.pem",
      "PIP_CERT": "/d/bundle.pem",
      "REQUESTS_CA_BUNDLE": "/d/bundle.pem",
      "SSL_CERT_FILE": "/d/bundle.pem",
      "UV_NATIVE_TLS": "1",
      "WSS_PROXY": "http://127.0.0.1:8877",
      "WS_PROXY": "http://127.0.0.1:8877",
      "http_proxy": "http://127.0.0.1:8877",
      "https_proxy": "http://127.0.0.1:8877",
      "no_proxy": "localhost,127.0.0.1,::1",
      "npm_config_cafile": "/d/bundle.pem",
      "npm_config_https_proxy": "http://127.0.0.1:8877",
      "npm_config_proxy": "http://127.0.0.1:8877",
      "ws_proxy": "http://127.0.0.1:8877",
      "wss_proxy": "http://127.0.0.1:8877",
    }
  `);
  expect(notes).toEqual([]);
});

test('the token is the proxy’s password, and nothing else carries it', () => {
  const { variables } = environment({ token: 'a/b@c' });
  expect(variables['HTTPS_PROXY']).toBe('http://scrim:a%2Fb%40c@127.0.0.1:8877');
  expect(variables['SCRIM_TOKEN']).toBe('a/b@c');
  expect(variables['OPENAI_BASE_URL']).toBe('http://127.0.0.1:8877/openai/v1');
});

test('NO_PROXY keeps the user’s hosts', () => {
  const { variables } = environment({ env: { NO_PROXY: 'git.corp, localhost', no_proxy: '10.0.0.0/8 .lan' } });
  expect(variables['NO_PROXY']).toBe('localhost,127.0.0.1,::1,git.corp,10.0.0.0/8,.lan');
  expect(variables['no_proxy']).toBe(variables['NO_PROXY']);
});

test('NO_PROXY=* is left out, and said', () => {
  const { variables, notes } = environment({ env: { no_proxy: '*' } });
  expect(variables['NO_PROXY']).toBe('localhost,127.0.0.1,::1');
  expect(notes).toEqual(['NO_PROXY=* is left out for this command: with it nothing would go through Scrim.']);
});

test('a base URL of the user’s own stays, and is said; ours does not count as one', () => {
  const { variables, notes } = environment({
    env: {
      OPENAI_BASE_URL: 'https://llm.corp/v1',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:8877/anthropic',
      ENABLE_TOOL_SEARCH: 'false',
    },
  });
  expect(variables).not.toHaveProperty('OPENAI_BASE_URL');
  expect(variables).not.toHaveProperty('ANTHROPIC_BASE_URL');
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('OPENAI_BASE_URL stays');
});

test.each(['0.0.0.0:11434', 'http://localhost:11434', 'http://[::1]:1'])(
  'a base URL on this machine (%s) is said to bypass',
  (own) => {
    const { notes } = environment({ env: { OLLAMA_HOST: own } });
    expect(notes[0]).toContain('does not go through Scrim');
  },
);

test('without base URLs', () => {
  const { variables } = environment({ baseUrls: false });
  expect(Object.keys(variables).filter((name) => /BASE|OLLAMA|CO_API/.test(name))).toEqual([]);
  expect(variables['HTTPS_PROXY']).toBeDefined();
});

test('where the user added roots, the bundle that has them stands in', () => {
  const { variables } = environment({ env: { NODE_EXTRA_CA_CERTS: '/corp.pem', NODE_USE_SYSTEM_CA: '0' } });
  expect(variables['NODE_EXTRA_CA_CERTS']).toBe('/d/bundle.pem');
  expect(variables['DENO_CERT']).toBe('/d/ca.pem');
  expect(variables['NODE_USE_SYSTEM_CA']).toBe('0');
});

test('Java only when a trust store is given, behind the user’s own options', () => {
  expect(environment().variables).not.toHaveProperty('JAVA_TOOL_OPTIONS');
  const { variables } = environment({ javaTrustStore: '/d/trust.p12', env: { JAVA_TOOL_OPTIONS: '-Xmx1g' } });
  expect(variables['JAVA_TOOL_OPTIONS']).toBe(
    '-Xmx1g -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=8877 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8877 -Dhttp.nonProxyHosts=localhost|127.*|[::1] -Djavax.net.ssl.trustStore="/d/trust.p12" -Djavax.net.ssl.trustStorePassword=changeit',
  );
});
