import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isMap, isSeq, parse, parseDocument, type ParsedNode } from 'yaml';
import type { PolicyEdit, PolicyJson } from '../../src/contract/policy.ts';
import { defaultPolicyText } from '../../src/policy/default-text.ts';
import { editPolicyText } from '../../src/policy/edit-text.ts';
import { examplePolicy } from './example-policy.ts';

const set = (path: (string | number)[], value: PolicyJson): PolicyEdit => ({ kind: 'set', path, value });
const add = (path: (string | number)[], value: PolicyJson): PolicyEdit => ({ kind: 'add', path, value });
const remove = (path: (string | number)[]): PolicyEdit => ({ kind: 'remove', path });

describe('the commented default policy', () => {
  test.each<[PolicyEdit, string, string]>([
    [set(['mode'], 'observe'), 'mode: enforce\n', 'mode: observe\n'],
    [add(['masking', 'packs'], 'pii'), '  packs: [secrets]\n', '  packs: [secrets, pii]\n'],
    [remove(['masking', 'packs', 0]), '  packs: [secrets]\n', '  packs: []\n'],
    [add(['masking', 'keys'], '*_pin'), '  keys: []\n', "  keys: ['*_pin']\n"],
    [
      add(['masking', 'rules'], { id: 'ticket', regex: 'ACME-[0-9]{6}' }),
      '  rules: []\n',
      "  rules:\n    - { id: ticket, regex: 'ACME-[0-9]{6}' }\n",
    ],
    [add(['masking', 'values', 'files'], 'aws'), 'files: [] # aws', 'files: [aws] # aws'],
    [add(['intercept'], '*.example.com'), '  - default\n', "  - default\n  - '*.example.com'\n"],
    [set(['approval', 'hook'], ['./ask', '-x']), 'keep-alive: 10s\n', 'keep-alive: 10s\n  hook: [./ask, -x]\n'],
    [set(['sessions', 'originals'], { keep: '7d' }), 'originals: never\n', 'originals: { keep: 7d }\n'],
    [remove(['approval', 'timeout']), '  timeout: 60s\n', ''],
  ])('%j touches its own place only', (edit, from, to) => {
    expect(editPolicyText(defaultPolicyText, edit)).toBe(defaultPolicyText.replace(from, to));
  });
});

test.each<[string, string, PolicyEdit, string]>([
  ['an empty text', '', set(['approval', 'timeout'], '5s'), 'approval:\n  timeout: 5s\n'],
  ['comments only', '# mine\n', set(['mode'], 'observe'), '# mine\nmode: observe\n'],
  ['no line end', 'mode: observe', set(['requests'], 'mask'), 'mode: observe\nrequests: mask'],
  ['Windows line ends', 'mode: observe # c\r\n', set(['requests'], 'mask'), 'mode: observe # c\r\nrequests: mask\r\n'],
  [
    'a key without a value',
    'masking:\nmode: observe\n',
    set(['masking', 'placeholder'], 'stars'),
    'masking: { placeholder: stars }\nmode: observe\n',
  ],
  [
    'a map in one line',
    '{ mode: observe } # c\n',
    set(['requests'], 'mask'),
    '{ mode: observe, requests: mask } # c\n',
  ],
  ['a text in flow style', 'allow: [a, b] # c\n', add(['allow'], 'c, d'), "allow: [a, b, 'c, d'] # c\n"],
  [
    'a list below its key',
    'allow:\n- a # one\n# two\n\nmode: observe\n',
    add(['allow'], 'b'),
    'allow:\n- a # one\n- b\n# two\n\nmode: observe\n',
  ],
  [
    'comments around an entry that goes',
    'allow: # c\n  # d\n  - a # e\n',
    remove(['allow', 0]),
    'allow: [] # c\n  # d\n',
  ],
  ['the last entry', 'allow:\n  - a\nmode: observe\n', remove(['allow', 0]), 'allow: []\nmode: observe\n'],
  ['the last key', 'masking:\n  keys: [a]\nmode: observe\n', remove(['masking', 'keys']), 'mode: observe\n'],
  ['a key behind a dash', '- id: a\n  then: ask\n', remove([0, 'id']), '- then: ask\n'],
  ['a text of several lines', 'a: |\n  one\n  two\n\n# c\nb: 1\n', set(['a'], 'x'), 'a: x\n\n# c\nb: 1\n'],
])('%s', (_name, text, edit, expected) => {
  expect(editPolicyText(text, edit)).toBe(expected);
});

describe('a note', () => {
  it('stands behind an entry that gets a line of its own', () => {
    expect(editPolicyText('masking:\n  allow: [a, "b c"] # mine\n', add(['masking', 'allow'], 'c'), 'why')).toBe(
      'masking:\n  allow: # mine\n    - a\n    - "b c"\n    - c # why\n',
    );
    expect(editPolicyText('', add(['masking', 'allow'], 'c'), 'why')).toBe('masking:\n  allow:\n    - c # why\n');
  });

  it('is left out where it would have to stand inside a line', () => {
    expect(editPolicyText('masking: { allow: [a] }\n', add(['masking', 'allow'], 'c'), 'why')).toBe(
      'masking: { allow: [a, c] }\n',
    );
  });
});

test.each([
  ['what an alias stands for', 'a: &x { b: 1 }\nc: *x\n', set(['c', 'b'], 2)],
  ['an anchor', 'a: &x [1]\nc: *x\n', set(['a'], [2])],
  ['YAML that cannot be read', 'a: [1\n', set(['a'], 2)],
  ['a bomb of aliases', `a: &a [1]\nb: &b [${'*a,'.repeat(99)}*a]\nc: [${'*b,'.repeat(99)}*b]\n`, set(['d'], 2)],
  ['a list that is no list', 'a: 1\n', add(['a'], 2)],
])('%s is left to the person', (_name, text, edit) => {
  expect(() => editPolicyText(text, edit)).toThrow(/YAML/);
});

describe('any text and any edit', () => {
  const word = fc.constantFrom('alpha', 'b-c', "'*.x'", '"q # no comment"', '12', '~/code', 'true');
  const comment = fc.constantFrom('', '', ' # note', '   #!');
  const scalars = fc.array(word, { maxLength: 3 });
  const keys = ['k1', 'k2', 'k3', 'k4'] as const;
  const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));
  const between = fc.constantFrom([], [], [''], ['# a remark'], ['', '# two', '# lines']);
  type Lines = readonly string[];
  const block = (depth: number): fc.Arbitrary<Lines> => {
    const value = fc.oneof(
      fc.tuple(word, comment).map(([text, behind]) => [` ${text}${behind}`]),
      fc.tuple(scalars, comment).map(([list, behind]) => [` [${list.join(', ')}]${behind}`]),
      fc
        .tuple(scalars, comment)
        .map(([list, behind]) => [` { ${list.map((each, i) => `n${i}: ${each}`).join(', ')} }${behind}`]),
      fc
        .tuple(fc.array(fc.tuple(word, comment), { minLength: 1, maxLength: 3 }), comment, between)
        .map(([list, behind, gap]) => [behind, ...gap, ...list.map(([each, after]) => `  - ${each}${after}`)]),
      ...(depth > 0
        ? [fc.tuple(block(depth - 1), comment).map(([lines, behind]) => [behind, ...indented(lines)])]
        : []),
    );
    return fc
      .array(fc.tuple(value, between), { minLength: 1, maxLength: 4 })
      .map((entries) =>
        entries.flatMap(([[first = '', ...rest], gap], i) => [...gap, `${keys[i] ?? ''}:${first}`, ...rest]),
      );
  };
  const texts = fc.tuple(block(2), fc.constantFrom('\n', '\r\n')).map(([lines, end]) => `${lines.join(end)}${end}`);
  const value: fc.Arbitrary<PolicyJson> = fc.oneof(
    fc.constantFrom<PolicyJson>('new', 'with: colon', 'x, y', '#', 7, true, '- dash', "it's"),
    fc.constant<PolicyJson>([]),
    fc.constant<PolicyJson>(['p', 'q']),
    fc.constant<PolicyJson>({ id: 'r', then: 'ask', match: { host: '*.x' } }),
  );

  /** Lines that an edit at a path may change: those of the entry, or of the one-line collection that it stands in. */
  function own(text: string, path: readonly (string | number)[]): readonly [first: number, last: number] {
    const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length - 1;
    let node = parseDocument(text).contents;
    let at: readonly [number, number] = [0, -1];
    for (const step of path) {
      let start: number | undefined;
      if (isMap<ParsedNode, ParsedNode | null>(node)) {
        if (node.flow === true) return [lineOf(node.range[0]), lineOf(node.range[1])];
        const pair = node.items.find(({ key }) => String(key) === step || key.toJS(parseDocument('')) === step);
        if (pair === undefined) return [0, -1];
        start = pair.key.range[0];
        node = pair.value;
      } else if (isSeq<ParsedNode>(node)) {
        if (node.flow === true) return at;
        const item = node.items[step as number];
        if (item === undefined) return [0, -1];
        start = item.range[0];
        node = item;
      } else return at;
      const end = node === null ? start : text.slice(0, node.range[1]).trimEnd().length;
      at = [lineOf(start), lineOf(end)];
    }
    return at;
  }

  it('keeps comments and every other line, and says what it should', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.nat(1_000), { minLength: 12, maxLength: 12 }),
        value,
        fc.constantFrom('set', 'add', 'remove'),
        (text, next, wanted, kind) => {
          let taken = 0;
          const number = (): number => next[taken++] ?? 0;
          const path: (string | number)[] = [];
          let here: unknown = parse(text);
          while (typeof here === 'object' && here !== null) {
            const steps = Array.isArray(here) ? here.map((_, i) => i) : Object.keys(here);
            const step =
              kind !== 'remove' && number() % 4 === 0
                ? Array.isArray(here)
                  ? steps.length
                  : 'fresh'
                : steps[number() % Math.max(steps.length, 1)];
            if (step === undefined || (path.length > 0 && number() % 3 === 0)) break;
            path.push(step);
            here = (here as Record<string | number, unknown>)[step];
          }
          if (path.length === 0) return;
          if (kind === 'add' && !Array.isArray(here) && here !== undefined) return;
          const edit = kind === 'remove' ? remove(path) : kind === 'add' ? add(path, wanted) : set(path, wanted);
          let edited: string;
          try {
            edited = editPolicyText(text, edit);
          } catch {
            refused++;
            return;
          }
          const oracle = parseDocument(text);
          if (kind === 'set') oracle.setIn(path, oracle.createNode(wanted));
          if (kind === 'add') oracle.addIn(path, oracle.createNode(here === undefined ? [wanted] : wanted));
          if (kind !== 'remove') expect(parse(edited)).toEqual(oracle.toJS());
          else if (path.length === 1) expect(parse(edited) ?? {}).not.toHaveProperty([path[0] ?? '']);
          let gone = path;
          while (kind === 'remove' && gone.length > 1 && siblings(text, gone) === 1) gone = gone.slice(0, -1);
          const [first, last] =
            kind === 'add' && here !== undefined && !isFlowAt(text, path) ? [0, -1] : own(text, gone);
          const kept = text.split('\n').filter((_, i) => i < first || i > last);
          const lines = edited.split('\n');
          let at = 0;
          for (const line of kept) {
            const found = lines.indexOf(line, at);
            if (found === -1) expect(edited).toContain(line + ' (lost)');
            at = found + 1;
          }
        },
      ),
      { numRuns: 3_000 },
    );
    // Ordinary texts are not refused.
    expect(refused).toBeLessThan(30);
  });

  function isFlowAt(text: string, path: readonly (string | number)[]): boolean {
    const node: unknown = parseDocument(text).getIn(path, true);
    return isSeq(node) && node.flow === true;
  }

  function siblings(text: string, path: readonly (string | number)[]): number {
    const parent: unknown = path
      .slice(0, -1)
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], parse(text));
    return Object.keys(parent as object).length;
  }

  it('is refused, or keeps a valid policy readable', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(defaultPolicyText, examplePolicy),
        fc.constantFrom<(string | number)[]>(['mode'], ['masking', 'keys'], ['risk', 0], ['scopes']),
        value,
        (text, path, wanted) => {
          expect(parse(editPolicyText(text, set(path, wanted)))).toMatchObject(
            path.length === 1 ? { [path[0] as string]: wanted } : {},
          );
        },
      ),
    );
  });
});
