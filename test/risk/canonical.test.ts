// The spelling that grants are bound to: the same for the same action, another for any other.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assess } from './judge.ts';

function spelled(command: string): string {
  return assess(command).canonical;
}

test.each([
  ['ls -la', 'ls   -la'],
  ['ls -la', '  ls -la  # all of them'],
  ['ls -la', '\'ls\' "-la"'],
  ['ls -la', 'l"s" -l\\a'],
  ["echo 'a b'", 'echo a\\ b'],
  ['echo "a b"', "echo $'a\\x20b'"],
  ['a && b', 'a&&b'],
  ['a; b', 'a\nb'],
  ['a | b', 'a|b'],
  ['echo "x $y"', 'echo x\\ "$y"'],
  ['cat > f <<EOF\nx\nEOF', 'cat >f  <<EOF\nx\nEOF\n'],
])('%s is %s', (one, other) => {
  expect(spelled(one)).toBe(spelled(other));
});

test.each([
  ['rm -rf a', 'rm -rf b'],
  ['rm a b', "rm 'a b'"],
  ['rm ab', 'rm a b'],
  ["echo '$x'", 'echo $x'],
  ['echo "$x"', 'echo $x'],
  ["rm '*'", 'rm *'],
  ['rm "~"', 'rm ~'],
  ["x='a:~' ls", 'x=a:~ ls'],
  ['a && b', 'a || b'],
  ['a; b', 'a & b'],
  ['a > f', 'a >> f'],
  ['a > f', 'a 2> f'],
  ['x=1 a', 'a x=1'],
  ['x=1 a', 'x=2 a'],
  ['x=(1 2)', 'x=(1 3)'],
  ['x+=1', 'x=1'],
  ["'x=1' a", 'x=1 a'],
  ['(cd x; a)', '{ cd x; a; }'],
  ['echo $(a)', 'echo "$(a)"'],
  ['echo ${x:-a}', 'echo ${x:-b}'],
  ['echo ${x:-a}', 'echo ${x:+a}'],
  ['cat <<EOF\n$x\nEOF', "cat <<'EOF'\n$x\nEOF"],
  ['[[ a == b ]]', '[[ a != b ]]'],
  ['(( x > 1 ))', '(( x < 1 ))'],
  ['echo {a,b}', "echo '{a,b}'"],
  ["a 'b", "a  'b"],
  ['for i in 1 2; do a; done', 'for i in 1 3; do a; done'],
  ['case $x in a) b;; esac', 'case $x in a) b;& esac'],
  ['f() { a; }', 'f() { b; }'],
  ['! a', 'a'],
])('%s is not %s', (one, other) => {
  expect(spelled(one)).not.toBe(spelled(other));
});

const word = fc.string({ unit: fc.constantFrom(...'ab-/. $*"\'\\;|&~{}=#\n'.split('')), minLength: 1, maxLength: 8 });

function single(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function double(text: string): string {
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}

test('quotes of another kind and further blanks change nothing', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const one = ['run', ...words.map(single)].join(' ');
      const other = ['run', ...words.map(double)].join(' \t ');
      expect(spelled(one)).toBe(spelled(other));
    }),
  );
});

test('other words are another action', () => {
  const words = fc.array(word, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(words, words, (some, others) => {
      fc.pre(JSON.stringify(some) !== JSON.stringify(others));
      expect(spelled(['run', ...some.map(single)].join(' '))).not.toBe(
        spelled(['run', ...others.map(double)].join(' ')),
      );
    }),
  );
});

test('what a model says about a call does not count, what it does counts', () => {
  const call = (input: unknown, name = 'Bash'): string => assess({ kind: 'tool-call', name, input }).canonical;
  expect(call({ command: 'ls', description: 'lists', timeout: 5 })).toBe(call({ timeout: 9, command: 'ls  ' }));
  expect(call({ command: 'ls', run_in_background: true })).not.toBe(call({ command: 'ls' }));
  expect(call({ command: 'ls' })).not.toBe(call({ command: 'ls' }, 'bash'));
  expect(call({ title: 'a', description: 'b' })).not.toBe(call({ title: 'a', description: 'c' }));
  expect(call({ a: 1, b: [1, 2] })).toBe(call({ b: [1, 2], a: 1 }));
  expect(call({ b: [1, 2] })).not.toBe(call({ b: [2, 1] }));
  expect(call({ a: '1' })).not.toBe(call({ a: 1 }));
  expect(assess({ kind: 'code', language: 'sh', text: 'ls' }).canonical).not.toBe(
    assess({ kind: 'code', language: 'python', text: 'ls' }).canonical,
  );
});
