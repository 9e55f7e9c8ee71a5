// Sample output, written from the manuals: neither adapter has been run on its system.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLsof, parsePs } from '../../src/identity/macos.ts';
import { parseNetstat, parseProcesses } from '../../src/identity/windows.ts';

const peer = { address: '127.0.0.1', port: 51234, localPort: 8080 };

describe('macOS', () => {
  const lsof = [
    'p501', 'Lroot', 'f12', 'n127.0.0.1:8080->127.0.0.1:51234',
    'p777', 'Lanna', 'f20', 'n127.0.0.1:51200->127.0.0.1:8080', 'f21', 'n127.0.0.1:51234->127.0.0.1:8080',
    'p778', 'Lanna', 'f5', 'n[::1]:51234->[::1]:8080', '',
  ].join('\n'); // prettier-ignore

  it('lsof: the process that holds the end of the client', () => {
    expect(parseLsof(lsof, peer)).toEqual({ pid: 777, user: 'anna' });
    expect(parseLsof(lsof, { ...peer, address: '::1' })).toEqual({ pid: 778, user: 'anna' });
    expect(parseLsof(lsof, { ...peer, address: '::ffff:127.0.0.1' })).toEqual({ pid: 777, user: 'anna' });
    expect(parseLsof(lsof, { ...peer, port: 8080, localPort: 1 })).toEqual({ pid: null, user: null });
  });

  it('ps: paths with spaces, processes with and without a terminal', () => {
    const rows = parsePs(
      '  777   1 ??       anna     Fri Nov 20 12:55:27 2026     /Applications/My Editor.app/Contents/MacOS/Editor\n' +
        '12345 777 ttys003  anna     Mon Nov  2 02:05:07 2026     -zsh\nwhatever\n',
    );
    expect(rows.get(777)).toEqual({
      pid: 777,
      parent: 1,
      terminal: false,
      user: 'anna',
      startTime: 'Fri Nov 20 12:55:27 2026',
      executable: '/Applications/My Editor.app/Contents/MacOS/Editor',
    });
    expect(rows.get(12345)).toMatchObject({ parent: 777, terminal: true, executable: '-zsh' });
    expect(rows.size).toBe(2);
  });
});

describe('Windows', () => {
  it('netstat: the process of the client, in any language', () => {
    const output = [
      '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
      '  TCP    127.0.0.1:8080         127.0.0.1:51234        HERGESTELLT      900',
      '  TCP    127.0.0.1:51234        127.0.0.1:8080         HERGESTELLT      4242',
      '  TCP    [::1]:51234            [::1]:8080             ESTABLISHED      4243',
      '  TCP    127.0.0.1:50000        127.0.0.1:8080         TIME_WAIT        0',
    ].join('\r\n');
    expect(parseNetstat(output, peer)).toEqual({ pid: 4242, user: null });
    expect(parseNetstat(output, { ...peer, address: '::1' })).toEqual({ pid: 4243, user: null });
    expect(parseNetstat(output, { ...peer, port: 50000 })).toEqual({ pid: null, user: null });
  });

  it('PowerShell: one process or many', () => {
    const node = {
      pid: 4242,
      parent: 10,
      name: 'node.exe',
      executable: 'C:\\Program Files\\nodejs\\node.exe',
      started: '134086785271234567',
      line: '"C:\\Program Files\\nodejs\\node.exe" C:\\npm\\cli.js --flag',
    };
    const idle = { pid: 0, parent: 0, name: 'System Idle Process', executable: null, started: '0', line: null };
    const rows = parseProcesses(JSON.stringify([idle, node]));
    expect(rows.get(4242)).toMatchObject({
      parent: 10,
      startTime: node.started,
      argv: ['C:\\Program Files\\nodejs\\node.exe', 'C:\\npm\\cli.js', '--flag'],
    });
    expect(rows.get(0)).toMatchObject({ executable: null, argv: [] });
    expect(parseProcesses(JSON.stringify(node)).get(4242)?.name).toBe('node.exe');
  });
});

describe('output of another form', () => {
  it('is nothing, and no error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseLsof(text, peer).pid ?? parseNetstat(text, peer).pid).toBeNull();
        expect([parsePs(text).size, parseProcesses(text).size]).toEqual([0, 0]);
      }),
    );
  });
});
