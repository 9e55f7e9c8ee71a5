import { expect, test } from 'vitest';
import { speechOf } from '../../src/connection/first-bytes.ts';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

test.each([
  ['GET / HTTP/1.1\r\n', 'http1'],
  ['PURGE * HTTP/1.1', 'http1'],
  ['CONNECT a:1 HTTP/1.1', 'http1'],
  ['CONNECT [::1]:1 HTTP/1.1', 'http1'],
  [preface, 'http2'],
  [`${preface}more`, 'http2'],
  ['\x16\x03\x01\x02', 'tls'],
  ['\x16\x99', 'other'],
  ['SSH-2.0-OpenSSH\r\n', 'other'],
  ['EHLO\r\n', 'other'],
  ['\0\0\0\x08', 'other'],
  ['a'.repeat(40), 'other'],
  // Could still become more than one thing.
  ['', undefined],
  ['\x16', undefined],
  ['GET', undefined],
  ['GET ', undefined],
  ['PRI * HTTP/2.0\r\n', undefined],
  ['PRI', undefined],
])('%j is %s', (text, speech) => {
  expect(speechOf(Buffer.from(text, 'latin1'))).toBe(speech);
});
