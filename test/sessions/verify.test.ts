import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { canonical, digestOf, linkHash, noHash, toHex } from '../../src/sessions/proof.ts';
import { openSessionReader } from '../../src/sessions/sessions.ts';
import { verifyExport } from '../../src/sessions/verify-export.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import type { ChainedRecord } from '../../src/contract/records.ts';
import { anchorKey, clock, openLog, writeFullLog } from './full-log.ts';
import { closedRecord, openedRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A value of a row, and the number of the first record that it is part of. */
interface Cell {
  readonly table: string;
  readonly column: string;
  readonly rowid: string;
  readonly value: unknown;
  readonly n: number;
}

const tables: Readonly<Record<string, { key: string[]; record: string }>> = {
  chain: { key: ['n'], record: 'n' },
  exchange: { key: ['seq'], record: '(SELECT n FROM chain c WHERE c.exchange = t.seq)' },
  content: { key: ['exchange'], record: '(SELECT n FROM chain c WHERE c.exchange = t.exchange)' },
  finding: { key: ['exchange', 'n'], record: '(SELECT n FROM chain c WHERE c.exchange = t.exchange)' },
  verdict: { key: ['exchange', 'n'], record: '(SELECT n FROM chain c WHERE c.exchange = t.exchange)' },
  process: {
    key: ['id'],
    record: '(SELECT min(n) FROM chain c JOIN exchange e ON e.seq = c.exchange WHERE e.process = t.id)',
  },
};
const computed = new Set(['process.program', 'process.folder']);

function cellsOf(database: DatabaseSync): Cell[] {
  return Object.entries(tables).flatMap(([table, { key, record }]) => {
    const rows = database.prepare(`SELECT *, ${record} AS "record of" FROM "${table}" t`).all();
    return rows.flatMap((row) => {
      const rowid = key.map((name) => `"${name}" = ${String(row[name])}`).join(' AND ');
      return Object.entries(row)
        .filter(([column, value]) => column !== 'record of' && value !== null && !computed.has(`${table}.${column}`))
        .map(([column, value]) => ({ table, column, rowid, value, n: Number(row['record of']) }));
    });
  });
}

/** The same value with one bit changed, as SQL parameter and its SQL. */
function flipped(value: unknown, place: number, bit: number): [sql: string, value: Uint8Array | number] {
  if (typeof value === 'number') {
    if (Number.isInteger(value)) return ['?', value ^ (1 << bit)];
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setFloat64(0, value);
    bytes.setUint8(2 + (place % 6), bytes.getUint8(2 + (place % 6)) ^ (1 << bit));
    return ['?', bytes.getFloat64(0)];
  }
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array);
  const at = place % bytes.length;
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  return [typeof value === 'string' ? 'CAST(? AS TEXT)' : '?', bytes];
}

describe('a log with a record of every kind', () => {
  let folder: string;
  let records: ChainedRecord[];
  beforeAll(async () => {
    folder = join(temporaryFolder(), 'log');
    await writeFullLog(folder);
    records = [...openSessionReader({ folder, clock }).records()];
  });

  test('holds', async () => {
    expect(records.map(({ record }) => record?.kind ?? 'purged')).toEqual([
      'start',
      'exchange',
      'purged',
      'gap',
      'exchange',
      'reveal',
      'exchange',
      'anchor',
      'purge',
    ]);
    expect(await verifyLog(folder)).toEqual({
      damage: null,
      records: 9,
      exchanges: 3,
      purged: 1,
      unproven: 0,
      head: records.at(-1)?.hash,
      anchors: { signed: 1, keys: [anchorKey.publicKey], last: expect.objectContaining({ count: 7 }) as unknown },
    });
  });

  test('is hashed as docs/log.md says', () => {
    let prev = toHex(noHash);
    for (const { n, record, digest, prev: stated, hash } of records) {
      expect(stated).toBe(prev);
      if (record !== null) expect(toHex(digestOf(record))).toBe(digest);
      expect(toHex(linkHash(Buffer.from(prev, 'hex'), n, Buffer.from(digest, 'hex')))).toBe(hash);
      prev = hash;
    }
  });

  test('any bit of any column: the record is named', { timeout: 120_000 }, async () => {
    const database = new DatabaseSync(join(folder, 'log.db'));
    database.exec('PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF');
    const cells = cellsOf(database);
    expect(cells.length).toBeGreaterThan(150);
    const damageWith = async (cell: Cell, place: number, bit: number): Promise<unknown> => {
      const [sql, value] = flipped(cell.value, place, bit);
      const set = `UPDATE "${cell.table}" SET "${cell.column}" = ${sql} WHERE ${cell.rowid}`;
      database.exec('BEGIN');
      // Its own key may be taken by another row, which then would not be a changed byte but a lost row.
      try {
        database.prepare(set).run(value);
      } catch {
        database.exec('ROLLBACK');
        return cell.n;
      }
      database.exec('COMMIT');
      const { damage } = await verifyLog(folder);
      const isKey = tables[cell.table]?.key.includes(cell.column) === true;
      const where = isKey
        ? cell.rowid.replace(`"${cell.column}" = ${String(cell.value)}`, `"${cell.column}" = ${String(value)}`)
        : cell.rowid;
      const restore = typeof cell.value === 'string' ? 'CAST(? AS TEXT)' : '?';
      const before = typeof cell.value === 'string' ? Buffer.from(cell.value) : (cell.value as number | Uint8Array);
      database.prepare(`UPDATE "${cell.table}" SET "${cell.column}" = ${restore} WHERE ${where}`).run(before);
      return damage?.n;
    };
    // Every column of every row once, then wherever chance leads.
    for (const [i, cell] of cells.entries())
      expect([cell.table, cell.column, cell.rowid, await damageWith(cell, i, i % 7)]).toEqual([
        cell.table,
        cell.column,
        cell.rowid,
        cell.n,
      ]);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cells), fc.nat(), fc.nat(7), async (cell, place, bit) => {
        expect([cell.table, cell.column, cell.rowid, await damageWith(cell, place, bit)]).toEqual([
          cell.table,
          cell.column,
          cell.rowid,
          cell.n,
        ]);
      }),
      { numRuns: 400 },
    );
    database.close();
    expect((await verifyLog(folder)).damage).toBeNull();
  });

  const changed = async (sql: string, undo: string): Promise<unknown> => {
    const database = new DatabaseSync(join(folder, 'log.db'));
    database.exec(sql);
    const { damage } = await verifyLog(folder);
    database.exec(undo);
    database.close();
    return damage;
  };

  test('rows that somebody added or took away', async () => {
    expect(
      await changed(
        "INSERT INTO content (exchange, request_body) VALUES (99, 'x')",
        'DELETE FROM content WHERE exchange = 99',
      ),
    ).toMatchObject({ table: 'content', row: 99 });
    expect(
      await changed(
        "INSERT INTO exchange SELECT 99, 'new', session, writer, state, started_at, ended_at, via, method, scheme, host, port, path, http_version, dialect, client, policy, process, model, request_bytes, request_truncated, status, head_after, first_byte_after, response_bytes, input_tokens, output_tokens, failure, reason FROM exchange LIMIT 1",
        'DELETE FROM exchange WHERE seq = 99',
      ),
    ).toMatchObject({ table: 'exchange', row: 99, exchange: 'new' });
    expect(
      await changed(
        'CREATE TABLE kept AS SELECT * FROM finding; DELETE FROM finding',
        'INSERT INTO finding SELECT * FROM kept; DROP TABLE kept',
      ),
    ).toMatchObject({ n: 2, exchange: 'stream' });
    // Taken out of the chain without a purge that says so.
    expect(
      await changed('UPDATE chain SET exchange = NULL WHERE n = 5', 'UPDATE chain SET exchange = 3 WHERE n = 5'),
    ).toMatchObject({ n: 5, what: 'its content was deleted and no purge says so' });
  });

  const lines = () => records.map((record) => JSON.stringify(record));
  const verifyLines = (texts: readonly string[]) =>
    verifyExport(
      (async function* () {
        yield* await Promise.resolve(texts);
      })(),
    );

  test('an export holds without the log', async () => {
    expect(await verifyLines(lines())).toMatchObject({
      damage: null,
      records: 9,
      exchanges: 3,
      purged: 1,
      missing: 0,
      head: records.at(-1)?.hash,
      anchors: { signed: 1, keys: [anchorKey.publicKey] },
    });
    // A part of it, with another order of keys.
    const part = records
      .filter(({ n }) => n === 2 || n === 5)
      .map(({ n, hash, prev, record }) => JSON.stringify({ hash, record, prev, n }));
    expect(await verifyLines(part)).toMatchObject({ damage: null, records: 2, missing: 2, first: 2, last: 5 });
    expect(await verifyLines(['{"record":{"kind":"gap"}}'])).toMatchObject({ damage: null, records: 0, unproven: 1 });
  });

  test('any changed character of an export is found at its line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.nat(), fc.integer({ min: 33, max: 126 }), async (line, place, code) => {
        const texts = lines();
        const text = texts[line] ?? '';
        const at = place % text.length;
        const other = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
        // "\u001B" is the same text as "\u001b", and a member that is null may have any name.
        let same: boolean;
        try {
          same = canonical(JSON.parse(other) as object) === canonical(JSON.parse(text) as object);
        } catch {
          same = false;
        }
        fc.pre(!same);
        texts[line] = other;
        expect((await verifyLines(texts)).damage?.line).toBe(line + 1);
      }),
      { numRuns: 500 },
    );
  });

  test('lines that were taken out, put elsewhere, or are none', async () => {
    const texts = lines();
    expect(await verifyLines([...texts.slice(0, 3), ...texts.slice(4)])).toMatchObject({ damage: null, missing: 1 });
    expect((await verifyLines([...texts.slice(0, 4), ...texts.slice(2)])).damage).toMatchObject({ line: 5 });
    expect((await verifyLines(['[]'])).damage).toMatchObject({ line: 1 });
    expect((await verifyLines(['{'])).damage).toMatchObject({ line: 1 });
  });
});

describe('the chain', () => {
  test('is one line, also when several write', async () => {
    const folder = join(temporaryFolder(), 'log');
    const logs = [openLog(folder), openLog(folder), openLog(folder)];
    await Promise.all(
      logs.map(async (log, writer) => {
        for (let i = 0; i < 20; i++) {
          const id = `${writer}-${i}`;
          log.open(openedRecord({ id }));
          if (i % 3 === 0) log.flush();
          log.pieces(id, [{ at: i, channel: asMasked('t'), text: asMasked(id) }]);
          await log.close(id, closedRecord());
        }
      }),
    );
    for (const log of logs) log.end();
    expect(await verifyLog(folder)).toMatchObject({ damage: null, exchanges: 60 });
  });

  test('an exchange whose writer was taken for dead is recorded again when it ends', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openLog(folder);
    log.open(openedRecord());
    log.pieces('x1', [{ at: 1, channel: asMasked('t'), text: asMasked('a') }]);
    log.flush();
    const database = new DatabaseSync(join(folder, 'log.db'));
    database.exec("UPDATE writer SET started = 'another boot', seen_at = 0");
    database.close();
    openLog(folder).end();
    expect(openSessionReader({ folder, clock }).exchange('x1')?.state).toBe('cut');
    log.pieces('x1', [{ at: 2, channel: asMasked('t'), text: asMasked('b') }]);
    log.flush();
    expect((await verifyLog(folder)).damage).toBeNull();
    await log.close('x1', closedRecord());
    log.end();
    expect(openSessionReader({ folder, clock }).exchange('x1')).toMatchObject({
      state: 'done',
      channels: [{ text: 'ab', times: [1, 2] }],
    });
    expect(await verifyLog(folder)).toMatchObject({ damage: null, exchanges: 1, purged: 1 });
  });

  test('an anchor comes after a thousand records', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openLog(folder);
    for (let i = 0; i < 1_200; i++) {
      log.open(openedRecord({ id: String(i) }));
      void log.close(String(i), closedRecord());
      if (i % 500 === 0) log.flush();
    }
    log.flush();
    expect(await verifyLog(folder)).toMatchObject({ damage: null, anchors: { signed: 1 } });
    log.end();
    expect(await verifyLog(folder)).toMatchObject({ damage: null, anchors: { signed: 2 } });
  });

  test('a page of the file that is overwritten: the first record on it is named', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openLog(folder);
    for (let i = 0; i < 50; i++) {
      log.open(openedRecord({ id: `x${i}` }));
      log.pieces(`x${i}`, [{ at: 1, channel: asMasked('t'), text: asMasked(`here is ${i}. `.repeat(300)) }]);
      await log.close(`x${i}`, closedRecord());
    }
    log.end();
    const file = join(folder, 'log.db');
    const bytes = readFileSync(file);
    const page = Math.floor(bytes.indexOf('here is 30. ') / 8_192);
    for (const filling of [0, 0x5a, 0xff]) {
      const damaged = Buffer.from(bytes);
      damaged.fill(filling, page * 8_192, (page + 1) * 8_192);
      writeFileSync(file, damaged);
      const { damage } = await verifyLog(folder);
      // The first record is the start; an exchange or two lie on a page.
      expect(damage?.n).toBeGreaterThanOrEqual(31);
      expect(damage?.n).toBeLessThanOrEqual(32);
    }
  });

  test('no log is a good log', async () => {
    expect(await verifyLog(join(temporaryFolder(), 'none'))).toMatchObject({ damage: null, records: 0, head: null });
  });
});
