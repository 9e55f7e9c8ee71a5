// An authority in a folder of its own, with a clock that the test sets.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuthority, type Authority, type AuthorityOptions } from '../../src/certificates/authority.ts';
import { createFileStore } from '../../src/keychain/file-store.ts';

export interface TestAuthority extends AsyncDisposable {
  readonly authority: Authority;
  readonly folder: string;
  readonly options: AuthorityOptions;
  readonly clock: { time: number; now(): number };
}

export async function testAuthority(changes: Partial<AuthorityOptions> = {}): Promise<TestAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'scrim-authority-'));
  const clock = { time: Date.now(), now: () => clock.time };
  const options: AuthorityOptions = {
    folder: join(folder, 'certificates'),
    secrets: createFileStore(join(folder, 'secrets')),
    clock,
    wellKnown: ['openai.com', 'anthropic.com'],
    user: 'ann@laptop',
    ...changes,
  };
  return {
    authority: await openAuthority(options),
    folder,
    options,
    clock,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
