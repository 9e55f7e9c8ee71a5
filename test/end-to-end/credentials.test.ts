// The key lies in a real Secret Service; the client holds a local token; only the provider sees the key.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingSession, startDesktopSession, type DesktopSession } from '../keychain/desktop-session.ts';
import { createAuthority } from '../support/authority.ts';
import { ask, type AskOptions } from '../support/http-client.ts';
import { startPlayback, type OwnAnswer, type Playback, type ReceivedRequest } from '../support/playback.ts';
import { collect, startScrim, startScrimCommand, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const key = makeSecret('private-key', 'credentials')
  .replace(/\s/g, '')
  .slice(40, 90)
  .replaceAll(/[^A-Za-z0-9]/g, 'x');
const body = '{"model":"m","messages":[{"role":"user","content":"hi"}]}';
let session: DesktopSession;
let playback: Playback;
let tls: Playback;
let scrim: ScrimProcess;
let env: Record<string, string>;

/** A server that says what it was sent. */
const echo = ({ headers }: Pick<ReceivedRequest, 'headers'>): OwnAnswer => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    choices: [{ index: 0, message: { content: `You sent ${String(headers['authorization'])}` } }],
  }),
});

describe.skipIf(missingSession !== undefined)('with a Secret Service', () => {
  beforeAll(async () => {
    session = await startDesktopSession();
    await session.startKeyring();
    env = { ...session.env, SCRIM_KEYS: 'auto' };
    const secret = makeSecret('aws-access-key-id', 'credentials');
    playback = await startPlayback({ secret, answer: echo });
    const authority = createAuthority();
    tls = await startPlayback({ secret, answer: echo, tls: authority.issue({ names: ['api.openai.com'] }) });
    scrim = await startScrim({
      env,
      policy: `version: 1\nproviders: { openai: "${playback.origin}", tls: "https://api.openai.com" }\n`,
      resolve: [`api.openai.com:443:127.0.0.1:${tls.port}`],
      upstreamCa: authority.caPem,
    });
    for (const provider of ['openai', 'tls'])
      expect(await command(['keys', 'set', provider], key)).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    await scrim.stop();
    await Promise.all([playback.close(), tls.close()]);
    await session.end();
  });

  const command = (words: readonly string[], input = '') =>
    collect(startScrimCommand([...words, '--data-dir', scrim.dataDir, '--policy', scrim.policyFile], { env }), input);
  const mint = async (name: string, ...flags: string[]): Promise<string> =>
    (await command(['keys', 'token', 'add', name, ...flags])).out.trim();
  const post = (token: string | undefined, options: AskOptions = {}) =>
    ask(`${scrim.gateway}/openai/v1/chat/completions`, {
      body,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...options,
    });

  test('the provider sees the key, the client sees it masked, and it is nowhere on disk', async () => {
    const token = await mint('ide');
    const received = playback.nextRequest();
    const reply = await post(token);
    expect((await received).headers['authorization']).toBe(`Bearer ${key}`);
    expect(reply.status).toBe(200);
    expect(reply.body.toString()).toContain('You sent');
    expect(reply.body.toString()).not.toContain(key);
    await scrim.nextEvent('exchange');
    expect(await scrim.filesWith(key)).toEqual([]);
    expect(await scrim.filesWith(token)).toEqual([]);
    expect(await scrim.filesWith('PRIVATE KEY')).toEqual([]);
    expect((await command(['keys', 'list', '--json'])).out).not.toContain(key);
  });

  test('without a token the gateway answers as the provider would to a wrong key', async () => {
    const before = playback.requests.length;
    for (const token of [undefined, 'sk-of-somebody', `scrim_${'A'.repeat(43)}`]) {
      const reply = await post(token);
      expect(reply.status).toBe(401);
      expect(JSON.parse(reply.body.toString())).toMatchObject({ error: { code: 'invalid_api_key' } });
    }
    expect(playback.requests).toHaveLength(before);
  });

  test('of two tokens one is revoked: its next request is refused, the other one goes on', async () => {
    const [one, two] = [await mint('one'), await mint('two')];
    expect((await post(one)).status).toBe(200);
    expect((await command(['keys', 'token', 'revoke', 'one'])).code).toBe(0);
    expect((await post(one)).status).toBe(401);
    expect((await post(two)).status).toBe(200);
  });

  test('a token is held to its scope', async () => {
    expect((await post(await mint('few', '--requests', '1'))).status).toBe(200);
    const model = await mint('model', '--model', 'other-*');
    expect(await post(model)).toMatchObject({ status: 401 });
    expect(
      (await post(model, { body: body.replace('"m"', '"other-1"'), headers: { authorization: `Bearer ${model}` } }))
        .status,
    ).toBe(200);
  });

  test('scrim run: the command holds a token that ends with it', async () => {
    const print =
      'process.stdout.write(process.env.OPENAI_API_KEY + " " + JSON.stringify(process.env).includes(process.argv[1]))';
    const run = await collect(
      startScrimCommand(
        ['run', '--data-dir', scrim.dataDir, '--policy', scrim.policyFile, '--', process.execPath, '-e', print, key],
        { env: { ...env, OPENAI_API_KEY: key } },
      ),
    );
    const [token = '', hasKey] = run.out.split(' ');
    expect(token).toMatch(/^scrim_/);
    expect(hasKey).toBe('false');
    expect((await post(token)).status).toBe(401);
  });

  test('in proxy mode the token may stand in Proxy-Authorization; a login of the client passes as it came', async () => {
    const token = await mint('proxy');
    const through = async (authorization: string): Promise<unknown> => {
      const received = tls.nextRequest();
      const { status } = await ask('https://api.openai.com/v1/chat/completions', {
        body,
        headers: { authorization },
        proxy: scrim.proxy.replace('//', `//scrim:${token}@`),
        ca: await readFile(scrim.ca, 'utf8'),
      });
      expect(status).toBe(200);
      return (await received).headers['authorization'];
    };
    expect(await through('Bearer dummy')).toBe(`Bearer ${key}`);
    const login = `Bearer ${['ya29', 'made-up-login'].join('.')}`;
    expect(await through(login)).toBe(login);
  });

  test('keyring locked: an error that says what to do, while clients with a credential of their own go on', async () => {
    await session.lock();
    await using other = await startScrim({ env, policy: `version: 1\nproviders: { openai: "${playback.origin}" }\n` });
    const made = await collect(
      startScrimCommand(['keys', 'token', 'add', 'locked', '--data-dir', other.dataDir], { env }),
    );
    const url = `${other.gateway}/openai/v1/chat/completions`;
    const refused = await ask(url, { body, headers: { authorization: `Bearer ${made.out.trim()}` } });
    expect(refused.status).toBe(400);
    expect(refused.body.toString()).toMatch(/unlock/i);
    expect(await ask(url, { body, headers: { authorization: 'Bearer own' } })).toMatchObject({ status: 200 });
    const { code, err } = await command(['keys', 'list']);
    expect(code).toBe(1);
    expect(err).toMatch(/unlock/i);
  });
});
