// What is signed depends on the environment, and what is not is said in a sentence that names what it needs.

import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { configuration } from '../../build/electron-builder.config.ts';
import { signing } from '../../build/package/signing.ts';

const options = { app: 'app', headless: 'headless', output: 'output', electronVersion: '45.4.1' } as const;

test.each([
  ['darwin', {}, [/^Not signed for macOS: set CSC_LINK/, /^Not notarised: Apple notarises signed apps only/]],
  ['darwin', { CSC_LINK: 'file' }, [/^Not notarised: set APPLE_API_KEY/]],
  ['darwin', { CSC_NAME: 'us', APPLE_API_KEY: 'a', APPLE_API_KEY_ID: 'b', APPLE_API_ISSUER: 'c' }, []],
  ['win32', {}, [/^Not signed for Windows: set WIN_CSC_LINK/]],
  ['win32', { WIN_CSC_LINK: 'file' }, []],
  ['win32', { WIN_CSC_LINK: '' }, [/^Not signed for Windows/]],
  ['linux', {}, []],
] as const)('on %s with %o', (platform, env, sentences) => {
  const { skipped } = signing(platform, env);
  expect(skipped).toEqual(sentences.map((sentence) => expect.stringMatching(sentence) as unknown));
});

test('an unsigned macOS app is signed ad hoc, and gives up the hardened runtime that it could not start under', () => {
  const unsigned = configuration({ ...options, platform: 'darwin', env: {} }).mac;
  expect(unsigned).toMatchObject({ identity: '-', hardenedRuntime: false, notarize: false });
  const env = { CSC_LINK: 'file', APPLE_API_KEY: 'a', APPLE_API_KEY_ID: 'b', APPLE_API_ISSUER: 'c' };
  const signed = configuration({ ...options, platform: 'darwin', env }).mac;
  expect(signed).toMatchObject({ hardenedRuntime: true, notarize: true });
  expect(signed).not.toHaveProperty('identity');
});

test('no package asks anywhere for updates, unless a feed is named when it is built', () => {
  expect(configuration({ ...options, platform: 'linux', env: {} }).publish).toBeNull();
  const env = { SCRIM_UPDATE_FEED: 'https://updates.example/scrim' };
  expect(configuration({ ...options, platform: 'linux', env }).publish).toEqual({
    provider: 'generic',
    url: 'https://updates.example/scrim',
  });
});

test.each([
  ['darwin', { CSC_LINK: 'file', APPLE_API_KEY: 'a', APPLE_API_KEY_ID: 'b', APPLE_API_ISSUER: 'c' }],
  ['darwin', {}],
  ['win32', { AZURE_SIGN_ENDPOINT: 'e', AZURE_SIGN_ACCOUNT: 'a', AZURE_SIGN_PROFILE: 'p', AZURE_SIGN_PUBLISHER: 'us' }],
  ['win32', {}],
  ['linux', { SCRIM_UPDATE_FEED: 'https://updates.example/scrim' }],
] as const)('electron-builder takes the configuration for %s with %o', async (platform, env) => {
  // Not exported, and the only place that knows all keys; packaging for the other systems happens on them.
  const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
  const { validateConfiguration } = builder('app-builder-lib/out/util/config/config') as {
    validateConfiguration: (configuration: unknown, log: unknown) => Promise<void>;
  };
  const log = { isEnabled: false, add: () => undefined };
  const made = configuration({ ...options, platform, env });
  await validateConfiguration(made, log);
  await expect(validateConfiguration({ ...made, asarUnpak: [] }, log)).rejects.toThrow(/asarUnpak/);
});
