// What a click may do: only what the doctor itself says, from a closed list, and nothing that wants a password or ends a process.

import { expect, test } from 'vitest';
import { fixBy, fixInShell, problem, type Fix } from '../../src/core/doctor/check.ts';
import { applyHere, offered } from '../../src/core/doctor/window-fix.ts';

const wayOf = (fix: Fix, check = 'any', userId = 1000) => offered(problem(check, 'Something is wrong.', fix), userId);

test.each([
  [fixBy('run', 'scrim', 'setup', 'claude'), 'here', null],
  [fixBy('run', 'scrim', 'ca', 'path'), 'here', null],
  [fixBy('run', 'scrim', 'ca', 'install'), 'here', null],
  [fixBy('run', 'chmod', '700', '/data'), 'here', null],
  [fixBy('run', 'scrim', 'approvals', 'watch'), 'screen', 'approvals'],
  [fixBy('run', 'scrim', 'keys', 'set', 'openai'), 'screen', 'keys/openai'],
  [fixBy('run', 'scrim', 'ca', 'rotate', '--now'), 'screen', 'settings/certificate'],
  [fixBy('run', 'scrim', 'stop'), 'yourself', null],
  [fixBy('start', 'scrim', 'start'), 'yourself', null],
  [fixBy('run', 'sudo', 'chown', '-R', '1000', '/data'), 'yourself', null],
  [fixBy('run', 'kill', '1'), 'yourself', null],
  [fixBy('run', 'rm', '-f', '/data/instance.json'), 'yourself', null],
  [fixBy('run', 'mv', '/data/log', '/data/log.damaged'), 'yourself', null],
  [fixBy('run', 'vi', '/policy.yaml'), 'yourself', null],
  [fixBy('yourself', 'chmod', '700', '/data'), 'yourself', null],
  [fixInShell('unset NO_PROXY'), 'yourself', null],
] as const)('%o', (fix, way, screen) => {
  expect(wayOf(fix)).toEqual({ line: fix.line, way, screen });
});

test("the system's store of Linux is a terminal's business, but root's", () => {
  const install = fixBy('run', 'scrim', 'ca', 'install');
  expect(wayOf(install, 'trust system')?.way).toBe('yourself');
  expect(wayOf(install, 'trust system', 0)?.way).toBe('here');
});

test('nothing wrong, nothing offered', () => {
  expect(offered({ check: 'log', status: 'ok', why: 'The log can be read.' }, 1000)).toBeNull();
});

test('a program that fails says so; a set-up goes to its own hands', async () => {
  const done: string[] = [];
  const hands = {
    env: { PATH: '/usr/bin:/bin' },
    setUp(client: string) {
      done.push(client);
      return Promise.resolve(null);
    },
    installCertificate: () => Promise.resolve('No.'),
    publishCertificate: () => Promise.resolve(null),
  };
  expect(await applyHere(fixBy('run', 'chmod', '700', '/there/is/no/such/file'), hands)).toMatch(
    /run the command yourself/,
  );
  expect(await applyHere(fixBy('run', 'scrim', 'setup', 'codex', '--data-dir', '/d'), hands)).toBeNull();
  expect(done).toEqual(['codex']);
  expect(await applyHere(fixBy('run', 'scrim', 'ca', 'install'), hands)).toBe('No.');
});
