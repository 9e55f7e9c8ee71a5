import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesHost, parseHostPattern } from '../../src/policy/hosts.ts';

describe('parseHostPattern', () => {
  test.each([
    ['API.OpenAI.com.', { host: 'api.openai.com', port: undefined }],
    ['*.openai.azure.com', { host: '*.openai.azure.com', port: undefined }],
    ['localhost:11434', { host: 'localhost', port: 11_434 }],
    ['[::1]:8080', { host: '::1', port: 8_080 }],
    ['[::1]', { host: '::1', port: undefined }],
    ['0:0:0:0:0:0:0:1', { host: '::1', port: undefined }],
    ['127.0.0.1', { host: '127.0.0.1', port: undefined }],
    ['*', { host: '*', port: undefined }],
  ])('%s', (text, expected) => {
    expect(parseHostPattern(text)).toEqual(expected);
  });

  test.each([
    '',
    '.',
    '..',
    'a..b',
    '.a',
    'a b',
    'https://a',
    'a/b',
    'a:',
    'a:0',
    'a:65536',
    'a:b',
    '-a',
    'a-',
    '1.2.3',
    '256.1.1.1',
    '01.2.3.4',
    '[a]',
    '[::1',
    ':::1',
    'ä.de',
    'a\0b',
    'x'.repeat(64),
    'x.'.repeat(130),
  ])('refuses %j', (text) => {
    expect(parseHostPattern(text)).toBeUndefined();
  });
});

describe('matchesHost', () => {
  const cases: [string, string, number, boolean][] = [
    ['api.openai.com', 'API.openai.COM', 443, true],
    ['api.openai.com', 'api.openai.com.', 443, true],
    ['api.openai.com', 'eu.api.openai.com', 443, false],
    ['api.openai.com', 'xapi.openai.com', 443, false],
    ['api.openai.com:443', 'api.openai.com', 8443, false],
    ['*.openai.azure.com', 'a.openai.azure.com', 443, true],
    ['*.openai.azure.com', 'a.b.openai.azure.com', 443, true],
    ['*.openai.azure.com', 'openai.azure.com', 443, false],
    ['*.openai.azure.com', 'aopenai.azure.com', 443, false],
    ['*.x.dev:8443', 'a.x.dev', 8443, true],
    ['*.x.dev:8443', 'a.x.dev', 443, false],
    ['*-aiplatform.googleapis.com', 'europe-west1-aiplatform.googleapis.com', 443, true],
    ['*-aiplatform.googleapis.com', 'a.b-aiplatform.googleapis.com', 443, false],
    ['*-aiplatform.googleapis.com', '-aiplatform.googleapis.com.evil.com', 443, false],
    ['bedrock-runtime.*.amazonaws.com', 'bedrock-runtime.us-east-1.amazonaws.com', 443, true],
    ['bedrock-runtime.*.amazonaws.com', 'bedrock-runtime.a.b.amazonaws.com', 443, false],
    ['*.*-x.dev:1', 'a.b.c-x.dev', 1, true],
    ['*.*-x.dev:1', 'a.b.c-x.dev', 2, false],
    ['*', 'anything.example', 1, true],
    ['*', '::1', 1, true],
    ['[::1]:80', '[::1]', 80, true],
    ['::1', '0:0:0:0:0:0:0:1', 80, false],
    ['::1', '[0:0:0:0:0:0:0:1]', 80, true],
    ['::1', '[zz]', 80, false],
    ['not a pattern', 'not a pattern', 80, false],
  ];
  test.each(cases)('%s and %s:%i → %s', (pattern, host, port, expected) => {
    expect(matchesHost([pattern])(host, port)).toBe(expected);
  });

  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/).filter((text) => !/^\d+$/.test(text));
  const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));

  test('a host matches itself, and what a star adds to it', () => {
    fc.assert(
      fc.property(host, label, fc.nat(65_535), (name, extra, port) => {
        expect(matchesHost([name])(name.toUpperCase(), port)).toBe(true);
        expect(matchesHost([`*.${name}`])(`${extra}.${name}`, port)).toBe(true);
        expect(matchesHost([`*.${name}`])(name, port)).toBe(false);
        expect(matchesHost([name])(`${extra}${name}`, port)).toBe(false);
      }),
    );
  });

  test('many patterns match when one of them does', () => {
    const pattern = fc.oneof(
      host,
      host.map((name) => `*.${name}`),
      host.map((name) => `*-${name}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(pattern), host, fc.nat(65_535), (patterns, name, port) => {
        const one = patterns.some((each) => matchesHost([each])(name, port));
        expect(matchesHost(patterns)(name, port)).toBe(one);
      }),
    );
  });

  test('no host and no pattern makes it throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (pattern, name) => {
        expect(typeof matchesHost([pattern])(name, 443)).toBe('boolean');
      }),
    );
  });
});
