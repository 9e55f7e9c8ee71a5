// The preload in a stand-in for the sandbox: what it puts into the page, and what it passes on.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { connectChannel, portChannel } from '../../electron/bridge.ts';

const file = fileURLToPath(new URL('../../electron/preload.ts', import.meta.url));

test('the page gets one function, and a port only as a message of its own origin', async () => {
  const exposed: [string, Record<string, () => void>][] = [];
  const sent: unknown[][] = [];
  const listeners = new Map<string, (event: { ports: unknown[] }) => void>();
  const posted: unknown[][] = [];
  vi.doMock('electron', () => ({
    contextBridge: { exposeInMainWorld: (name: string, api: Record<string, () => void>) => exposed.push([name, api]) },
    ipcRenderer: {
      on: (channel: string, listener: (event: { ports: unknown[] }) => void) => listeners.set(channel, listener),
      send: (...words: unknown[]) => sent.push(words),
    },
  }));
  vi.stubGlobal('window', { postMessage: (...words: unknown[]) => posted.push(words) });
  vi.stubGlobal('location', { origin: 'app://scrim' });
  try {
    await import('../../electron/preload.ts');
    expect(exposed.map(([name, api]) => [name, Object.keys(api)])).toEqual([['scrim', ['connect']]]);
    // Whatever the page passes does not reach the main process.
    (exposed[0]?.[1]['connect'] as (...words: unknown[]) => void)('stop', { type: 'shell' });
    expect(sent).toEqual([[connectChannel]]);
    expect([...listeners.keys()]).toEqual([portChannel]);
    const port = {};
    listeners.get(portChannel)?.({ ports: [port] });
    expect(posted).toEqual([['scrim:port', 'app://scrim', [port]]]);
  } finally {
    vi.unstubAllGlobals();
    vi.doUnmock('electron');
  }
});

test('it loads nothing but Electron, which is all that the sandbox has', () => {
  const imported = [...readFileSync(file, 'utf8').matchAll(/from '(.*)'/g)].map(([, from]) => from);
  expect(imported).toEqual(['electron']);
});
