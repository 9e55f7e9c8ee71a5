import { expect, test } from 'vitest';
import { readTarget } from '../../src/exports/targets.ts';

const secret = 'x'.repeat(16);

test.each([
  [
    'syslog+tcp://logs.example.com',
    { kind: 'syslog', transport: 'tcp', host: 'logs.example.com', port: 514, format: 'cef' },
  ],
  ['syslog+tls://[2001:db8::1]', { transport: 'tls', host: '2001:db8::1', port: 6514 }],
  ['syslog+udp://10.0.0.1:5514/', { transport: 'udp', host: '10.0.0.1', port: 5514 }],
  [
    'https://hooks.example.com/a?b=c',
    { kind: 'webhook', url: 'https://hooks.example.com/a?b=c', format: 'jsonl', secret },
  ],
  ['http://127.0.0.1:9/a', { kind: 'webhook' }],
  ['otlp+https://otel.example.com:4318', { kind: 'otlp', url: 'https://otel.example.com:4318/v1/logs' }],
  ['otlp+http://localhost:4318/own/path', { kind: 'otlp', url: 'http://localhost:4318/own/path' }],
])('%s is a receiver', (to, target) => {
  expect(readTarget({ to, secret })).toMatchObject(target);
});

test.each([
  ['nonsense', 'such as syslog+tls://'],
  ['ftp://x', 'such as syslog+tls://'],
  ['syslog+tcp://', 'HOST'],
  ['syslog+tcp://host:0', 'HOST'],
  ['syslog+tcp://host/path', 'HOST'],
  ['https://user:pass@hooks.example.com', 'without user and password'],
  ['http://hooks.example.com', 'Write https'],
  ['otlp+http://otel.example.com:4318', 'Write https'],
])('%s is refused, with what to write instead', (to, message) => {
  expect(() => readTarget({ to, secret })).toThrow(message);
});

test('a webhook without a secret of some length is refused: nobody could know who sends', () => {
  expect(() => readTarget({ to: 'https://hooks.example.com' })).toThrow('SCRIM_EXPORT_SECRET');
  expect(() => readTarget({ to: 'https://hooks.example.com', secret: 'short' })).toThrow('16 characters');
});
