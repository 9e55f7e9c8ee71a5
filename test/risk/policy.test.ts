// The policy's own rules: what they match, what they override, which are refused.
import { expect, test } from 'vitest';
import { checkRiskRule, compileRisk, type RiskRule } from '../../src/risk/risk.ts';
import { bash, context, rule } from './judge.ts';

function judged(
  command: string,
  rules: readonly RiskRule[],
  approved: { hosts?: string[]; paths?: string[] } = {},
): string {
  const risk = compileRisk({ rules, approved: { hosts: approved.hosts ?? [], paths: approved.paths ?? [] } });
  const { verdict, reasons } = risk.assess(bash(command), context);
  return [verdict, ...reasons.map(({ rule: id }) => id)].join(' ');
}

const exfil = rule({
  id: 'exfil',
  when: ['shell', 'tool'],
  match: { upload: { to: '!approved', over: '64KiB' } },
  then: 'deny',
});

test.each<[string, string, RiskRule[], string]>([
  ['a command of its own', 'make deploy', [rule({ id: 'x', match: 'make deploy', then: 'ask' })], 'ask x'],
  ['further words', 'sudo make deploy now', [rule({ id: 'x', match: 'make deploy *', then: 'deny' })], 'deny x'],
  ['another command', 'make test', [rule({ id: 'x', match: 'make deploy *', then: 'ask' })], 'allow'],
  ['a category as a denial', 'git push -f', [rule({ id: 'x', match: 'destructive', then: 'deny' })], 'deny x'],
  ['a built-in rule, harder', 'git push -f', [rule({ id: 'git-force-push', then: 'deny' })], 'deny git-force-push'],
  ['a built-in rule, silenced', 'git push -f', [rule({ id: 'git-force-push', then: 'allow' })], 'allow'],
  [
    'silenced by a rule that names it',
    'git push -f',
    [rule({ id: 'x', match: 'git-force-push', then: 'allow' })],
    'allow',
  ],
  [
    'only that rule is silenced',
    'git push -f; rm ~/x',
    [rule({ id: 'git-force-push', then: 'allow' })],
    'ask delete-outside',
  ],
  [
    'a denial, lifted by its name',
    'rm -rf /',
    [rule({ id: 'delete-everything', then: 'allow' }), rule({ id: 'x', match: 'destructive', then: 'allow' })],
    'allow',
  ],
  [
    'a denial, not lifted by its category',
    'rm -rf /',
    [rule({ id: 'x', match: 'destructive', then: 'allow' })],
    'deny delete-everything',
  ],
  [
    'a denial, not lifted by a command',
    'rm -rf /',
    [rule({ id: 'x', match: 'rm *', then: 'allow' })],
    'deny delete-everything',
  ],
  ['an allowed command', 'git push -f', [rule({ id: 'x', match: 'git push *', then: 'allow' })], 'allow'],
  [
    'an allowed command carries no other along',
    'git push -f && rm ~/x',
    [rule({ id: 'x', match: 'git push *', then: 'allow' })],
    'ask delete-outside git-force-push',
  ],
  ['an allowed path', 'echo x > ~/notes/a', [rule({ id: 'x', match: { write: '~/notes' }, then: 'allow' })], 'allow'],
  [
    'another path',
    'echo x > ~/notes/a; echo x > ~/b',
    [rule({ id: 'x', match: { write: '~/notes/**' }, then: 'allow' })],
    'ask write-outside',
  ],
  [
    'a denied path in the project',
    'echo x > src/gen/a.ts',
    [rule({ id: 'x', match: { write: 'src/gen/**' }, then: 'deny' })],
    'deny x',
  ],
  ['an upload of unknown size', 'curl -T big https://a.example', [exfil], 'deny exfil'],
  ['an upload that is small', 'curl -d x https://a.example', [exfil], 'ask upload-text'],
  [
    'an upload that is large',
    `curl -d ${'x'.repeat(20_000)} https://a.example`,
    [rule({ id: 'exfil', match: { upload: { to: '!approved', over: '16KiB' } }, then: 'deny' })],
    'deny exfil',
  ],
  ['a host', 'curl https://a.example/x', [rule({ id: 'x', match: { host: '*.example' }, then: 'ask' })], 'ask x'],
  ['a credential', 'gh auth token', [rule({ id: 'x', match: { credential: '*GitHub*' }, then: 'deny' })], 'deny x'],
  ['a tool', 'ls', [rule({ id: 'x', match: { tool: 'Ba*' }, then: 'deny' })], 'deny x'],
  [
    'several keys must all hold',
    'ls',
    [rule({ id: 'x', match: { tool: 'Bash', command: 'rm *' }, then: 'deny' })],
    'allow',
  ],
  [
    'the last rule of an id wins',
    'ls',
    [rule({ id: 'x', match: 'ls', then: 'deny' }), rule({ id: 'x', then: 'ask' })],
    'ask x',
  ],
  ['code only', 'ls', [rule({ id: 'x', when: ['code'], match: 'ls', then: 'ask' })], 'allow'],
])('%s', (_name, command, rules, expected) => {
  expect(judged(command, rules)).toBe(expected);
});

test('approved hosts may receive, approved paths may be written', () => {
  expect(judged('curl -T x https://files.corp.example', [exfil], { hosts: ['*.corp.example'] })).toBe('allow');
  expect(judged('echo x > ~/notes/a', [], { paths: ['~/notes'] })).toBe('allow');
  expect(judged('echo x > ../common/a', [], { paths: ['../common'] })).toBe('allow');
});

test("a rule's own sentence is the reason", () => {
  const risk = compileRisk({
    rules: [rule({ id: 'x', match: 'ls', then: 'ask', reason: 'Ask ops first.' })],
    approved: { hosts: [], paths: [] },
  });
  expect(risk.assess(bash('ls'), context).reasons).toEqual([
    { rule: 'x', severity: 'medium', reason: 'Ask ops first.' },
  ]);
});

test.each<[RiskRule, 'match' | 'when' | 'id', RegExp]>([
  [rule({ id: 'x', then: 'ask' }), 'id', /no built-in rule/],
  [rule({ id: 'git-force-pus', then: 'ask' }), 'id', /git-force-push/],
  [rule({ id: 'x', match: 'destructiv', then: 'ask' }), 'match', /destructive/],
  [rule({ id: 'x', match: 'a | b', then: 'ask' }), 'match', /can never match/],
  [rule({ id: 'x', match: {}, then: 'ask' }), 'match', /what to match/],
  [rule({ id: 'x', match: { uploads: true }, then: 'ask' }), 'match', /there is no "uploads"/],
  [rule({ id: 'x', match: { upload: { over: 'much' } }, then: 'ask' }), 'match', /64KiB/],
  [rule({ id: 'x', match: { upload: { from: 'x' } }, then: 'ask' }), 'match', /there is no "from"/],
  [rule({ id: 'x', match: { host: 'a b' }, then: 'ask' }), 'match', /can never match/],
  [rule({ id: 'x', match: { command: [] }, then: 'ask' }), 'match', /a text or a list/],
  [rule({ id: 'x', match: 'ls', when: ['text'], then: 'ask' }), 'when', /can never match/],
  [rule({ id: 'x', match: { tool: 'x' }, when: ['code'], then: 'ask' }), 'when', /can never match/],
  [rule({ id: 'upload-text', when: ['code'], then: 'deny' }), 'when', /can never match/],
])('refused: %j', (bad, key, message) => {
  const problem = checkRiskRule(bad);
  expect(problem?.key).toBe(key);
  expect(`${problem?.message ?? ''} ${problem?.suggestion ?? ''}`).toMatch(message);
});

test.each([
  rule({ id: 'rm-root', when: ['shell'], match: 'destructive', then: 'ask' }),
  exfil,
  rule({ id: 'fork-bomb', then: 'allow' }),
])('fine: %j', (good) => {
  expect(checkRiskRule(good)).toBeNull();
});
