import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPolicyText } from '../../src/policy/default-text.ts';
import type { CheckRule } from '../../src/policy/check-rules.ts';
import { checkRule as engine } from '../../src/masking/masking.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { examplePolicy } from './example-policy.ts';

/** `line:column message` of each problem. */
function problemsOf(text: string, checkRule?: CheckRule): string[] {
  return (parsePolicy(text, checkRule).problems ?? []).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
}

describe('valid files', () => {
  test.each(['', '# nothing but a comment\n', '---\n', '{}', 'version: 1'])('%j is the built-in policy', (text) => {
    const { policy } = parsePolicy(text);
    expect(policy).toMatchObject({ mode: 'enforce', requests: 'pass', scopes: [], risk: [] });
    expect(policy?.intercept).toContain('api.anthropic.com');
    expect(policy?.approval).toEqual({ timeout: 60_000, onTimeout: 'deny', keepAlive: 10_000, hook: null });
    expect(policy?.sessions).toEqual({
      retain: 2_592_000_000,
      maxSize: 2_147_483_648,
      originals: 'never',
      onFailure: 'stop',
    });
  });

  test('the text of "policy init" means the built-in policy', () => {
    expect(parsePolicy(defaultPolicyText)).toEqual(parsePolicy(''));
  });

  test.each([
    ['never', 'never'],
    ['{ keep: 7d }', { keep: 604_800_000 }],
    ['{ keep: 90d }', { keep: 7_776_000_000 }],
  ])('originals: %s', (written, originals) => {
    expect(parsePolicy(`sessions: { originals: ${written} }`).policy?.sessions.originals).toEqual(originals);
  });

  test.each(['always', '{}', '{ keep: forever }', '{ keep: 91d }', '{ keep: 0d }', '{ keep: 7d, where: here }'])(
    'originals: %s is refused',
    (written) => {
      expect(parsePolicy(`sessions: { originals: ${written} }`).problems).toHaveLength(1);
    },
  );

  test('every key of the example arrives', () => {
    const { policy, problems } = parsePolicy(examplePolicy);
    expect(problems).toBeUndefined();
    expect(policy).toMatchObject({
      intercept: ['api.openai.com', 'api.anthropic.com', '*.openai.azure.com'],
      unreadable: { pass: ['*.lab.example'] },
      approval: { timeout: 90_000, keepAlive: 5_000, hook: ['./approve.sh'] },
      sessions: { retain: 604_800_000, maxSize: 67_108_864, onFailure: 'continue' },
    });
    expect(policy?.masking.rules).toEqual([
      { id: 'ticket', kind: 'identifier', regex: 'ACME-[0-9]{6}' },
      {
        id: 'code-names',
        kind: 'custom',
        words: ['bluebird', 'red.fox', 'blue'],
        severity: 'high',
        placeholder: 'NAME_{hash}',
        flags: 'i',
      },
    ]);
    expect(policy?.masking.values).toEqual({ env: ['STRIPE_KEY'], dotenv: true, files: [] });
    expect(policy?.risk.map(({ id, when, match }) => [id, when, match])).toEqual([
      ['rm-root', ['shell'], 'destructive'],
      ['exfil', ['shell', 'tool'], { upload: { to: '!approved', over: '64KiB' } }],
      ['builtin-persistence', null, null],
    ]);
    expect(policy?.providers['lab']).toEqual({ baseUrl: 'http://10.0.0.5:8000', dialect: null });
    expect(policy?.providers['team']).toEqual({ baseUrl: 'https://llm.example.com/api', dialect: 'openai' });
    expect(policy?.providers['anthropic']?.baseUrl).toBe('https://api.anthropic.com');
  });

  test('anchors and aliases work', () => {
    const text = 'masking: { keys: &names [acme_code], env: *names }\n';
    const { policy } = parsePolicy(text);
    expect(policy?.masking.keys).toContain('acme_code');
    expect(policy?.masking.env).toContain('acme_code');
  });

  test('"default" stands for the known hosts', () => {
    const known = parsePolicy('').policy?.intercept ?? [];
    expect(parsePolicy('intercept: [llm.example, default]').policy?.intercept).toEqual(['llm.example', ...known]);
    expect(parsePolicy('intercept: []').policy?.intercept).toEqual([]);
  });
});

describe('problems stand where they are', () => {
  test.each([
    [
      'unknown key',
      'mode: enforce\nmaskin:\n  packs: []\n',
      ['2:1 Remove or correct "maskin": there is no such key here. Did you mean "masking"?'],
    ],
    [
      'unknown key below',
      'masking:\n  pakcs: []\n',
      ['2:3 Remove or correct "pakcs": there is no such key here. Did you mean "packs"?'],
    ],
    [
      'underscore',
      'approval: { on_timeout: deny }',
      ['1:13 Remove or correct "on_timeout": there is no such key here. Did you mean "on-timeout"?'],
    ],
    [
      'in a list',
      'scopes:\n  - match: { hots: x }\n',
      [
        '2:12 Say what the scope matches: host, provider, model, client, project, identity or group.',
        '2:14 Remove or correct "hots": there is no such key here. Did you mean "host"?',
      ],
    ],
    [
      'in a record',
      'providers:\n  a: { base-url: "http://b", dialec: openai }\n',
      ['2:30 Remove or correct "dialec": there is no such key here. Did you mean "dialect"?'],
    ],
    ['nothing near', 'zebra: 1', ['1:1 Remove or correct "zebra": there is no such key here.']],
    ['wrong choice', 'requests: maks', ['1:11 Write pass, warn, mask or block. Did you mean "mask"?']],
    ['wrong type', 'masking:\n  keys: password\n', ['2:9 Write a list here.']],
    ['not a map', '- mode\n', ['1:1 Write the policy as a map (key: value) here.']],
    ['number as text', 'masking: { allow: [1234] }', ['1:20 Write a text here. Put it in quotes.']],
    ['missing key', 'scopes:\n  - { mode: observe }\n', ['2:5 Add "match": a map (key: value) here.']],
    [
      'duration without unit',
      'approval: { timeout: 60 }',
      ['1:22 Write a duration with its unit, such as 60s or 10m.'],
    ],
    [
      'bad duration',
      'approval: { timeout: 60sec }',
      ['1:22 Write a duration with its unit, such as 500ms, 60s, 10m, 8h or 30d.'],
    ],
    ['zero', 'approval: { timeout: 0s }', ['1:22 Write a duration longer than zero.']],
    ['zero size', 'sessions: { max-size: 0B }', ['1:23 Write a size larger than zero.']],
    ['version', 'version: 2', ['1:10 Write "version: 1": this Scrim reads no other.']],
    [
      'host',
      'intercept:\n  - "https://api.openai.com"\n',
      ['2:5 Write a host such as "api.openai.com", "*.openai.azure.com" or "localhost:11434".'],
    ],
    [
      'address',
      'providers: { lab: "ftp://x" }',
      ['1:19 Write an http:// or https:// address without user, query and fragment.'],
    ],
    ['provider type', 'providers: { lab: 5 }', ['1:19 Write a map (key: value) here.']],
    ['provider name', 'providers: { Lab: "http://x" }', ['1:14 Name the provider with a-z, 0-9 and hyphens.']],
    [
      'placeholder field',
      'masking: { placeholder: "<{name}>" }',
      ['1:25 Use only {rule}, {kind}, {hash} and {prefix} in a placeholder.'],
    ],
    [
      'placeholder quotes',
      `masking: { placeholder: '"' }`,
      ['1:25 Write a placeholder without quotes, backslashes and control characters, so that JSON stays valid.'],
    ],
    ['empty list', 'approval: { hook: [] }', ['1:19 Write at least one entry or character here.']],
    ['too long', `masking: { keys: [${'k'.repeat(201)}] }`, ['1:19 Write at most 200 entries or characters here.']],
    [
      'regex and words',
      'masking: { rules: [{ id: a, regex: b, words: [c] }] }',
      ['1:20 Give the rule either "regex" or "words".'],
    ],
    [
      'same id twice',
      'masking: { rules: [{ id: a, regex: b }, { id: a, regex: c }] }',
      ['1:47 Give the rule another id: "a" is taken.'],
    ],
    [
      'YAML',
      'mode: [observe\n',
      ['2:1 Correct the YAML here: flow sequence in block collection must be sufficiently indented and end with a ].'],
    ],
    ['key twice', 'mode: enforce\nmode: observe\n', ['2:1 Correct the YAML here: map keys must be unique.']],
    ['tag', 'masking:\n  keys: [!max_token]\n', ['2:10 Put quotes around a value that starts with "!".']],
    ['alias bomb', `risk: &r [x]\nscopes: [${'*r,'.repeat(200)}]`, ['1:1 Use at most 100 aliases.']],
    ['nesting', '['.repeat(50_000), ['1:1 Write the policy with less nesting: it cannot be read as it is.']],
    ['size', 'a'.repeat(1024 * 1024 + 1), ['1:1 Shorten the policy to 1 MiB at most.']],
  ])('%s', (name, text, expected) => {
    const found = problemsOf(text);
    // How deep the stack goes is not ours to say.
    expect(name === 'nesting' ? found.map((problem) => problem.replace(/^1:\d+/, '1:1')) : found).toEqual(expected);
  });

  test('all at once, in the order of the file, 50 at most', () => {
    expect(problemsOf('requests: x\nmode: y\nintercept: [..]\n').map((problem) => problem.slice(0, 2))).toEqual([
      '1:',
      '2:',
      '3:',
    ]);
    expect(problemsOf(Array.from({ length: 80 }, (_, i) => `key${i}: 1`).join('\n'))).toHaveLength(50);
  });

  test('an alias is reported where its anchor stands', () => {
    expect(
      problemsOf('masking: &m { pack: [] }\nscopes:\n  - { match: { model: x }, masking: *m }\n').map((problem) =>
        problem.slice(0, 4),
      ),
    ).toEqual(['1:15']);
  });
});

describe('rules that the masking engine refuses', () => {
  const refuse: CheckRule = (rule) =>
    rule.regex?.startsWith('a(') === true
      ? { message: 'Close the group', position: 1, suggestion: 'write a\\(' }
      : null;

  test.each([
    ['bare', 'masking:\n  rules:\n    - id: x\n      regex: a(b\n', '4:15'],
    ['quoted', 'masking:\n  rules:\n    - id: x\n      regex: "a(b"\n', '4:16'],
    ['escaped', 'masking:\n  rules:\n    - id: x\n      regex: "a(\\\\d"\n', '4:14'],
    ['in a scope', 'scopes:\n  - match: { model: x }\n    masking: { rules: [{ id: x, regex: "a(" }] }\n', '3:42'],
  ])('%s', (_name, text, place) => {
    expect(problemsOf(text, refuse)).toEqual([`${place} Close the group. Write a\\(.`]);
  });

  test('the engine itself: its reasons stand at the place in the pattern', () => {
    expect(problemsOf('masking:\n  rules:\n    - { id: x, regex: "ab(c" }\n', engine)).toEqual([
      expect.stringMatching(/^3:2[5-9] .+\.$/),
    ]);
    expect(problemsOf('masking: { allow: ["/ab(c/"] }', engine)).toEqual([expect.stringMatching(/^1:2\d .+\.$/)]);
    expect(problemsOf('masking: { allow: ["/^test_.*$/", "/literal", "a/b/"] }', engine)).toEqual([]);
  });

  test('a word list is checked too, without a position', () => {
    const all: CheckRule = () => ({ message: 'Too many states.', position: 3 });
    expect(problemsOf('masking: { rules: [{ id: x, words: [a] }] }', all)).toEqual(['1:36 Too many states.']);
    expect(problemsOf('masking: { rules: [{ id: x, regex: a }] }', all)).toEqual(['1:36 Too many states.']);
  });
});

describe('never throws', () => {
  test('on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { policy, problems } = parsePolicy(text);
        expect((policy === undefined) !== (problems === undefined)).toBe(true);
      }),
    );
  });

  test('on damaged policies, and problems point into the text', () => {
    const lines = examplePolicy.split('\n');
    fc.assert(
      fc.property(fc.nat(examplePolicy.length), fc.nat(20), fc.string({ maxLength: 5 }), (at, length, inserted) => {
        const text = examplePolicy.slice(0, at) + inserted + examplePolicy.slice(at + length);
        for (const { line, column, message } of parsePolicy(text).problems ?? []) {
          expect(line).toBeGreaterThan(0);
          expect(line).toBeLessThanOrEqual(lines.length + 5);
          expect(column).toBeGreaterThan(0);
          expect(message).toMatch(/[.!?]$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('on any value in any place', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'intercept',
          'masking',
          'risk',
          'scopes',
          'providers',
          'approval',
          'sessions',
          'unreadable',
          '__proto__',
        ),
        fc.json(),
        (key, json) => {
          const { policy, problems } = parsePolicy(`{ ${JSON.stringify(key)}: ${json} }`);
          expect(policy ?? problems).toBeDefined();
        },
      ),
    );
  });
});
