import { describe, expect, test } from 'vitest';
import { matchesHost, parseHostPattern } from '../../src/policy/hosts.ts';
import { knownDomains, knownHosts, knownProviders } from '../../src/policy/known-providers.ts';

const opened = matchesHost(knownHosts);

test.each(knownHosts)('%s is a pattern below a known domain, or on this machine', (pattern) => {
  const host = parseHostPattern(pattern)?.host ?? '';
  const certain = host
    .split('.')
    .slice(host.split('.').findLastIndex((label) => label.includes('*')) + 1)
    .join('.');
  const local = ['localhost', '127.0.0.1', '::1'].includes(host);
  expect(local || knownDomains.some((domain) => certain === domain || certain.endsWith(`.${domain}`))).toBe(true);
});

test.each(knownDomains)('%s is needed by a known host', (domain) => {
  expect(knownHosts.some((pattern) => pattern === domain || pattern.endsWith(`.${domain}`))).toBe(true);
});

describe('opened', () => {
  test.each([
    'api.openai.com',
    'eu.api.openai.com',
    'chatgpt.com',
    'api.anthropic.com',
    'generativelanguage.googleapis.com',
    'us-east5-aiplatform.googleapis.com',
    'aiplatform.eu.rep.googleapis.com',
    'cloudcode-pa.googleapis.com',
    'corp.openai.azure.com',
    'corp.services.ai.azure.com',
    'api.individual.githubcopilot.com',
    'proxy.business.githubcopilot.com',
    'codestral.mistral.ai',
    'openrouter.ai',
  ])('%s', (host) => {
    expect(opened(host, 443)).toBe(true);
  });
  test('Ollama on this machine, and nothing else there', () => {
    expect(opened('127.0.0.1', 11_434)).toBe(true);
    expect(opened('[::1]', 11_434)).toBe(true);
    expect(opened('localhost', 3_000)).toBe(false);
  });
});

test.each([
  'github.com',
  'api.github.com',
  'oauth2.googleapis.com',
  'storage.googleapis.com',
  'auth.openai.com',
  's3.amazonaws.com',
  'sts.us-east-1.amazonaws.com',
  'registry.npmjs.org',
  'api2.cursor.sh',
  'server.codeium.com',
  'api.jetbrains.ai',
  'copilot-telemetry.githubusercontent.com',
  'evil-api.openai.com.example',
])('not opened: %s', (host) => {
  expect(opened(host, 443)).toBe(false);
});

test.each(Object.entries(knownProviders))('the gateway leads %s to a host that is opened too', (_name, { baseUrl }) => {
  const url = new URL(baseUrl);
  expect(opened(url.hostname, Number(url.port || 443))).toBe(true);
  expect(baseUrl.endsWith('/')).toBe(false);
});
