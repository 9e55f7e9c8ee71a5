import { describe, expect, test } from 'vitest';
import { formatAuthority, isLoopback, parseAbsoluteTarget, parseAuthority } from '../../src/http/authority.ts';

test.each([
  ['example.com:443', 'example.com', 443],
  ['EXAMPLE.com.:8443', 'example.com', 8443],
  ['localhost', 'localhost', undefined],
  ['my_service:80', 'my_service', 80],
  ['127.0.0.1:1', '127.0.0.1', 1],
  ['[::1]:443', '::1', 443],
  ['[2001:DB8::1]', '2001:db8::1', undefined],
  ['[::ffff:127.0.0.1]:80', '::ffff:127.0.0.1', 80],
  ['[1:2:3:4:5:6:7:8]:80', '1:2:3:4:5:6:7:8', 80],
])('reads %j', (text, host, port) => {
  expect(parseAuthority(text)).toEqual({ host, port });
});

test.each([
  '',
  ':',
  ':80',
  '.',
  '..',
  'a..b',
  '.a',
  '-a',
  'a-',
  'a:',
  'a:0',
  'a:65536',
  'a:8o',
  'a: 80',
  'a:80:80',
  'a b',
  'a/b',
  'a%00',
  'a\0b',
  'user@a',
  '1.2.3',
  '256.1.1.1',
  '01.2.3.4',
  '0x7f.1',
  '2130706433',
  '1.2.3.4.5',
  '::1',
  '[::1',
  '[]',
  '[::1]x',
  '[:::]',
  '[1::2::3]',
  '[1:2:3]',
  '[g::]',
  '[fe80::1%eth0]',
  '[1:2:3:4:5:6:7:8:9]',
  'ümlaut.example',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(130)}a`,
])('refuses %j', (text) => {
  expect(parseAuthority(text)).toBeUndefined();
});

describe('absolute targets', () => {
  test.each([
    ['http://a/b?c', { scheme: 'http', host: 'a', port: 80, path: '/b?c' }],
    ['HTTPS://A.b:1', { scheme: 'https', host: 'a.b', port: 1, path: '/' }],
    ['http://a?x', { scheme: 'http', host: 'a', port: 80, path: '/?x' }],
    ['https://[::1]/x', { scheme: 'https', host: '::1', port: 443, path: '/x' }],
  ])('%j', (text, target) => {
    expect(parseAbsoluteTarget(text)).toEqual(target);
  });
  test.each(['/a', 'ftp://a/', 'http://', 'http://a@b/', 'http://a/#x', 'http:a'])('refuses %j', (text) => {
    expect(parseAbsoluteTarget(text)).toBeUndefined();
  });
});

test('writes authorities without the port of the scheme', () => {
  expect(formatAuthority('https', 'a', 443)).toBe('a');
  expect(formatAuthority('http', 'a', 443)).toBe('a:443');
  expect(formatAuthority('http', '::1', 80)).toBe('[::1]');
});

test('knows loopback', () => {
  expect(['localhost', 'x.localhost', '127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true);
  expect(['localhost.example', '128.0.0.1', '127.0.0.1.example', '::2', '0.0.0.0'].some(isLoopback)).toBe(false);
});
