import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRow } from '../../src/identity/linux-sockets.ts';
import { parseStat } from '../../src/identity/linux.ts';

// As a little-endian machine writes it, which all supported ones are.
const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, remote: string, { state = '01', uid = 1000, inode = 4711 } = {}) =>
  `   3: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 ${inode} 1 0000 20 4 30 10 -1`;
const table = (...rows: string[]) => [head, ...rows, ''].join('\n');
const peer = { address: '127.0.0.1', port: 40000, localPort: 8080 };
const client = '0100007F:9C40';
const server = '0100007F:1F90';

describe('the row of a client in the table of sockets', () => {
  it('is found between others, in either direction', () => {
    const others = [row(server, client, { inode: 1 }), row(client, '0100007F:1F91', { inode: 2 })];
    expect(findRow(table(...others, row(client, server)), peer)).toEqual({ inode: '4711', uid: 1000 });
    expect(findRow(table(...others), peer)).toBeUndefined();
  });

  it('is found by an address of IPv6, plain or mapped', () => {
    const local = '00000000000000000000000001000000:9C40';
    const mapped = '0000000000000000FFFF00000100007F:9C40';
    const far = 'B80D0120000000000000000001000000:9C40';
    expect(findRow(table(row(local, server)), { ...peer, address: '::1' })).toBeDefined();
    expect(findRow(table(row(mapped, server)), peer)).toBeDefined();
    expect(findRow(table(row(client, server)), { ...peer, address: '::ffff:127.0.0.1' })).toBeDefined();
    expect(findRow(table(row(far, server)), { ...peer, address: '2001:db8::1' })).toBeDefined();
    expect(findRow(table(row(local, server)), peer)).toBeUndefined();
  });

  it('does not count when it is closed, or when two fit', () => {
    expect(findRow(table(row(client, server, { state: '05', inode: 0, uid: 0 })), peer)).toBeUndefined();
    expect(findRow(table(row(client, server), row(client, '0200007F:1F90', { inode: 5 })), peer)).toBeUndefined();
  });

  it('is not made up from anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, address) => {
        expect(findRow(text, { ...peer, address })).toBeUndefined();
      }),
    );
  });
});

describe('the state of a process', () => {
  it('is read whatever the process calls itself', () => {
    const after = 'S 12 13 14 34816 13 4194304 1 2 3 4 5 6 7 8 20 0 1 0 987654 0 0';
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const expected = { pid: 42, name, parent: 12, session: 14, terminal: 34816, startTime: '987654' };
        expect(parseStat(`42 (${name}) ${after}`)).toEqual(expected);
      }),
      { examples: [[') S 1 1 1'], ['((sd-pam)'], ['a\nb']] },
    );
  });

  it('is nothing when it is cut', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseStat(text)).toBeUndefined();
      }),
    );
  });
});
