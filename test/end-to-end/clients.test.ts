// Real SDKs through the proxy and through the gateway: they parse every answer, never get the secret, and the log holds
// what they got.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../support/authority.ts';
import { clientNames, startClients, type CallResult, type Clients } from '../support/clients.ts';
import type { Encoding } from '../support/playback-sending.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { startScrim, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const cuts = [1, 2, 7, 64, 'whole'] as const;
const encodings: readonly Encoding[] = ['identity', 'gzip', 'deflate', 'br', 'zstd'];
const hosts = ['api.openai.com', 'api.anthropic.com', 'generativelanguage.googleapis.com', 'ollama.com'];
const secret = makeSecret('aws-access-key-id', 'clients');
const otherSecrets = (['private-key', 'anthropic', 'github-fine-grained', 'jwt'] as const).map((kind) =>
  makeSecret(kind),
);
/** Behind the public prefix, which the placeholder keeps. */
const secretParts = [secret.slice(4, 10), secret.slice(8, 14), secret.slice(-6)];
const authority = createAuthority();

let tlsServer: Playback;
let plainServer: Playback;
let scrim: ScrimProcess;
let clients: { proxy: Clients; gateway: Clients };

beforeAll(async () => {
  // One provider in HTTP/1.1 and HTTP/2 over TLS, and a local model server in the clear.
  tlsServer = await startPlayback({ secret, tls: authority.issue({ names: hosts }) });
  plainServer = await startPlayback({ secret });
  scrim = await startScrim({
    upstreamCa: authority.caPem,
    resolve: [
      ...hosts.map((host) => `${host}:443:127.0.0.1:${tlsServer.port}`),
      `127.0.0.1:11434:127.0.0.1:${plainServer.port}`,
    ],
  });
  clients = {
    proxy: startClients(
      {
        openai: 'https://api.openai.com/v1',
        anthropic: 'https://api.anthropic.com',
        gemini: 'https://generativelanguage.googleapis.com',
        ollama: 'https://ollama.com',
      },
      { HTTPS_PROXY: scrim.proxy, HTTP_PROXY: scrim.proxy, NODE_USE_ENV_PROXY: '1', NODE_EXTRA_CA_CERTS: scrim.ca },
    ),
    gateway: startClients(
      {
        openai: `${scrim.gateway}/openai/v1`,
        anthropic: `${scrim.gateway}/anthropic`,
        gemini: `${scrim.gateway}/gemini`,
        ollama: `${scrim.gateway}/ollama`,
      },
      {},
    ),
  };
});

afterAll(async () => {
  clients.proxy[Symbol.dispose]();
  clients.gateway[Symbol.dispose]();
  await scrim.stop();
  await tlsServer.close();
  await plainServer.close();
});

function playSecret(played: string): void {
  for (const server of [tlsServer, plainServer]) server.play({ secret: played });
}

const placeholder = /^AKIAMASKED_AWS_[0-9a-f]{8}$/;

function expectMasked(result: CallResult, about: string): void {
  expect(result.error, about).toBeNull();
  for (const part of secretParts)
    expect(result.all.includes(part), `${about}: ${part} is in what the SDK got`).toBe(false);
}

/** The placeholder in `Sure. The access key is … and that is all.` */
function placeholderIn(text: string): string {
  return /^Sure\. The access key is (.*) and that is all\.$/.exec(text)?.[1] ?? `none in: ${text}`;
}

describe.each(['proxy', 'gateway'] as const)('through the %s', (way) => {
  test.each(clientNames)('%s: every cut in every encoding', async (client) => {
    const seen = new Set<string>();
    for (const encoding of encodings)
      for (const cut of cuts) {
        const result = await clients[way].call({ client, scenario: 'text', cut, encoding });
        expectMasked(result, `${encoding}, cut ${cut}`);
        seen.add(placeholderIn(result.text));
      }
    expect([...seen]).toEqual([expect.stringMatching(placeholder)]);
  });

  test.each(clientNames)('%s: a secret in the arguments of a tool call', async (client) => {
    for (const cut of cuts) {
      const result = await clients[way].call({ client, scenario: 'toolsecret', cut, encoding: 'identity' });
      expectMasked(result, `cut ${cut}`);
      expect(result.tool).toMatchObject({
        command: expect.stringMatching(/^echo AKIAMASKED_AWS_[0-9a-f]{8}$/) as string,
      });
    }
  });

  test.each(clientNames)('%s: a key of several lines, and other formats', async (client) => {
    try {
      for (const other of otherSecrets) {
        playSecret(other);
        for (const cut of [1, 64, 'whole'] as const) {
          const { error, all, text } = await clients[way].call({ client, scenario: 'text', cut, encoding: 'br' });
          expect(error).toBeNull();
          for (const line of other.split('\n').filter((each) => each.length > 30 && !each.includes('-----')))
            for (let at = 12; at + 12 < line.length; at += 12) expect(all).not.toContain(line.slice(at, at + 12));
          expect(text).toMatch(/^Sure\. The access key is [^]*MASKED_\w+_[0-9a-f]{8}[^]* and that is all\.$/);
        }
      }
    } finally {
      playSecret(secret);
    }
  });

  const thinking = clientNames.filter((name) => /streamed|ai sdk/.test(name));
  test.each(thinking)('%s: a secret in the reasoning', async (client) => {
    for (const cut of cuts) {
      const result = await clients[way].call({ client, scenario: 'think', cut, encoding: 'identity' });
      expectMasked(result, `cut ${cut}`);
      expect(placeholderIn(result.text)).toMatch(placeholder);
      // The AI SDK gives the reasoning of chat completions to nobody.
      if (client !== 'ai sdk, openai chat') expect(result.thinking).toMatch(/AKIAMASKED_AWS_[0-9a-f]{8}/);
    }
  });
});

test('what the log holds is masked, and the secret is nowhere on disk', async () => {
  const records = await scrim.log();
  expect(records.length).toBeGreaterThan(500);
  expect(new Set(records.map(({ state }) => state))).toEqual(new Set(['done']));
  expect(new Set(records.map(({ via }) => via))).toEqual(new Set(['proxy', 'gateway']));
  expect(new Set(records.map(({ dialect }) => dialect))).toEqual(
    new Set(['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'ollama']),
  );
  for (const record of records) {
    const texts = record.channels.map(({ text }) => text).join('\n');
    expect(texts, record.path).toMatch(/MASKED_\w+_[0-9a-f]{8}/);
    expect(record.findings, record.path).not.toEqual([]);
    expect(new Set(record.findings.map(({ side }) => side))).toEqual(new Set(['response']));
  }
  const lines = otherSecrets.flatMap((other) => other.split('\n')[Math.min(1, other.split('\n').length - 1)] ?? []);
  for (const part of [secret, ...secretParts, ...lines.map((line) => line.slice(-30))])
    expect(await scrim.filesWith(part)).toEqual([]);
  // Something is on disk at all, and the search would find it.
  expect(await scrim.filesWith('AKIAMASKED_AWS_')).not.toEqual([]);
});
