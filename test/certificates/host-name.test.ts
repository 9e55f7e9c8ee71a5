import fc from 'fast-check';
import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import { certifiedHost } from '../../src/certificates/host-name.ts';

test.each([
  ['API.OpenAI.com', 'dns', 'api.openai.com'],
  ['api.openai.com.', 'dns', 'api.openai.com'],
  ['localhost', 'dns', 'localhost'],
  ['my_host.lan', 'dns', 'my_host.lan'],
  ['xn--bcher-kva.example', 'dns', 'xn--bcher-kva.example'],
  ['127.0.0.1', 'ip', '127.0.0.1'],
  ['[::1]', 'ip', '::1'],
  ['0:0:0:0:0:0:0:1', 'ip', '::1'],
  ['::FFFF:1.2.3.4', 'ip', '::ffff:102:304'],
])('%s', (host, kind, name) => {
  expect(certifiedHost(host)).toMatchObject({ kind, name });
});

test.each([
  ['10.1.2.3', [10, 1, 2, 3]],
  ['2001:db8::ff', [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff]],
  ['::', new Array<number>(16).fill(0)],
  ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
])('octets of %s', (host, octets) => {
  const certified = certifiedHost(host);
  expect(certified.kind === 'ip' && [...certified.bytes]).toEqual(octets);
});

test.each([
  '',
  '.',
  '..',
  'a..b',
  '.a',
  'a..',
  '*',
  '*.openai.com',
  'a*.b',
  'a b',
  'a\0.openai.com',
  'a\n',
  'ä.de',
  'a/b',
  '../../etc',
  'a:443',
  '-a',
  'a-.b',
  '127.1',
  '1.2.3',
  '1.2.3.256',
  '0x7f.1',
  '0x7f',
  '2130706433',
  'fe80::1%eth0',
  '[a]',
  '[::1',
  `${'a'.repeat(64)}.com`,
  'a.'.repeat(127) + 'aa',
])('refuses %j', (host) => {
  expect(() => certifiedHost(host)).toThrow(expect.objectContaining({ code: 'unsafe-host' }));
});

test('any text is refused or becomes one spelling that stays what it is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.stringMatching(/^[a-z0-9.*:[\]-]{1,30}$/),
  );
  fc.assert(
    fc.property(text, (host) => {
      let certified;
      try {
        certified = certifiedHost(host);
      } catch (error) {
        expect(error).toMatchObject({ name: 'AuthorityError', code: 'unsafe-host' });
        return;
      }
      expect(certifiedHost(certified.name)).toEqual(certified);
      expect(certified.name).toMatch(/^[a-z0-9_.:-]+$/);
      expect(isIP(certified.name) !== 0).toBe(certified.kind === 'ip');
    }),
    { numRuns: 1_000 },
  );
});
