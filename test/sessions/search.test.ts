import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { logFile, openForWriting } from '../../src/sessions/database.ts';
import { indexFile } from '../../src/sessions/search-index.ts';
import { searchLog } from '../../src/sessions/search.ts';
import type { SessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, findingRecord, verdictRecord } from './records.ts';
import { clock, found, indexAll, now, openLog, page, queryOf, tell, type Told } from './search-logs.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Deletes as retention does: by SQL, in any order of tables. */
function deleteExchange(folder: string, id: string): void {
  using log = openForWriting(folder);
  log.exec('BEGIN');
  log.prepare('UPDATE chain SET exchange = NULL WHERE exchange = (SELECT seq FROM exchange WHERE id = ?)').run(id);
  log.prepare('DELETE FROM content WHERE exchange = (SELECT seq FROM exchange WHERE id = ?)').run(id);
  log.prepare('DELETE FROM exchange WHERE id = ?').run(id);
  log.exec('COMMIT');
}

/** The same before and after indexing. */
function foundEitherWay(folder: string, queries: readonly string[]): string[][] {
  const before = queries.map((query) => found(folder, query));
  indexAll(folder);
  expect(queries.map((query) => found(folder, query))).toEqual(before);
  return before;
}

async function logOf(...told: readonly Told[]): Promise<string> {
  const folder = temporaryFolder();
  const log = openLog(folder);
  for (const [i, one] of told.entries()) await tell(log, `x${i}`, one);
  log.end();
  return folder;
}

describe('what is found', () => {
  const day = 86_400_000;
  const identity = {
    program: asMasked('/usr/bin/claude'),
    pid: 4242,
    user: asMasked('ada'),
    folder: asMasked('/home/ada/code/prod-api'),
    git: { root: asMasked('/home/ada/code'), branch: asMasked('feature/search'), commit: 'abc', remote: null },
    ci: null,
  };

  let unindexed = '';
  let indexed = '';
  beforeAll(async () => {
    const told: Told[] = [
      {
        text: 'run terraform destroy now',
        body: JSON.stringify({ content: 'first\nls -la' }),
        opened: { startedAt: now - 3 * day },
        closed: { endedAt: now - 3 * day + 20_000 },
      },
      { text: 'terraform plan', identity, model: 'claude-x', closed: { usage: { input: 1_000, output: 20 } } },
      {
        text: 'get_user_name(x)',
        model: 'qwen',
        findings: [findingRecord(), findingRecord()],
        verdicts: [verdictRecord()],
      },
      {
        text: 'Café 日本語',
        opened: { session: 's9' },
        closed: { state: 'failed', status: 502, failure: 'upstream-lost', reason: asMasked('gone') },
      },
    ];
    unindexed = await logOf(...told);
    indexed = await logOf(...told);
    indexAll(indexed);
  });

  test.each<[string, string[]]>([
    ['terraform', ['x1', 'x0']],
    ['"terraform destroy"', ['x0']],
    ['"destroy terraform"', []],
    ['TERRAFORM Destroy', ['x0']],
    ['terra*', ['x1', 'x0']],
    ['"terraform des"*', ['x0']],
    ['terraform -"terraform destroy"', ['x1']],
    ['-terraform', ['x3', 'x2']],
    // Of the request: JSON's line break is none of the word's letters.
    ['"ls la"', ['x0']],
    ['nls', []],
    ['cafe', ['x3']],
    ['日本', ['x3']],
    ['本日', []],
    ['get_user_name', ['x2']],
    ['user', ['x2']],
    // Of what was held, and the person's note.
    ['"git push"', ['x2']],
    ['"not now"', ['x2']],
    // Text cannot pass for a field.
    ['"verdict denied"', []],
    ['program:claude', ['x1']],
    ['program:/usr/bin/claude', ['x1']],
    ['program:*clau*', ['x1']],
    ['folder:prod-api', ['x1']],
    ['folder:/home/ada/*', ['x1']],
    ['folder:/home', []],
    ['branch:feature/*', ['x1']],
    ['user:ada', ['x1']],
    ['pid:4242', ['x1']],
    ['rule:aws-*', ['x2']],
    ['rule:aws*id', ['x2']],
    ['rule:git-force-push', ['x2']],
    ['rule:*', ['x2']],
    ['finding:yes', ['x2']],
    ['findings:2', ['x2']],
    ['finding:no terraform', ['x1', 'x0']],
    ['verdict:denied', ['x2']],
    ['tool:bash', ['x2']],
    ['by:dialog', ['x2']],
    ['model:gpt-*', ['x3', 'x0']],
    ['model:gpt-5,claude-x', ['x3', 'x1', 'x0']],
    ['model:gpt-5* OR verdict:denied', ['x3', 'x2', 'x0']],
    ['-(model:gpt-5* OR verdict:denied)', ['x1']],
    ['client:openai', ['x3', 'x2', 'x1', 'x0']],
    ['state:failed', ['x3']],
    ['failure:upstream-lost', ['x3']],
    ['status:500..599', ['x3']],
    ['status:>200', ['x3']],
    ['tokens:>1000', ['x1']],
    ['tokens:<=33', ['x3', 'x2', 'x0']],
    ['-tokens:<=33', ['x1']],
    ['input:1000', ['x1']],
    ['duration:>10s', ['x0']],
    ['since:2d', ['x3', 'x2', 'x1']],
    ['before:2d', ['x0']],
    ['since:2d terraform', ['x1']],
    ['id:x1', ['x1']],
    ['session:s9', ['x3']],
    ['host:api.openai.com,elsewhere', ['x3', 'x2', 'x1', 'x0']],
    ['', ['x3', 'x2', 'x1', 'x0']],
  ])('%s', (query, ids) => {
    expect(found(unindexed, query)).toEqual(ids);
    expect(found(indexed, query)).toEqual(ids);
  });

  test('with the index or without, for any texts and any words', async () => {
    const word = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'beta_gamma');
    const texts = fc.array(fc.array(word, { maxLength: 5 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(texts, word, word, async (all, a, b) => {
        const folder = await logOf(...all.map((words) => ({ text: words.join(' ') })));
        const has = (words: readonly string[], wanted: string): boolean =>
          `_${words.join('_')}_`.includes(`_${wanted}_`);
        const expected = (test: (words: readonly string[]) => boolean): string[] =>
          all.flatMap((words, i) => (test(words) ? [`x${i}`] : [])).reverse();
        expect(foundEitherWay(folder, [`${a} ${b}`, `${a} OR ${b}`, `${a} -${b}`, `"${a} ${b}"`])).toEqual([
          expected((words) => has(words, a) && has(words, b)),
          expected((words) => has(words, a) || has(words, b)),
          expected((words) => has(words, a) && !has(words, b)),
          expected((words) => has(words, `${a}_${b}`)),
        ]);
      }),
      { numRuns: 25 },
    );
  });

  test('numbers of any size', async () => {
    const sizes = [0, 1, 15, 16, 17, 255, 256, 4_095, 4_096, 65_536, 1_000_000, 16_777_216, 2 ** 31, 2 ** 40];
    const folder = await logOf(...sizes.map((responseBytes) => ({ closed: { responseBytes } })));
    const between = (from: number, to: number): string[] =>
      sizes.flatMap((size, i) => (from <= size && size <= to ? [`x${i}`] : [])).reverse();
    const ranges: [number, number][] = [
      [0, 0],
      [1, 16],
      [16, 255],
      [17, 4_096],
      [100, 2_000_000],
      [65_537, 2 ** 32],
    ];
    expect(
      foundEitherWay(folder, [...ranges.map(([from, to]) => `bytes:${from}..${to}`), 'bytes:>4095', 'bytes:<16']),
    ).toEqual([
      ...ranges.map(([from, to]) => between(from, to === 2 ** 32 ? Infinity : to)),
      between(4_096, Infinity),
      between(0, 15),
    ]);
  });

  test('a hit says what it is, and where the text stands', async () => {
    const folder = await logOf({
      text: `${'before '.repeat(40)}terraform   destroy${' after'.repeat(40)}`,
      identity,
      findings: [findingRecord()],
      verdicts: [verdictRecord()],
    });
    const hit = page(folder, '"terraform destroy" rule:aws-*').hits[0];
    expect(hit).toMatchObject({
      id: 'x0',
      session: 's1',
      program: '/usr/bin/claude',
      model: 'gpt-5',
      state: 'done',
      status: 200,
      verdicts: ['denied'],
      rules: ['aws-access-key-id', 'git-force-push'],
    });
    const { where, text, marks } = hit?.snippet ?? { where: '', text: '', marks: [] };
    expect(where).toBe('text 0');
    expect(text).toMatch(/^….*before terraform destroy after.*…$/);
    expect(marks.map(([start, end]) => text.slice(start, end))).toEqual(['terraform destroy']);
    expect(page(folder, 'rule:aws-*').hits[0]?.snippet).toBeNull();
  });
});

describe('pages', () => {
  const rounds = 150;
  async function many(): Promise<string> {
    return logOf(...Array.from({ length: rounds }, (_, i) => ({ text: i % 3 === 0 ? 'fizz' : 'other' })));
  }

  function walk(folder: string, query: string, limit: number, between?: (round: number) => void): string[] {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (let round = 0; ; round++) {
      const next = page(folder, query, { limit, cursor });
      ids.push(...next.hits.map(({ id }) => id));
      if (next.cursor === null) return ids;
      cursor = next.cursor;
      between?.(round);
    }
  }

  test('one after the other they are the whole, and stay so while the log changes', async () => {
    const folder = await many();
    const all = found(folder, 'fizz');
    expect(all).toHaveLength(rounds / 3);
    expect(walk(folder, 'fizz', 7)).toEqual(all);
    indexAll(folder);
    expect(walk(folder, 'fizz', 7)).toEqual(all);
    const log = openLog(folder);
    for (let i = 0; i < 10; i++) await tell(log, `new${i}`, { text: 'fizz' });
    // The last hit of the first page, to which its cursor points, and one that is still to come.
    const changing = (round: number): void => {
      if (round === 0) for (const id of ['new3', 'x0']) deleteExchange(folder, id);
    };
    const before = found(folder, 'fizz');
    expect(walk(folder, 'fizz', 7, changing)).toEqual(before.filter((id) => id !== 'x0'));
    log.end();
  });

  test('a hit has a cursor of its own', async () => {
    const folder = await many();
    const [, second] = page(folder, 'fizz').hits;
    expect(page(folder, 'fizz', { cursor: second?.cursor ?? '' }).hits.map(({ id }) => id)).toEqual(
      found(folder, 'fizz').slice(2),
    );
    expect(() => page(folder, 'fizz', { cursor: 'No cursor' })).toThrow('Write the cursor as the page before gave it.');
  });

  test('out of time, a page says so, and the next goes on from there', async () => {
    const folder = await many();
    const all = found(folder, 'fizz');
    const ids: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    for (;;) {
      const next = page(folder, 'fizz', { cursor, timeLimit: 0 });
      ids.push(...next.hits.map(({ id }) => id));
      if (next.cursor === null) break;
      expect(next.ended).toBe('time');
      cursor = next.cursor;
      pages += 1;
    }
    expect(ids).toEqual(all);
    expect(pages).toBeGreaterThan(1);
  });
});

describe('an index that is behind the log', () => {
  test('no log at all', () => {
    expect(page(join(temporaryFolder(), 'none'), 'a')).toEqual({ hits: [], cursor: null, ended: 'log', unindexed: 0 });
  });

  test('new exchanges, and those that were open when the index came by', async () => {
    const folder = temporaryFolder();
    const log = openLog(folder);
    await tell(log, 'done', { text: 'word' });
    await tell(log, 'open', { text: 'word', open: true });
    await tell(log, 'later', { text: 'word' });
    indexAll(folder);
    await tell(log, 'new', { text: 'word' });
    expect(page(folder, 'word')).toMatchObject({ unindexed: 1 });
    expect(found(folder, 'word')).toEqual(['new', 'later', 'open', 'done']);
    expect(found(folder, 'state:open')).toEqual(['open']);
    log.pieces('open', [{ at: 2, channel: asMasked('text 0'), text: asMasked(' finally') }]);
    await log.close('open', closedRecord());
    expect(foundEitherWay(folder, ['"word finally"', 'state:open', 'word'])).toEqual([
      ['open'],
      [],
      ['new', 'later', 'open', 'done'],
    ]);
    log.end();
  });

  test('what changes after its end', async () => {
    const folder = await logOf({ text: 'word' });
    indexAll(folder);
    // As another process does that takes a slow writer for dead.
    {
      using log = openForWriting(folder);
      log.exec("UPDATE exchange SET state = 'cut'");
    }
    expect(foundEitherWay(folder, ['state:cut word', 'state:done'])).toEqual([['x0'], []]);
  });

  test('searching writes nothing', async () => {
    const folder = await logOf({ text: 'word' });
    expect(found(folder, 'word')).toEqual(['x0']);
    expect(readdirSync(folder)).toEqual(['log.db']);
    indexAll(folder);
    expect(found(folder, 'word')).toEqual(['x0']);
    expect(readdirSync(folder).sort()).toEqual(['log.db', 'search.db']);
    if (process.platform !== 'win32') expect(statSync(indexFile(folder)).mode & 0o777).toBe(0o600);
  });
});

describe('deletion', () => {
  test('deleted is not found, and its words leave the file of the index', async () => {
    const folder = await logOf({ text: 'zebrafish one' }, { text: 'quokka two' }, { text: 'wombat three' });
    indexAll(folder);
    const bytes = (): string => readFileSync(indexFile(folder), 'latin1');
    expect(bytes()).toContain('quokka');
    deleteExchange(folder, 'x1');
    expect(foundEitherWay(folder, ['quokka', 'zebrafish OR wombat'])).toEqual([[], ['x2', 'x0']]);
    expect(bytes()).not.toContain('quokka');
    expect(bytes()).toContain('wombat');
  });

  test('a number that was freed is another exchange', async () => {
    const folder = await logOf({ text: 'first' }, { text: 'second' });
    indexAll(folder);
    deleteExchange(folder, 'x1');
    const log = openLog(folder);
    await tell(log, 'again', { text: 'third', opened: { startedAt: now - 86_400_000 * 30 } });
    log.end();
    expect(foundEitherWay(folder, ['second', 'third', 'before:20d', ''])).toEqual([
      [],
      ['again'],
      ['again'],
      ['again', 'x0'],
    ]);
    deleteExchange(folder, 'again');
    indexAll(folder);
    const next = openLog(folder);
    await tell(next, 'once more', { text: 'fourth' });
    next.end();
    expect(foundEitherWay(folder, ['third', 'fourth'])).toEqual([[], ['once more']]);
  });

  test('all of it', async () => {
    const folder = await logOf({ text: 'first' }, { text: 'second' });
    indexAll(folder);
    for (const id of ['x0', 'x1']) deleteExchange(folder, id);
    expect(foundEitherWay(folder, ['first', ''])).toEqual([[], []]);
  });
});

describe('an index that cannot be used', () => {
  const damage: [string, (folder: string) => void][] = [
    ['no database', (folder) => writeFileSync(indexFile(folder), 'x'.repeat(10_000))],
    [
      'damaged pages',
      (folder) => {
        const bytes = readFileSync(indexFile(folder));
        bytes.fill(0xff, 4_096);
        writeFileSync(indexFile(folder), bytes);
      },
    ],
    [
      'another version',
      (folder) => {
        using index = new DatabaseSync(indexFile(folder));
        index.exec('PRAGMA user_version = 999');
      },
    ],
  ];
  test.each(damage)('%s: the log is searched without it, and it is made again', async (_, spoil) => {
    const folder = await logOf({ text: 'word' }, { text: 'other' });
    indexAll(folder);
    spoil(folder);
    expect(found(folder, 'word')).toEqual(['x0']);
    indexAll(folder);
    expect(page(folder, 'word')).toMatchObject({ hits: [{ id: 'x0' }], unindexed: 0 });
  });

  test('of a log that is gone', async () => {
    const folder = await logOf({ text: 'word' }, { text: 'other' });
    indexAll(folder);
    rmSync(logFile(folder));
    const log: SessionLog = openLog(folder);
    await tell(log, 'y0', { text: 'other' });
    await tell(log, 'y1', { text: 'word' });
    log.end();
    expect(foundEitherWay(folder, ['word', 'other'])).toEqual([['y1'], ['y0']]);
  });
});

test('a pattern that means too many values is refused, with what to do', async () => {
  const folder = await logOf(...Array.from({ length: 600 }, (_, i) => ({ opened: { session: `s${i}` } })));
  indexAll(folder);
  expect(() => searchLog({ folder, clock }, queryOf('session:*7*'))).toThrow('Write more of the value');
  expect(found(folder, 'session:s*')).toHaveLength(600);
  expect(found(folder, 'session:s59*')).toHaveLength(11);
});
