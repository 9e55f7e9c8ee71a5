import { beforeEach, describe, expect, test } from 'vitest';
import type { EntraLogin } from '../../src/credentials/credential.ts';
import { createEntraTokens } from '../../src/credentials/entra.ts';

const login: EntraLogin = {
  kind: 'entra',
  tenant: 'contoso',
  clientId: 'client',
  clientSecret: 'a~secret&more=1',
  authority: 'login.microsoftonline.com',
};

let now: number;
let asked: { url: string; init: RequestInit }[];
let answer: () => Response | Promise<Response>;
beforeEach(() => {
  now = 1_000_000;
  asked = [];
  answer = () => Response.json({ token_type: 'Bearer', expires_in: 3_600, access_token: `token-${asked.length}` });
});
const open = () =>
  createEntraTokens(
    (url, init) => {
      asked.push({ url, init });
      return Promise.resolve(answer());
    },
    { now: () => now },
  );

test('asks the authority as RFC 6749 says, and follows no redirect with the secret', async () => {
  expect(await open()(login)).toBe('token-1');
  const [{ url, init } = { url: '', init: {} }] = asked;
  expect(url).toBe('https://login.microsoftonline.com/contoso/oauth2/v2.0/token');
  expect(init).toMatchObject({ method: 'POST', redirect: 'error' });
  expect(Object.fromEntries(new URLSearchParams(init.body as string))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client',
    client_secret: login.clientSecret,
    scope: 'https://cognitiveservices.azure.com/.default',
  });
});

test('one token serves all until shortly before its end; another secret gets another token', async () => {
  const token = open();
  expect(await Promise.all([token(login), token(login), token(login)])).toEqual(['token-1', 'token-1', 'token-1']);
  now += 54 * 60_000;
  expect(await token(login)).toBe('token-1');
  now += 60_000;
  expect(await token(login)).toBe('token-2');
  expect(await token({ ...login, clientSecret: 'rotated' })).toBe('token-3');
  expect(await token(login)).toBe('token-2');
});

test('a token that lives shortly is used for half its life', async () => {
  answer = () => Response.json({ token_type: 'bearer', expires_in: '60', access_token: `token-${asked.length}` });
  const token = open();
  await token(login);
  now += 29_000;
  expect(await token(login)).toBe('token-1');
  now += 1_000;
  expect(await token(login)).toBe('token-2');
});

describe('a failure is a sentence without the secret, and the next request asks again', () => {
  test.each<[string, () => Response | Promise<Response>, RegExp]>([
    [
      'refused',
      () => Response.json({ error: 'invalid_client', error_description: login.clientSecret }, { status: 401 }),
      /\(invalid_client\)\.$/,
    ],
    ['refused without a word', () => new Response('<html>', { status: 500 }), /\(no reason\)\.$/],
    ['an answer that is no token', () => Response.json({ access_token: 'a' }), /refused/],
    [
      'a token that would end its header',
      () => Response.json({ token_type: 'Bearer', expires_in: 1, access_token: 'a\r\nb' }),
      /refused/,
    ],
    [
      'an endless answer',
      () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(8192).fill(32)) })),
      /can be reached/,
    ],
    ['no network', () => Promise.reject(new TypeError(`fetch failed ${login.clientSecret}`)), /can be reached/],
  ])('%s', async (_, failing, message) => {
    const token = open();
    const usual = answer;
    answer = failing;
    await expect(token(login)).rejects.toMatchObject({
      code: 'login-failed',
      message: expect.stringMatching(message) as string,
    });
    await expect(token(login)).rejects.not.toMatchObject({
      message: expect.stringContaining(login.clientSecret) as string,
    });
    answer = usual;
    expect(await token(login)).toBe('token-3');
  });
});
