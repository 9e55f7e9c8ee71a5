import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTokens, type Tokens } from '../../src/credentials/tokens.ts';
import type { TokenScope, TokenUse } from '../../src/credentials/local-token.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const use: TokenUse = { provider: 'openai', model: 'gpt-5', host: 'api.openai.com', port: 443, path: '/v1/responses' };

let temporary: ReturnType<typeof temporaryFolder>;
let file: string;
let now: number;
const opened: Tokens[] = [];
beforeEach(() => {
  temporary = temporaryFolder();
  file = join(temporary.path, 'tokens', 'tokens.db');
  now = 1_000;
});
afterEach(() => {
  for (const tokens of opened.splice(0)) tokens[Symbol.dispose]();
  temporary.remove();
});
const open = (): Tokens => {
  const tokens = createTokens({ file, clock: { now: () => now } });
  opened.push(tokens);
  return tokens;
};

test('a nameless token opens until it is revoked, dies with its process, and leaves nothing on disk', () => {
  const tokens = open();
  const { id, token } = tokens.mint({});
  expect(tokens.check(token, use)).toEqual({ ok: true, id });
  expect(open().check(token, use)).toEqual({ ok: false, reason: 'unknown' });
  expect(tokens.revoke(id)).toBe(true);
  expect(tokens.check(token, use)).toEqual({ ok: false, reason: 'revoked' });
  expect(tokens.revoke(id)).toBe(false);
  expect(readdirSync(temporary.path)).toEqual([]);
});

test('a named token is known to a process that was there before it, and revoked there at once', () => {
  const [serving, command] = [open(), open()];
  expect(serving.list()).toEqual([]);
  const { id, token } = command.mint({ providers: ['openai'] }, 'laptop');
  expect(serving.check(token, use)).toEqual({ ok: true, id });
  expect(command.list()).toMatchObject([{ id, name: 'laptop', requests: 1, lastUsed: 1_000, state: 'good' }]);
  expect(command.revoke('laptop')).toBe(true);
  expect(serving.check(token, use)).toEqual({ ok: false, reason: 'revoked' });
  expect(serving.list()).toMatchObject([{ name: 'laptop', state: 'revoked' }]);
});

test.skipIf(process.platform === 'win32')('the file holds no token, and only its owner can read it', () => {
  const tokens = open();
  const { token } = tokens.mint({}, 'a');
  tokens.check(token, use);
  const folder = join(file, '..');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder)) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, name), 'latin1')).not.toContain(token.slice('scrim_'.length));
  }
});

test('a name is taken while its token lives', () => {
  const tokens = open();
  tokens.mint({}, 'a');
  expect(() => tokens.mint({}, 'a')).toThrow(expect.objectContaining({ code: 'name-taken' }));
  tokens.revoke('a');
  expect(tokens.mint({}, 'a').token).toBeTruthy();
});

test.each<[TokenScope, string | undefined]>([
  [{}, ''],
  [{}, 'a b'],
  [{}, '../a'],
  [{ requests: 0 }, undefined],
  [{ requests: 1.5 }, undefined],
  [{ tokens: Number.NaN }, undefined],
  [{ hosts: ['not a host'] }, undefined],
  [{ models: [] }, undefined],
  [{ model: ['typing error'] } as TokenScope, undefined],
])('refuses to make %j named %j', (scope, name) => {
  expect(() => open().mint(scope, name)).toThrow(expect.objectContaining({ code: 'bad-token' }));
});

test('a token expires, and a use out of its scope does not count', () => {
  const tokens = open();
  const { token } = tokens.mint({ expires: 2_000, providers: ['openai'] });
  expect(tokens.check(token, { ...use, provider: 'anthropic' })).toEqual({ ok: false, reason: 'provider' });
  expect(tokens.list()).toMatchObject([{ requests: 0, state: 'good' }]);
  now = 2_000;
  expect(tokens.check(token, use)).toEqual({ ok: false, reason: 'expired' });
  expect(tokens.list()).toMatchObject([{ state: 'expired' }]);
});

test('budgets hold exactly, over any order of processes, requests and revocations', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('check' as const), by: fc.nat(2) }),
    fc.record({ kind: fc.constant('spend' as const), by: fc.nat(2), tokens: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ kind: fc.constant('reopen' as const), by: fc.nat(2) }),
    fc.record({ kind: fc.constant('revoke' as const), by: fc.nat(2), weight: fc.nat(9) }),
  );
  let run = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 100 }),
      fc.array(step),
      (requests, limit, steps) => {
        const name = `token-${++run}`;
        const processes = [open(), open(), open()];
        const { id, token } = processes[0]!.mint({ requests, tokens: limit }, name);
        let [used, spent, revoked] = [0, 0, false];
        for (const each of steps) {
          const tokens = processes[each.by]!;
          if (each.kind === 'spend') {
            tokens.spend(id, each.tokens);
            spent += each.tokens;
          } else if (each.kind === 'reopen') {
            tokens[Symbol.dispose]();
            opened.splice(opened.indexOf(tokens), 1);
            processes[each.by] = open();
          } else if (each.kind === 'revoke') {
            if (each.weight > 0) continue;
            expect(tokens.revoke(name)).toBe(!revoked);
            revoked = true;
          } else {
            const reason = revoked
              ? 'revoked'
              : spent >= limit
                ? 'tokens-spent'
                : used >= requests
                  ? 'requests-spent'
                  : undefined;
            expect(tokens.check(token, use)).toEqual(reason === undefined ? { ok: true, id } : { ok: false, reason });
            if (reason === undefined) used++;
          }
        }
        for (const tokens of processes) tokens[Symbol.dispose]();
        opened.length = 0;
      },
    ),
    { numRuns: 40 },
  );
});

test('requests of several processes at once never pass a budget', () => {
  const tokens = open();
  const { token } = tokens.mint({ requests: 50 }, 'shared');
  const program = `
    import { createTokens } from ${JSON.stringify(new URL('../../src/credentials/tokens.ts', import.meta.url).href)};
    const tokens = createTokens({ file: ${JSON.stringify(file)}, clock: { now: () => 1000 } });
    let passed = 0;
    for (let i = 0; i < 40; i++) if (tokens.check(process.argv[1], ${JSON.stringify(use)}).ok) passed++;
    console.log(passed);`;
  const script = `for i in 1 2 3; do "$0" --input-type=module -e "$1" "$2" & done; wait`;
  const { stdout } = spawnSync('sh', ['-c', script, process.execPath, program, token], { encoding: 'utf8' });
  const passed = stdout.trim().split('\n').map(Number);
  expect(passed).toHaveLength(3);
  expect(passed.reduce((sum, each) => sum + each, 0)).toBe(50);
});

test('a file that cannot be used opens nothing', () => {
  const tokens = open();
  const { token } = tokens.mint({}, 'a');
  tokens[Symbol.dispose]();
  opened.length = 0;
  for (const name of readdirSync(join(file, '..'))) writeFileSync(join(file, '..', name), 'no database'.repeat(1000));
  const broken = open();
  expect(broken.check(token, use)).toEqual({ ok: false, reason: 'unusable' });
  expect(() => broken.list()).toThrow(expect.objectContaining({ name: 'CredentialsError', code: 'unusable' }));
  expect(() => broken.mint({}, 'b')).toThrow(expect.objectContaining({ code: 'unusable' }));
});
