// Programs that are no SDK: curl in HTTP/1.1 and HTTP/2, by every way in, and Python's requests. They show the bytes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../support/authority.ts';
import type { Encoding } from '../support/playback-sending.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { missingProgram } from '../support/programs.ts';
import { cleanEnvironment, startScrim, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { loadStream } from '../support/streams.ts';

const secret = makeSecret('aws-access-key-id', 'programs');
const encodings: readonly Encoding[] = ['identity', 'gzip', 'deflate', 'br', 'zstd'];
const cuts = ['1', '2', '7', '64', 'whole'];
const authority = createAuthority();
const url = 'https://api.openai.com/v1/chat/completions';
const noCurl = missingProgram('curl', '--version');
const noRequests = missingProgram('python3', '-c', 'import requests');

let server: Playback;
let plainServer: Playback;
let scrim: ScrimProcess;

beforeAll(async () => {
  server = await startPlayback({ secret, tls: authority.issue({ names: ['api.openai.com'] }) });
  plainServer = await startPlayback({ secret });
  scrim = await startScrim({
    upstreamCa: authority.caPem,
    policy: 'version: 1\nintercept: [default, "plain.test:8080"]\n',
    resolve: [`api.openai.com:443:127.0.0.1:${server.port}`, `plain.test:8080:127.0.0.1:${plainServer.port}`],
  });
});

afterAll(async () => {
  await scrim.stop();
  await server.close();
  await plainServer.close();
});

async function run(command: string, args: readonly string[], env: Record<string, string> = {}, input = '') {
  const child = spawn(command, args, { env: cleanEnvironment(env) });
  const parts: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.on('data', (part: Buffer) => (err += part.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: Buffer.concat(parts), err };
}

/** The text of a chat stream, which must end as the provider ends it. */
function chatText(body: string): string {
  const events = body.split('\n\n');
  expect(events.slice(-2)).toEqual(['data: [DONE]', '']);
  return events
    .slice(0, -2)
    .map((event) => JSON.parse(event.replace('data: ', '')) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
}

const masked = /^Sure\. The access key is AKIAMASKED_AWS_[0-9a-f]{8} and that is all\.$/;

describe.skipIf(noCurl !== undefined)('curl', () => {
  const ways: readonly (readonly [name: string, version: string, args: () => string[]])[] = [
    ['HTTP/1.1 through the proxy', '1.1', () => ['--http1.1', '-x', scrim.proxy, url]],
    ['HTTP/2 through the proxy', '2', () => ['--http2', '-x', scrim.proxy, url]],
    ['HTTP/1.1 at the gateway', '1.1', () => ['--http1.1', `${scrim.gateway}/openai/v1/chat/completions`]],
    ['absolute form', '1.1', () => ['-x', scrim.proxy, 'http://plain.test:8080/v1/chat/completions']],
    [
      'cleartext inside CONNECT',
      '1.1',
      () => ['-x', scrim.proxy, '--proxytunnel', 'http://plain.test:8080/v1/chat/completions'],
    ],
  ];

  test.each(ways)('%s: every cut in every encoding', async (_, version, args) => {
    // One process for all transfers, as curl allows: options are repeated after `--next`.
    const transfers = encodings.flatMap((encoding) => cuts.map((cut) => ({ encoding, cut })));
    const words = transfers.flatMap(({ encoding, cut }) => [
      '--next',
      ...['-sS', '--cacert', scrim.ca, '--max-time', '20', '-d', '{"stream":true}'],
      ...['-H', `x-playback-encoding: ${encoding}`, '-H', `x-playback-cut: ${cut}`],
      ...['-w', '\n%{http_code} %{http_version}\n=====\n', ...args()],
    ]);
    const { code, out, err } = await run('curl', words.slice(1));
    expect(err).toBe('');
    expect(code).toBe(0);
    const answers = out.toString().split('\n=====\n').slice(0, -1);
    expect(answers).toHaveLength(transfers.length);
    for (const answer of answers) {
      const end = answer.lastIndexOf('\n');
      expect(answer.slice(end + 1)).toBe(`200 ${version}`);
      expect(chatText(answer.slice(0, end))).toMatch(masked);
      expect(answer).not.toContain(secret.slice(4, 12));
    }
  });

  test('HTTP/2 with prior knowledge at the gateway', async () => {
    // One process each: curl 7 loses such a connection when it uses it again.
    const args = ['-sS', '--http2-prior-knowledge', '-d', '{"stream":true}'];
    const runs = cuts.map((cut, i) => {
      const headers = ['-H', `x-playback-encoding: ${encodings[i]}`, '-H', `x-playback-cut: ${cut}`];
      return run('curl', [...args, ...headers, `${scrim.gateway}/openai/v1/chat/completions`]);
    });
    for (const { out, err } of await Promise.all(runs)) {
      expect(err).toBe('');
      expect(chatText(out.toString())).toMatch(masked);
    }
  });

  test('what holds no secret comes byte for byte', async () => {
    for (const version of ['--http1.1', '--http2']) {
      const { out } = await run('curl', [
        ...['-sS', version, '-x', scrim.proxy, '--cacert', scrim.ca, '-d', '{"stream":true}'],
        ...['-H', 'x-playback-scenario: tool', '-H', 'x-playback-encoding: zstd', url],
      ]);
      expect(out.equals(loadStream('openai-chat-tool', secret).body)).toBe(true);
    }
  });

  test('a big upload with Expect: 100-continue, and a request body in gzip', async () => {
    const arrived = server.nextRequest();
    const text = 'x'.repeat(3_000_000);
    const body = JSON.stringify({ model: 'gpt-x', messages: [{ role: 'user', content: text }] });
    const args = [
      '-sS',
      '-x',
      scrim.proxy,
      '--cacert',
      scrim.ca,
      '-H',
      'Expect: 100-continue',
      '--data-binary',
      '@-',
      url,
    ];
    const { out } = await run('curl', ['--http1.1', ...args], {}, body);
    expect(JSON.parse(out.toString())).toMatchObject({ object: 'chat.completion' });
    expect((await arrived).body.equals(Buffer.from(body))).toBe(true);
  });
});

describe.skipIf(noRequests !== undefined)('Python requests', () => {
  const script = `
import json, os, sys, requests
url = os.environ['URL']
for encoding in ['identity', 'gzip', 'deflate', 'br', 'zstd']:
    for cut in ['1', '2', '7', '64', 'whole']:
        headers = {'x-playback-encoding': encoding, 'x-playback-cut': cut}
        with requests.post(url, json={'stream': True}, headers=headers, stream=True, timeout=20) as answer:
            answer.raise_for_status()
            text = ''
            for line in answer.iter_lines():
                if line.startswith(b'data: {'):
                    for choice in json.loads(line[6:])['choices']:
                        text += choice['delta'].get('content') or ''
        whole = requests.post(url, json={}, headers=headers, timeout=20).json()
        print(json.dumps([text, whole['choices'][0]['message']['content']]))
`;

  test.each(['proxy', 'gateway'] as const)('%s', async (way) => {
    const env =
      way === 'proxy'
        ? { URL: url, HTTPS_PROXY: scrim.proxy, REQUESTS_CA_BUNDLE: scrim.ca }
        : { URL: `${scrim.gateway}/openai/v1/chat/completions` };
    const { code, out, err } = await run('python3', ['-c', script], env);
    expect(err).toBe('');
    expect(code).toBe(0);
    const texts = out
      .toString()
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line) as string[]);
    expect(texts).toHaveLength(50);
    for (const text of texts) expect(text).toMatch(masked);
  });
});
