import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { certifiedHost } from '../../src/certificates/host-name.ts';
import {
  describeConstraints,
  loopbackRanges,
  permits,
  permitsPattern,
  readNameConstraints,
  type NameConstraints,
} from '../../src/certificates/name-constraints.ts';
import { testAuthority } from './temporary-authority.ts';

const constraints: NameConstraints = { domains: ['openai.com', 'localhost'], ranges: loopbackRanges };

test.each([
  ['openai.com', true],
  ['api.openai.com', true],
  ['localhost', true],
  ['notopenai.com', false],
  ['openai.com.evil.example', false],
  ['127.0.0.1', true],
  ['127.255.0.9', true],
  ['128.0.0.1', false],
  ['10.0.0.1', false],
  ['::1', true],
  ['::2', false],
  ['::ffff:127.0.0.1', false],
])('%s → %s', (host, expected) => {
  expect(permits(constraints, certifiedHost(host))).toBe(expected);
  expect(permitsPattern(constraints, host)).toBe(expected);
  expect(permits(null, certifiedHost(host))).toBe(true);
});

test.each([
  ['*.openai.com', true],
  ['API.openai.com:443', true],
  ['x-*.eu.openai.com', true],
  ['*-openai.com', false],
  ['*openai.com', false],
  ['api.*.com', false],
  ['*', false],
  ['*.com', false],
  ['127.0.0.1:11434', true],
  ['[::1]:11434', true],
  ['[::1]', true],
  ['::2', false],
  ['localhost:11434', true],
])('pattern %s → %s', (pattern, expected) => {
  expect(permitsPattern(constraints, pattern)).toBe(expected);
  expect(permitsPattern(null, pattern)).toBe(true);
});

test('what a certificate says is what was put in', async () => {
  await using made = await testAuthority();
  const [first = ''] = made.authority.certificatesPem().split(/(?<=END CERTIFICATE-----\n)/);
  const read = readNameConstraints(new X509Certificate(first));
  expect(read && describeConstraints(read)).toEqual([
    'openai.com',
    'anthropic.com',
    'localhost',
    '127.0.0.0/8',
    '::1/128',
  ]);
});
