// The script is run, as a system would.

import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pacText } from '../../src/capture/pac.ts';

const script = pacText({
  proxy: 'http://127.0.0.1:8877',
  hosts: ['api.openai.com', '*.githubcopilot.com', 'API.Anthropic.com'],
});

function ask(text: string, host: string): unknown {
  return runInNewContext(`${text}\nFindProxyForURL(${JSON.stringify(`https://${host}/`)}, ${JSON.stringify(host)})`);
}

test.each([
  ['api.openai.com', 'PROXY 127.0.0.1:8877'],
  ['API.OPENAI.COM', 'PROXY 127.0.0.1:8877'],
  ['api.openai.com.', 'PROXY 127.0.0.1:8877'],
  ['api.anthropic.com', 'PROXY 127.0.0.1:8877'],
  ['api.individual.githubcopilot.com', 'PROXY 127.0.0.1:8877'],
  ['githubcopilot.com', 'DIRECT'],
  ['evilgithubcopilot.com', 'DIRECT'],
  ['openai.com', 'DIRECT'],
  ['127.0.0.1', 'DIRECT'],
  ['constructor', 'DIRECT'],
])('%s → %s', (host, answer) => {
  expect(ask(script, host)).toBe(answer);
});

test('whatever the hosts are, the script runs and leads to them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.domain())), fc.domain(), (hosts, host) => {
      expect(ask(pacText({ proxy: 'http://127.0.0.1:1', hosts: [...hosts, host] }), host)).toBe('PROXY 127.0.0.1:1');
    }),
  );
});
