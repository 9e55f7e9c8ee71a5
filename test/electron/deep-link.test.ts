import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registerLinks, screenAmong, screenOf } from '../../electron/deep-link.ts';
import { fake } from '../support/fake-electron.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: true });

test('a link opens one of the screens', () => {
  expect(screenOf('scrim://open/approvals')).toBe('approvals');
  expect(screenOf('scrim://open/settings')).toBe('settings');
});

test.each([
  'scrim://open/approvals/',
  'scrim://open/approvals/q-1',
  'scrim://open/approvals?answer=allow',
  'scrim://open/approvals#/approvals/q-1',
  'scrim://open/../approvals',
  'scrim://open/%61pprovals',
  'scrim://open/Approvals',
  'scrim://OPEN/approvals',
  'SCRIM://open/approvals',
  'scrim://open:1/approvals',
  'scrim://x@open/approvals',
  'scrim://allow/q-1',
  'scrim://open/quit',
  'scrim:open/approvals',
  'scrim:/open/approvals',
  ' scrim://open/approvals',
  'scrim://open/approvals\n',
  'https://open/approvals',
  '',
])('%j is none of ours', (link) => {
  expect(screenOf(link)).toBeUndefined();
});

test('whatever follows a link that is ours, it is not ours any more', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (rest) => screenOf(`scrim://open/approvals${rest}`) === undefined),
  );
});

describe('among the words of a second start', () => {
  test('is found', () => {
    expect(screenAmong(['/opt/Scrim/scrim-desktop', '--hidden', 'scrim://open/keys'])).toBe('keys');
  });

  test('two at once, or one that is not ours, open nothing', () => {
    expect(screenAmong(['scrim://open/keys', 'scrim://open/live'])).toBeUndefined();
    expect(screenAmong(['scrim://answer/q-1'])).toBeUndefined();
    expect(screenAmong([])).toBeUndefined();
  });
});

test('the system is told that such links are ours', () => {
  registerLinks();
  expect(fake.protocolClients).toEqual(['scrim']);
});
