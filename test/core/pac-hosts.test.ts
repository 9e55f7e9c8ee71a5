// The script that a system gets never leads past Scrim what the policy intercepts.

import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pacText } from '../../src/capture/pac.ts';
import { pacHosts } from '../../src/core/pac-hosts.ts';
import { matchesHost } from '../../src/policy/hosts.ts';
import { knownHosts } from '../../src/policy/known-providers.ts';

function ask(patterns: readonly string[], host: string): unknown {
  const script = pacText({ proxy: 'http://127.0.0.1:1', hosts: pacHosts(patterns) });
  return runInNewContext(`${script}\nFindProxyForURL(${JSON.stringify(`https://${host}/`)}, ${JSON.stringify(host)})`);
}

const label = fc.constantFrom('a', 'api', 'x-ai', 'us-ai', 'models', 'b1');
const ending = fc.constantFrom('example.com', 'x.test', 'internal');
const host = fc.tuple(fc.array(label, { maxLength: 3 }), ending).map(([labels, end]) => [...labels, end].join('.'));
const pattern = fc
  .tuple(fc.array(fc.oneof(label, fc.constantFrom('*', '*-ai', 'a*')), { maxLength: 3 }), ending, fc.boolean())
  .map(([labels, end, hasPort]) => [...labels, end].join('.') + (hasPort ? ':8443' : ''));

test('every host that is intercepted on some port comes to the proxy', () => {
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), host, (patterns, asked) => {
      const intercepts = matchesHost(patterns);
      fc.pre(intercepts(asked, 443) || intercepts(asked, 8443));
      expect(ask(patterns, asked)).toBe('PROXY 127.0.0.1:1');
    }),
  );
});

test.each([
  [['*-aiplatform.googleapis.com'], 'us-aiplatform.googleapis.com', 'PROXY 127.0.0.1:1'],
  [['api.openai.com'], 'openai.com', 'DIRECT'],
  [['*'], 'anything.example', 'PROXY 127.0.0.1:1'],
  [['*'], 'localhost', 'DIRECT'],
  [['*'], '127.0.0.1', 'DIRECT'],
  [['*', 'localhost:11434'], '::1', 'DIRECT'],
  [['localhost:11434'], 'localhost', 'DIRECT'],
])('%j: %s → %s', (patterns, asked, answer) => {
  expect(ask(patterns, asked)).toBe(answer);
});

test('the known providers come, their neighbours do not', () => {
  for (const asked of ['api.anthropic.com', 'api.openai.com', 'eu-aiplatform.googleapis.com'])
    expect(ask(knownHosts, asked)).toBe('PROXY 127.0.0.1:1');
  for (const asked of ['example.com', 'github.com', 'localhost']) expect(ask(knownHosts, asked)).toBe('DIRECT');
});
