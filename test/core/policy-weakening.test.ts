import { describe, expect, it, test } from 'vitest';
import { weakeningsOf } from '../../src/core/policy-weakening.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { examplePolicy } from '../policy/example-policy.ts';

function policy(text: string): Policy {
  const { policy: parsed, problems } = parsePolicy(text);
  if (parsed === undefined) throw new Error(JSON.stringify(problems));
  return parsed;
}

function told(before: string, after: string): string[] {
  return weakeningsOf(policy(before), policy(after)).map(({ what, scope }) =>
    scope === undefined ? what : `${scope}: ${what}`,
  );
}

test.each<[string, string, RegExp]>([
  ['', 'mode: observe', /^Nothing is masked/],
  ['', 'masking: { packs: [pii] }', /^Secrets are no longer found.*"secrets" is off/],
  ['masking: { packs: [secrets, pii] }', '', /^Personal data/],
  ['', 'intercept: [api.anthropic.com]', /^Traffic to .*api\.openai\.com.* and \d+ more passes unread\.$/],
  ['intercept: [a.example, b.example]', 'intercept: [a.example]', /^Traffic to b\.example passes unread\.$/],
  ['masking: { keys: [pin] }', '', /^Values under the key pin/],
  ['masking: { env: [X_KEY] }', '', /^Values of the variable X_KEY/],
  [
    'masking: { values: { env: [X], dotenv: true, files: [aws] } }',
    'masking: { values: { env: [X], files: [aws] } }',
    /\.env files/,
  ],
  ['masking: { rules: [{ id: ticket, regex: "A-[0-9]+" }] }', '', /masking rule ticket is gone/],
  [
    'masking: { rules: [{ id: names, words: [red, blue] }] }',
    'masking: { rules: [{ id: names, words: [red] }] }',
    /"names" knows fewer words/,
  ],
  ['', 'masking: { allow: ["/^test_/"] }', /^Whatever matches \/\^test_\/ is no longer masked\.$/],
  ['requests: mask', '', /^Secrets in requests reach the provider/],
  ['requests: block', 'requests: mask', /instead of refused/],
  ['', 'risk: [{ id: fork-bomb, then: ask }]', /^"fork-bomb" is asked about instead of denied/],
  ['', 'risk: [{ id: git-force-push, then: allow }]', /^"git-force-push" is let through/],
  ['risk: [{ id: git-force-push, then: deny }]', '', /^"git-force-push" is asked about/],
  ['', 'risk: [{ id: fork-bomb, match: "never this", then: deny }]', /"fork-bomb" speaks only about what you wrote/],
  ['', 'risk: [{ id: mine, match: "make *", then: allow }]', /^"mine" lets through/],
  ['risk: [{ id: mine, match: "make *", then: deny }]', '', /"mine" is gone.*denied/],
  [
    'risk: [{ id: mine, match: "make *", then: deny }]',
    'risk: [{ id: mine, match: "make *", then: ask }]',
    /"mine" now asks/,
  ],
  ['', 'approved: { hosts: ["*.corp.example"] }', /^Data may be sent to \*\.corp\.example/],
  ['', 'approved: { paths: [~/notes] }', /^Files may be written to ~\/notes/],
  ['', 'approval: { on-timeout: allow }', /^What nobody answers in time/],
  ['', 'approval: { hook: [./approve.sh, -x] }', /^The command "\.\/approve\.sh -x" may answer/],
  ['credentials: scrim', '', /credentials of their own/],
  ['', 'unreadable: { pass: [lab.example] }', /^Bodies of lab\.example/],
  ['', 'providers: { openai: "https://evil.example" }', /\/openai leads to https:\/\/evil\.example/],
  ['', 'export: [{ to: "https://x.example/h" }]', /is sent to https:\/\/x\.example\/h/],
  ['', 'sessions: { on-failure: continue }', /cannot be recorded/],
  ['', 'sessions: { originals: { keep: 7d } }', /is kept/],
  ['', 'sessions: { retain: 1d }', /older than 24 hours/],
  ['', 'sessions: { max-size: 1MiB }', /keeps less/],
])('%j → %j', (before, after, sentence) => {
  expect(told(before, after)).toEqual([expect.stringMatching(sentence)]);
});

test.each([
  ['mode: observe', ''],
  ['', 'masking: { packs: [secrets, pii], keys: [a], allow: ["one value", "fingerprint:0123456789abcdef"] }'],
  ['intercept: [a.example, b.example]', 'intercept: ["*.example"]'],
  ['', 'risk: [{ id: git-force-push, then: deny }, { id: mine, match: "make *", then: ask }]'],
  ['approval: { on-timeout: allow, hook: [x] }', 'approval: { hook: [x] }'],
  ['requests: pass', 'requests: block'],
])('%j → %j weakens nothing', (before, after) => {
  expect(told(before, after)).toEqual([]);
});

describe('scopes', () => {
  it('are held against what counted there', () => {
    expect(told('', 'scopes: [{ match: { project: ~/x }, mode: observe }]')).toEqual([
      expect.stringMatching(/^project ~\/x: Nothing is masked/),
    ]);
    expect(told('scopes: [{ match: { client: [a, b] }, requests: mask }]', '')).toEqual([
      expect.stringMatching(/^client a or b: Secrets in requests/),
    ]);
  });

  it('are not named where everything is weaker', () => {
    const scoped = 'scopes: [{ match: { project: ~/x }, requests: mask }]';
    expect(told(scoped, `mode: observe\n${scoped}`)).toHaveLength(1);
  });
});

test.each(['', examplePolicy, 'mode: observe'])('a policy that stays as it is weakens nothing', (text) => {
  expect(told(text, text)).toEqual([]);
});
