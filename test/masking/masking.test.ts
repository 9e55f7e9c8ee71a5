// The face of the folder: options, JSON, names, placeholders, known values, allow list, explanations.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, checkRule, createMasking, MaskingError, type Masking } from '../../src/masking/masking.ts';
import { sketchExample } from '../../src/masking/sketch.ts';
import { eventfulText, fingerprint, masking } from './fixtures.ts';

const github = `ghp_${sketchExample('~A36')}`;
const awsExample = `AKIAIOSFODNN7EXAMPLE`;

function masked(engine: Masking, text: string): string {
  return applyEdits(text, engine.edits(text));
}

describe('placeholders', () => {
  it('are bare words after the public prefix', () => {
    expect(masked(masking(), `token ${github}.`)).toMatch(/^token ghp_MASKED_GITHUB_[0-9a-f]{8}\.$/u);
  });

  it('come in named styles and templates', () => {
    expect(masked(masking({ placeholder: 'stars' }), github)).toBe('ghp_***MASKED***');
    expect(masked(masking({ placeholder: 'typed' }), github)).toBe('ghp_***MASKED:github-classic***');
    expect(masked(masking({ placeholder: '<{prefix}|{kind}|{rule}|{hash}>' }), github)).toMatch(
      /^ghp_<ghp\|GITHUB\|github-classic\|[0-9a-f]{8}>$/u,
    );
  });

  it('are the same for the same value wherever it stands', () => {
    const engine = masking();
    const word = /MASKED_GITHUB_[0-9a-f]{8}/u.exec(masked(engine, github))?.[0];
    for (const text of [
      `GITHUB_TOKEN=${github}`,
      `{"token": "${github}"}`,
      `Authorization: Bearer ${github}`,
      `https://x:${github}@host/`,
    ]) {
      expect(masked(engine, text)).toContain(`ghp_${word ?? '?'}`);
    }
    expect(applyEdits(github, engine.valueEdits('token', github))).toContain(word);
  });

  it('are the same behind a name that the policy lists', () => {
    const engine = masking({ keys: ['api_key'] });
    expect(masked(engine, `api_key = "${github}"`)).toBe(`api_key = "${masked(engine, github)}"`);
  });

  it('show no more of a token than a name left', () => {
    const pat = sketchExample('~L10') + sketchExample('2~A51JQQJ99~A18AZDO~A4').slice(10);
    expect(masked(masking(), `azure_devops_pat = "${pat}"`)).not.toContain(pat.slice(0, 10));
  });

  it('are left alone in every style', () => {
    for (const placeholder of ['word', 'stars', 'typed', '[[{kind}]]']) {
      const engine = masking({ placeholder, keys: ['password'] });
      const once = masked(engine, `password: "hunter2x"\nexport TOKEN=${github}\n`);
      expect(masked(engine, once)).toBe(once);
    }
  });

  it('can be turned back on this machine', () => {
    const engine = masking();
    const [edit] = engine.edits(github);
    expect(engine.restorable.get(edit?.text ?? '')).toBe(github.slice(4));
  });
});

describe('findings', () => {
  it('say rule, kind, severity, certainty and place, never the value', () => {
    const [edit] = masking().edits(`key ${github}`);
    expect(edit?.finding).toEqual({
      rule: 'github-classic',
      kind: 'github',
      severity: 'critical',
      certainty: 'format',
      start: 8,
      end: 44,
      fingerprint: fingerprint(github.slice(4)).slice(0, 16),
    });
    expect(JSON.stringify(edit)).not.toContain(github.slice(4));
  });
});

describe('JSON', () => {
  const engine = masking({ keys: ['ticketKey', '*_token'] });

  it('is masked by name and by content and stays JSON', () => {
    const source = JSON.stringify({
      a: [{ password: 'hunter2!' }, { note: `see ${github}\nthere` }],
      'ticket-key': 4711_0815,
      my_token: 'plain words here',
      total_tokens: 123456,
    });
    const result = applyEdits(source, engine.jsonEdits(source));
    const value = JSON.parse(result) as Record<string, unknown>;
    expect(result).not.toContain('hunter2');
    expect(result).not.toContain(github.slice(4));
    expect(value['ticket-key']).toMatch(/^MASKED_/u);
    expect(value['my_token']).toMatch(/^MASKED_/u);
    expect(value['total_tokens']).toBe(123456);
  });

  it('takes a word for a password, but not what stands for one', () => {
    const plain = masking();
    const source =
      '{"password":"swordfish","db":{"passphrase":"changeme","pwd":"${DB_PWD}","user_password":"your password"}}';
    const result = applyEdits(source, plain.jsonEdits(source));
    expect(result).toMatch(/"password":"MASKED_PASSWORD_[0-9a-f]{8}"/u);
    expect(result).toContain('"passphrase":"changeme","pwd":"${DB_PWD}","user_password":"your password"');
  });

  it('sees through escapes', () => {
    const source = `{"cmd":"export X=1\\n${github}\\u0020ok","p\\u0061ssword":"hun\\"ter2x"}`;
    const result = applyEdits(source, engine.jsonEdits(source));
    expect(() => JSON.parse(result) as unknown).not.toThrow();
    expect(result).toContain('\\u0020ok');
    expect(result).not.toContain(github.slice(4));
    expect(result).not.toContain('ter2x');
  });

  it('reads name and value pairs', () => {
    const source = '[{"name": "DB_PASSWORD", "value": "Sommer2024!"}]';
    expect(applyEdits(source, engine.jsonEdits(source))).not.toContain('Sommer2024');
  });

  it('falls back to text when it is none', () => {
    const source = `{"password": "hunter2x", broken ${github}`;
    expect(engine.jsonEdits(source)).toEqual(engine.edits(source));
  });

  it('stays valid and keeps its shape whatever is in it', () => {
    const name = fc.oneof(
      fc.constantFrom('password', 'token', 'id', 'name', 'value', 'x_token'),
      fc.string({ maxLength: 6 }),
    );
    const value = fc.oneof(
      eventfulText,
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        value,
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(name, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, fc.constantFrom(0, 2), (data, indent) => {
        const source = JSON.stringify(data, null, indent);
        const result = applyEdits(source, engine.jsonEdits(source));
        expect(shapeOf(JSON.parse(result))).toEqual(shapeOf(data));
        expect(engine.jsonEdits(result)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });
});

/** Keys count, not names: a secret may stand in a key as well. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shapeOf);
  return typeof value === 'number' ? 'string' : typeof value;
}

describe('names', () => {
  const engine = masking({ keys: ['api_key', '*_token'], env: ['DATABASE_URL', '*_SECRET'] });

  it('are compared without case, dashes and underscores', () => {
    for (const name of [
      'apiKey',
      'API-KEY',
      'api_key',
      'x_token',
      'accessToken',
      'DATABASE_URL',
      'MY_SECRET',
      'password',
      'client_secret',
    ]) {
      expect(engine.sensitiveName(name), name).toBe(true);
    }
    for (const name of ['id', 'max_tokens', 'next_page_token_count', 'public_key', 'content', 'role']) {
      expect(engine.sensitiveName(name), name).toBe(false);
    }
  });

  it('mask assignments in text', () => {
    const listed = masking({ packs: [], keys: ['ticket_key', '*_code'], env: ['DATABASE_URL'] });
    for (const text of [
      'ticketKey = "some words"',
      'TICKET-KEY: abc4711',
      'door_code: "11 22"',
      'DATABASE_URL=postgres://db/main',
      '{\\"ticket_key\\": \\"abc\\"}',
    ]) {
      expect(masked(listed, text), text).toContain('MASKED_');
    }
    for (const text of [
      'ticket_key = process.env.KEY',
      'ticketKey: string',
      'xticket_key = "abcdef"',
      'DATABASE_URL=$OTHER',
    ]) {
      expect(masked(listed, text), text).toBe(text);
    }
  });
});

describe('known values', () => {
  const value = 'correct horse/battery+staple';
  const engine = masking({
    packs: [],
    knownValues: [
      { name: 'VAULT', value },
      { name: 'LINES', value: `first line of it\nsecond line of it` },
    ],
  });

  it('are found in every form they travel in', () => {
    const forms = [value, JSON.stringify(`a"b ${value}`), encodeURIComponent(value)];
    for (const pad of ['', 'x', 'xy']) forms.push(Buffer.from(`${pad}${value} and more`).toString('base64'));
    for (const form of forms) expect(masked(engine, `<${form}>`), form).toContain('MASKED_VAULT_');
    expect(masked(engine, 'the second line of it, alone')).toContain('MASKED_LINES_');
    expect(engine.edits(value)[0]?.finding?.certainty).toBe('known-value');
  });

  it('are ignored when too short to be told from words', () => {
    expect(masked(masking({ packs: [], knownValues: [{ name: 'X', value: 'true' }] }), 'true')).toBe('true');
  });

  it('may be long', () => {
    const long = sketchExample('~A400');
    expect(masked(masking({ packs: [], knownValues: [{ name: 'LONG', value: long }] }), `<${long}>`)).toMatch(
      /^<MASKED_LONG_[0-9a-f]{8}>$/u,
    );
  });
});

describe('the allow list', () => {
  it('names values with or without their prefix, or by pattern', () => {
    expect(masked(masking(), awsExample)).toContain('MASKED_AWS');
    expect(masked(masking({ allow: [awsExample] }), awsExample)).toBe(awsExample);
    expect(masked(masking({ allow: ['/^AKIA[A-Z0-9]+EXAMPLE$/'] }), awsExample)).toBe(awsExample);
    expect(masked(masking({ allow: ['/nothing/'] }), awsExample)).toContain('MASKED_AWS');
  });

  describe('by the fingerprint of a finding', () => {
    const other = `ghp_${sketchExample('~A36', 7)}`;
    const entryFor = (engine: Masking, text: string): string =>
      `fingerprint:${engine.edits(text)[0]?.finding?.fingerprint ?? ''}`;

    it('lets that one value through wherever it stands, and no other', () => {
      const engine = masking({ allow: [entryFor(masking(), `the key ${github}.`)] });
      for (const around of ['$', 'GITHUB_TOKEN=$', '{"token": "$"}', 'https://x:$@host/']) {
        const own = around.replace('$', github);
        expect(masked(engine, own)).toBe(own);
        expect(masked(engine, around.replace('$', other))).not.toContain(other);
      }
      for (const name of [undefined, 'api_key', 'password']) {
        expect(engine.valueEdits(name, github)).toEqual([]);
        expect(engine.valueEdits(name, other)).not.toEqual([]);
      }
    });

    it('lets a value through that only its name told', () => {
      const [edit] = masking().valueEdits('password', 'hunter2x');
      const engine = masking({ allow: [`fingerprint:${edit?.finding?.fingerprint ?? ''}`] });
      expect(engine.valueEdits('password', 'hunter2x')).toEqual([]);
      expect(engine.valueEdits('password', 'hunter3x')).toHaveLength(1);
    });

    it('never lets a known value through', () => {
      const knownValues = [{ name: 'stored key', value: github }];
      const allow = [entryFor(masking({ knownValues }), github)];
      expect(masked(masking({ knownValues, allow }), github)).not.toContain(github);
    });

    it('never lets a value through of which only the beginning is known', () => {
      const long = `-----BEGIN RSA PRIVATE KEY-----\n${'QUJD'.repeat(1500)}`;
      const engine = masking({ allow: [entryFor(masking(), long)] });
      expect(masked(engine, long)).toBe(masked(masking(), long));
    });

    it('is said in explanations', () => {
      const engine = masking({ allow: [entryFor(masking(), github)] });
      expect(engine.explain(github)).toContainEqual(
        expect.objectContaining({ masked: false, reason: 'not masked: the allow list names it' }),
      );
    });
  });
});

describe('custom rules', () => {
  it('mask the whole match, a group named secret, or words', () => {
    const engine = masking({
      packs: [],
      rules: [
        { id: 'ticket', regex: 'ACME-[0-9]{6}', kind: 'identifier' },
        { id: 'door', regex: 'door (?<secret>[0-9]{4,})', kind: 'pin', placeholder: 'stars' },
        { id: 'project', words: ['Bluebird', 'Red Fox'], kind: 'project' },
      ],
    });
    expect(masked(engine, 'ACME-123456')).toMatch(/^MASKED_IDENTIFIER_/u);
    expect(masked(engine, 'door 4711')).toBe('door ***MASKED***');
    expect(masked(engine, 'the bluebird and red fox, not bluebirds')).toMatch(
      /^the MASKED_PROJECT_\w+ and MASKED_PROJECT_\w+, not bluebirds$/u,
    );
  });

  it.each([
    ['back-reference', { regex: '(a+)-\\1' }, 'unsupported'],
    ['long look-ahead', { regex: 'a(?=bcd)' }, 'unsupported'],
    ['empty match', { regex: 'a*' }, 'matches-empty'],
    ['never matches', { regex: 'a\\bb' }, 'matches-nothing'],
    ['syntax', { regex: 'a(' }, 'syntax'],
    ['too large', { regex: '(?:abc){9000}' }, 'too-large'],
    ['holds everything', { regex: '[\\s\\S]{20,}x' }, 'holds-too-long'],
    ['explodes', { regex: 'k[ab](?:[a-z][a-z0-9]{0,3}|q[a-z]{1,4}){9}[0-9]{14}' }, 'explodes'],
    ['nothing given', {}, 'incomplete'],
    ['bad flags', { regex: 'a', flags: 'gy' }, 'incomplete'],
  ] as const)('are refused: %s', (_, rule, code) => {
    const problem = checkRule({ id: 'mine', kind: 'x', ...rule });
    expect(problem).toMatchObject({ code, rule: 'mine' });
    expect(problem?.suggestion).not.toBe('');
  });

  it('pass when they stream', () => {
    for (const regex of [
      'ACME-[0-9]{6}',
      '\\bCUST-\\d+\\b',
      '(?i:x)'.slice(0, 0) + 'proj_[a-z]+',
      '(?<![a-z])int-[0-9a-f]{8,}(?![0-9a-f])',
      'é[à-ü]+x',
      '😀[0-9]+',
    ]) {
      expect(checkRule({ id: 'mine', kind: 'x', regex }), regex).toBeNull();
    }
  });

  it('throw where they are used', () => {
    const make = (): Masking => createMasking({ ...defaults(), rules: [{ id: 'bad', regex: '(', kind: 'x' }] });
    expect(make).toThrow(MaskingError);
    expect(make).toThrow(/bad/u);
  });
});

function defaults(): Parameters<typeof createMasking>[0] {
  return {
    placeholder: 'word',
    packs: ['secrets'],
    keys: [],
    env: [],
    rules: [],
    allow: [],
    knownValues: [],
    fingerprint,
  };
}

describe('explanations', () => {
  it('say which rule acts and why not', () => {
    const engine = masking({ allow: [awsExample] });
    const text = `password: "changeme" ${awsExample} ${github} ghp_MASKED_GITHUB_0123abcd token = "MASKED_SECRET_0123abcd"`;
    const reasons = engine.explain(text).map((each) => `${each.rule} ${each.reason}`);
    expect(reasons.some((reason) => /^assigned-password not masked: it looks like/u.test(reason))).toBe(true);
    expect(reasons.some((reason) => /^aws-access-key-id not masked: the allow list/u.test(reason))).toBe(true);
    expect(reasons.some((reason) => /^github-classic masked/u.test(reason))).toBe(true);
    expect(reasons.some((reason) => /placeholder already/u.test(reason))).toBe(true);
  });
});

describe('the pack looks-like-secret', () => {
  const unknown = sketchExample('~A40', 5);
  const text = `value ${unknown} commit ${sketchExample('~h40')} key ${github} plain-words-joined-by-dashes-only`;

  it('points at what no rule knows and masks nothing', () => {
    const engine = masking({ packs: ['secrets', 'looks-like-secret'] });
    expect(engine.suspects(text).map((each) => text.slice(each.start, each.end))).toEqual([unknown]);
    expect(masked(engine, unknown)).toBe(unknown);
    expect(engine.suspects(`data:image/png;base64,${unknown}`)).toEqual([]);
  });

  it('is silent unless the policy asks', () => {
    expect(masking().suspects(text)).toEqual([]);
  });
});
