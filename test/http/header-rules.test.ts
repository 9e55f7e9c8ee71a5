import { expect, test } from 'vitest';
import {
  forwardedRequestHeaders,
  forwardedResponseHeaders,
  joinedCookies,
  loweredNames,
  withHost,
} from '../../src/http/header-rules.ts';

test('strips what ends at a hop, and what Connection names', () => {
  const headers = [
    'Host',
    'a',
    'Connection',
    'keep-alive, X-Hop, content-length',
    'X-Hop',
    '1',
    'Keep-Alive',
    '5',
    'TE',
    'trailers',
    'Upgrade',
    'h2c',
    'HTTP2-Settings',
    'x',
    'Transfer-Encoding',
    'chunked',
    'Proxy-Authorization',
    's',
    'Proxy-Connection',
    'k',
    'Expect',
    '100-continue',
    'Content-Length',
    '1',
    'X-a',
    '1',
    'x-A',
    '2',
  ];
  const kept = ['Host', 'a', 'Content-Length', '1', 'X-a', '1', 'x-A', '2'];
  expect(forwardedRequestHeaders(headers, { http2: false })).toEqual(kept);
  expect(forwardedRequestHeaders(['te', 'gzip', 'te', ' Trailers '], { http2: true })).toEqual(['te', ' Trailers ']);
});

test('strips Alt-Svc from responses, and leaves Set-Cookie alone', () => {
  const headers = [
    'Set-Cookie',
    'a',
    'Alt-Svc',
    'h3',
    'connection',
    'close, foo',
    'FOO',
    '1',
    'Set-Cookie',
    'b',
    'Proxy-Authenticate',
    'x',
  ];
  expect(forwardedResponseHeaders(headers)).toEqual(['Set-Cookie', 'a', 'Set-Cookie', 'b', 'Proxy-Authenticate', 'x']);
});

test('puts Host where it stood, once, or in front', () => {
  expect(withHost(['A', '1', 'host', 'x', 'Host', 'y'], 'new')).toEqual(['A', '1', 'host', 'new']);
  expect(withHost(['A', '1'], 'new')).toEqual(['Host', 'new', 'A', '1']);
});

test('joins cookies, and lowers names', () => {
  expect(joinedCookies(['cookie', 'a=1', 'x', 'y', 'cookie', 'b=2'])).toEqual(['cookie', 'a=1; b=2', 'x', 'y']);
  expect(joinedCookies(['x', 'y'])).toEqual(['x', 'y']);
  expect(loweredNames(['X-A', 'B'])).toEqual(['x-a', 'B']);
});
