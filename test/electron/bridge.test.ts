import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { connectChannel, openBridge, portChannel } from '../../electron/bridge.ts';
import { BrowserWindow, fake, ipcMain, MessageChannelMain } from '../support/fake-electron.ts';
import { FakeFrame } from '../support/fake-electron-windows.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: true });

function bridge() {
  const own = new BrowserWindow();
  own.webContents.mainFrame.url = 'app://scrim/index.html#/live';
  const reports: string[] = [];
  let runs = true;
  let ports = 0;
  const opened = openBridge({
    isOurs: (contents) => (contents as unknown) === own.webContents,
    connect() {
      if (!runs) return undefined;
      ports++;
      return new MessageChannelMain().port2 as never;
    },
    report: (sentence) => void reports.push(sentence),
  });
  const page = own.webContents;
  return {
    ...opened,
    page,
    reports,
    ask: (event: object = {}, ...words: unknown[]) =>
      ipcMain.receive(connectChannel, { sender: page, senderFrame: page.mainFrame, ...event }, ...words),
    ports: () => ports,
    setRunning: (is: boolean) => (runs = is),
  };
}

test('our page gets a port to the core, and nobody but it', () => {
  const { ask, page } = bridge();
  ask();
  expect(page.mainFrame.posted).toEqual([{ channel: portChannel, message: null, ports: [fake.ports[1]] }]);
});

describe('refused, and told once', () => {
  const frame = (url: string, parent: FakeFrame | null = null): FakeFrame =>
    Object.assign(new FakeFrame(), { url, parent });

  test.each<[string, object, unknown[]]>([
    ['a page that is not one of our windows', { sender: new EventEmitter() }, []],
    ['a frame inside our page', { senderFrame: frame('app://scrim/index.html', frame('app://scrim/index.html')) }, []],
    ['our window on somebody else’s page', { senderFrame: frame('https://example.com/') }, []],
    ['an address that only looks like ours', { senderFrame: frame('app://scrim.example/index.html') }, []],
    ['a file', { senderFrame: frame('file:///opt/scrim/index.html') }, []],
    ['a frame that has gone', { senderFrame: null }, []],
    ['a message of another shape', {}, ['shell']],
    ['a message with something in it', {}, [{ type: 'stop' }]],
  ])('%s', (_, event, words) => {
    const { ask, page, ports, reports } = bridge();
    ask(event, ...words);
    ask(event, ...words);
    expect([ports(), page.mainFrame.posted, reports.length]).toEqual([0, [], 1]);
    expect(reports[0]).toMatch(/it got nothing\.$/);
  });
});

test('a page that asks while the core is down gets its port when it runs', () => {
  const { ask, page, reconnect, setRunning } = bridge();
  setRunning(false);
  ask();
  expect(page.mainFrame.posted).toEqual([]);
  setRunning(true);
  reconnect();
  expect(page.mainFrame.posted).toHaveLength(1);
  expect(page.reloads).toBe(0);
});

test('a page whose port died with the core, and that has not asked again, is loaded anew', () => {
  const { ask, page, reconnect } = bridge();
  ask();
  reconnect();
  expect([page.reloads, page.mainFrame.posted.length]).toEqual([1, 1]);
  // After it has loaded it asks.
  ask();
  expect(page.mainFrame.posted).toHaveLength(2);
});

test('a page that noticed by itself keeps what is in it', () => {
  const { ask, page, reconnect, setRunning } = bridge();
  ask();
  setRunning(false);
  ask();
  setRunning(true);
  reconnect();
  expect([page.reloads, page.mainFrame.posted.length]).toEqual([0, 2]);
});

test('a page that is gone, or elsewhere, gets nothing more', () => {
  const { ask, page, reconnect } = bridge();
  ask();
  page.mainFrame.url = 'https://example.com/';
  reconnect();
  expect([page.reloads, page.mainFrame.posted.length]).toEqual([0, 1]);
});

test('closed: nobody is listened to', () => {
  const { ask, close, page } = bridge();
  close();
  ask();
  expect(page.mainFrame.posted).toEqual([]);
});
