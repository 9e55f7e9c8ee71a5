import { expect, test } from 'vitest';
import { parseResolveRule, resolved } from '../../src/connection/resolve-rules.ts';

test('reads rules as curl writes them', () => {
  const rule = (host: string, port: number, address: string, addressPort?: number) => ({
    host,
    port,
    address,
    addressPort,
  });
  expect(parseResolveRule('API.example:443:127.0.0.1')).toEqual(rule('api.example', 443, '127.0.0.1'));
  expect(parseResolveRule('api.example:443:127.0.0.1:8443')).toEqual(rule('api.example', 443, '127.0.0.1', 8443));
  expect(parseResolveRule('*:443:[::1]:8443')).toEqual(rule('*', 443, '::1', 8443));
  expect(parseResolveRule('[::1]:80:127.0.0.1')).toEqual(rule('::1', 80, '127.0.0.1'));
});

test.each([
  '',
  'a',
  'a:1',
  'a:0:127.0.0.1',
  'a:1:b',
  'a:1:127.0.0.1:0',
  'a:1:127.0.0.1:99999',
  'a:1:::1',
  'a b:1:127.0.0.1',
])('refuses %j', (text) => {
  expect(parseResolveRule(text)).toBeUndefined();
});

test('a named host wins over the star, and the port has to match', () => {
  const rules = ['*:443:127.0.0.2', 'a:443:127.0.0.1:8443'].map((text) => parseResolveRule(text)!);
  expect(resolved(rules, 'a', 443)).toEqual({ host: '127.0.0.1', port: 8443 });
  expect(resolved(rules, 'b', 443)).toEqual({ host: '127.0.0.2', port: 443 });
  expect(resolved(rules, 'a', 80)).toEqual({ host: 'a', port: 80 });
});
