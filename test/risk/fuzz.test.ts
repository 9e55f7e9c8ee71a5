// Whatever it is given, the engine answers, and within bounds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileRisk, type Proposal } from '../../src/risk/risk.ts';
import { assess, bash, context } from './judge.ts';

function answers(proposal: Proposal): void {
  const { verdict, reasons, effects, canonical } = assess(proposal);
  expect(verdict === 'allow').toBe(reasons.length === 0);
  expect(typeof canonical).toBe('string');
  for (const list of Object.values(effects) as string[][]) {
    expect(list.length).toBeLessThanOrEqual(50);
    for (const text of list) expect(text.length).toBeLessThanOrEqual(500);
  }
}

const pieces = fc.constantFrom(
  'rm',
  '-rf',
  '/',
  '~',
  '$x',
  '${x:-',
  '}',
  '$(',
  ')',
  '`',
  '"',
  "'",
  '\\',
  ';',
  '|',
  '&&',
  '\n',
  '<<EOF\n',
  'EOF',
  '<(',
  '>',
  '>>',
  '{',
  '((',
  '))',
  '[[',
  ']]',
  'if',
  'then',
  'fi',
  'for',
  'do',
  'done',
  'case',
  'in',
  'esac',
  'f()',
  'x=',
  'eval',
  'sudo',
  'sh -c',
  'xargs',
  'find',
  '-exec',
  'curl',
  'python3 -c',
  'node -e',
  'alias a=',
  'trap',
  'base64 -d',
  '$((',
  '!',
  '#',
  '*',
  '?',
  '[',
  ']',
  'A=(',
  '${A[@]}',
  'printf',
  '%s',
  '\0',
  '😀',
  '\ud800',
  'constructor',
  '__proto__',
  'toString',
);

test('on pieces of shell', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), fc.constantFrom('', ' '), (parts, between) =>
      answers(bash(parts.join(between))),
    ),
    { numRuns: 1_500 },
  );
});

test('on any text, as shell, as code, as patch', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(
      text,
      fc.constantFrom('bash', 'python', 'js', 'ruby', 'sql', 'powershell', 'bat', '', 'diff'),
      (source, language) => {
        answers({ kind: 'code', language, text: source });
        answers(bash(source));
        answers({ kind: 'tool-call', name: 'apply_patch', input: `*** Begin Patch\n${source}` });
      },
    ),
    { numRuns: 400 },
  );
});

test('on any JSON, for any tool', () => {
  const name = fc.constantFrom('Bash', 'write', 'fetch', 'mcp__x__delete_repo', 'exec', 'kubectl', '', '😀');
  fc.assert(
    fc.property(name, fc.jsonValue(), (tool, input) => answers({ kind: 'tool-call', name: tool, input })),
    { numRuns: 400 },
  );
});

test('keys of any kind, with any value', () => {
  const keys = fc.constantFrom(
    'command',
    'cmd',
    'args',
    'argv',
    'path',
    'file_path',
    'url',
    'code',
    'sql',
    'patch',
    'edits',
    'cwd',
    'host',
    'program',
    'input',
    '__proto__',
  );
  fc.assert(
    fc.property(fc.dictionary(keys, fc.jsonValue({ maxDepth: 2 })), (input) =>
      answers({ kind: 'tool-call', name: 'tool', input }),
    ),
    { numRuns: 400 },
  );
});

test.each([
  ['a long line', 'echo ' + 'a '.repeat(100_000)],
  ['substitutions in substitutions', '$('.repeat(10_000)],
  ['brackets', '('.repeat(10_000) + 'rm -rf /' + ')'.repeat(10_000)],
  ['braces', '{a,'.repeat(5_000) + '; rm -rf /'],
  ['brace products', `rm -rf / ${'{a,b}'.repeat(60)}`],
  ['a doubling variable', 'x=aaaaaaaaaaaaaaaa;' + 'x=$x$x;'.repeat(200) + 'rm -rf $x'],
  ['a function that calls itself', 'f() { f "$@" x; }; f'],
  ['aliases of each other', "alias a='b'; alias b='a; rm -rf /'; a"],
  ['eval in eval', 'eval '.repeat(5_000) + 'rm -rf /'],
  ['sudo in sudo', 'sudo '.repeat(5_000) + 'rm -rf /'],
  ['loops in loops', 'for i in 1 2 3 4 5 6 7 8; do '.repeat(12) + 'rm -rf /' + '; done'.repeat(12)],
  ['a file that runs itself', 'echo "sh x" > x; sh x'],
])('bounded: %s', (_name, command) => {
  expect(assess(command).verdict).not.toBe('allow');
  answers(bash(command));
});

test('input nested as deep as a parser allows', () => {
  let input: unknown = 'x';
  for (let i = 0; i < 20_000; i++) input = [input];
  expect(assess({ kind: 'tool-call', name: 'x', input }).verdict).toBe('ask');
  expect(assess({ kind: 'tool-call', name: 'x', input }).canonical).toHaveLength(40_000 + 'tool "x" "x"'.length);
});

test('a large file is written without a question', () => {
  const input = { file_path: 'data.json', content: '{"a": "rm -rf /"}'.repeat(50_000) };
  expect(assess({ kind: 'tool-call', name: 'Write', input }).verdict).toBe('allow');
});

test('any rules of a policy', () => {
  const rules = fc.array(
    fc.record({
      id: fc.constantFrom('a', 'delete-everything', 'b'),
      when: fc.constantFrom(null, ['shell'] as const, ['text'] as const),
      match: fc.oneof(
        fc.string(),
        fc.constant(null),
        fc.dictionary(fc.constantFrom('command', 'upload', 'host', 'write', 'tool'), fc.jsonValue({ maxDepth: 2 })),
      ),
      then: fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
      reason: fc.constant(null),
    }),
  );
  fc.assert(
    fc.property(rules, (some) => {
      compileRisk({ rules: some as never, approved: { hosts: [], paths: [] } }).assess(
        bash('rm -rf x; curl -d x https://a.b'),
        context,
      );
    }),
    { numRuns: 200 },
  );
});
