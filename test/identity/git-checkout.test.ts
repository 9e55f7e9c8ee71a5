import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitCheckout, remoteAddress } from '../../src/identity/git-checkout.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let root: string;
beforeEach(() => {
  folder = temporaryFolder();
  root = realpathSync(folder.path);
});
afterEach(() => folder.remove());

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, ...args], { cwd: root, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

const commit = () => git('commit', '--allow-empty', '-m', 'Change');

describe('the checkout of a folder', () => {
  it('is none outside of one, and where there is no folder', async () => {
    expect(await gitCheckout(root)).toBeNull();
    expect(await gitCheckout('/nowhere/at/all')).toBeNull();
  });

  it('is found from a folder within, before and after the first commit', async () => {
    git('init', '-b', 'feature/näher');
    const inside = join(root, 'a/b');
    mkdirSync(inside, { recursive: true });
    const checkout = { root, branch: 'feature/näher', commit: null, remote: null };
    expect(await gitCheckout(inside)).toEqual(checkout);
    commit();
    expect(await gitCheckout(inside)).toEqual({ ...checkout, commit: git('rev-parse', 'HEAD') });
  });

  it('is read from packed references, and with SHA-256', async () => {
    git('init', '-b', 'main', '--object-format=sha256');
    commit();
    git('branch', 'main-2');
    git('pack-refs', '--all');
    expect(await gitCheckout(root)).toMatchObject({ branch: 'main', commit: git('rev-parse', 'HEAD') });
  });

  it('has no branch when it is detached', async () => {
    git('init', '-b', 'main');
    commit();
    git('checkout', '--detach');
    expect(await gitCheckout(root)).toMatchObject({ branch: null, commit: git('rev-parse', 'HEAD') });
  });

  it('is that of the worktree, with the remote of its repository', async () => {
    git('init', '-b', 'main');
    commit();
    git('remote', 'add', 'other', 'https://example.org/other');
    git('remote', 'add', 'origin', 'git@example.org:team/project.git');
    git('worktree', 'add', '-b', 'side', 'tree');
    const at = git('-C', 'tree', 'commit', '--allow-empty', '-m', 'Side') && git('rev-parse', 'side');
    const expected = { root: join(root, 'tree'), branch: 'side', commit: at, remote: 'example.org/team/project' };
    expect(await gitCheckout(join(root, 'tree'))).toEqual(expected);
    git('pack-refs', '--all');
    expect(await gitCheckout(join(root, 'tree'))).toEqual(expected);
  });

  it('keeps the credentials of the remote to itself', async () => {
    git('init', '-b', 'main');
    git('remote', 'add', 'origin', 'https://user:made-up-password@example.org:8443/team/project.git?token=made-up');
    expect((await gitCheckout(root))?.remote).toBe('example.org:8443/team/project');
  });

  it('waits for no pipe and follows no strange reference', async () => {
    git('init', '-b', 'main');
    const head = join(root, '.git/HEAD');
    for (const content of ['ref: refs/../../../../etc/passwd', 'ref: refs/heads/.invalid', '\0', 'x'.repeat(100_000)]) {
      writeFileSync(head, content);
      expect(await gitCheckout(root)).toMatchObject({ root, commit: null });
    }
    rmSync(head);
    execFileSync('/usr/bin/mkfifo', [head]);
    expect(await gitCheckout(root)).toMatchObject({ root, branch: null, commit: null });
  });
});

describe('the address of a remote', () => {
  it.each([
    ['https://example.org/team/project.git', 'example.org/team/project'],
    ['ssh://git@example.org:2222/team/project', 'example.org:2222/team/project'],
    ['git@example.org:team/project.git', 'example.org/team/project'],
    ['git@[::1]:team/project.git', '[::1]/team/project'],
    ['example:project', 'example/project'],
    ['/srv/git/project.git', null],
    ['../project', null],
    ['file:///srv/git/project.git', null],
    ['C:\\git\\project', null],
    ['ext::sh -c true', null],
    ['https://user:pa/ss@example.org/project', null],
    ['https://user:1/ss@example.org/project', null],
    ['https://user:pa%2fss@example.org/project', 'example.org/project'],
  ])('%s → %s', (url, address) => {
    expect(remoteAddress(url)).toBe(address);
  });

  it('never shows user or password, whatever characters they have', () => {
    const secret = fc.stringMatching(/^[\w:/@%#?+=&.~-]{0,8}made-up-secret[\w:/@%#?+=&.~-]{0,8}$/);
    fc.assert(
      fc.property(secret, secret, (user, password) => {
        for (const url of [
          `https://${user}@example.org/project`,
          `https://${user}:${password}@example.org/project.git`,
          `https://example.org/project?access_token=${password}`,
          `${user}:${password}@example.org:project`,
          `${user}@example.org:project`,
        ])
          expect(remoteAddress(url) ?? '').not.toContain('made-up-secret');
      }),
      { numRuns: 1000 },
    );
  });
});
