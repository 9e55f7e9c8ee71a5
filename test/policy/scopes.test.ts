import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { policyFor, type ExchangeFacts } from '../../src/policy/scopes.ts';

const openai: ExchangeFacts = { host: 'api.openai.com', port: 443 };

/** The `requests` action that the scopes give: `block` when the one scope matches. */
function actionFor(match: string, facts: Partial<ExchangeFacts>): string {
  const { policy } = parsePolicy(`scopes: [{ match: ${match}, requests: block }]`);
  return policyFor(policy!, '/home/ann')({ ...openai, ...facts }).requests;
}

describe('what a scope matches', () => {
  test.each<[string, Partial<ExchangeFacts>, boolean]>([
    ['{ host: "*.openai.com" }', {}, true],
    ['{ host: [a.example, "*.openai.com:8443"] }', {}, false],
    ['{ model: gpt-* }', { model: 'GPT-5' }, true],
    ['{ model: gpt-* }', { model: 'o1' }, false],
    ['{ model: "*" }', {}, false],
    ['{ provider: [openai, lab], model: a.b }', { provider: 'lab', model: 'a.b' }, true],
    ['{ provider: [openai, lab], model: a.b }', { provider: 'lab', model: 'axb' }, false],
    ['{ client: claude* }', { client: 'claude-cli/2.1' }, true],
    ['{ identity: "*@corp.example" }', { identity: 'ann@corp.example' }, true],
    ['{ group: [admins, ops] }', { groups: ['dev', 'ops'] }, true],
    ['{ group: admins }', {}, false],
    ['{ project: "~/code/prod-*" }', { project: '/home/ann/code/prod-shop' }, true],
    ['{ project: "~/code/prod-*" }', { project: '/home/ann/code/prod-shop/src/deep' }, true],
    ['{ project: "~/code/prod-*" }', { project: '/home/ann/code/x/prod-shop' }, false],
    ['{ project: "~/code/prod-*/" }', { project: '/home/bob/code/prod-shop' }, false],
    ['{ project: "/srv/**/prod" }', { project: '/srv/a/b/prod' }, true],
    ['{ project: "~" }', { project: '/home/ann' }, true],
    ['{ project: "~/a" }', { project: '/home/ann/ab' }, false],
    ['{ project: "C:\\work" }', { project: 'C:\\work\\x' }, true],
    ['{ project: "*" }', {}, false],
  ])('%s with %j', (match, facts, expected) => {
    expect(actionFor(match.replaceAll('"', "'"), facts)).toBe(expected ? 'block' : 'pass');
  });
});

test('the first match wins; single values override, lists add', () => {
  const { policy } = parsePolicy(`
masking: { keys: [one], allow: [a], placeholder: stars, values: { env: [X], dotenv: true } }
risk: [{ id: r1, then: ask }]
approval: { timeout: 5s }
scopes:
  - match: { model: m1 }
    mode: observe
    masking: { keys: [two], packs: [pii], values: { env: [Y], dotenv: [.env.local] }, rules: [{ id: t, regex: x }] }
    risk: [{ id: r2, when: text, then: deny }]
    approval: { on-timeout: allow }
  - { match: { model: "m*" }, requests: warn }
`);
  const find = policyFor(policy!, '/');
  const first = find({ ...openai, model: 'm1' });
  expect(first).toMatchObject({
    mode: 'observe',
    requests: 'pass',
    approval: { timeout: 5_000, onTimeout: 'allow', keepAlive: 10_000 },
    masking: {
      placeholder: 'stars',
      packs: ['pii'],
      allow: ['a'],
      values: { env: ['X', 'Y'], dotenv: ['.env.local'] },
    },
  });
  expect(first.masking.keys.slice(-2)).toEqual(['one', 'two']);
  expect(first.masking.rules.map(({ id }) => id)).toEqual(['t']);
  expect(first.risk.map(({ id }) => id)).toEqual(['r1', 'r2']);
  expect(find({ ...openai, model: 'm2' }).requests).toBe('warn');
  expect(find(openai)).toBe(policy);
  expect(find({ ...openai, model: 'm1' })).toBe(first);
});
