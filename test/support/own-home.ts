// A user with a home of their own and programs that look installed, so that nothing of this machine is touched.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

export interface OwnHome extends Disposable {
  readonly home: string;
  /** For a core: its clients are looked for there. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the home, with its folders. */
  write(name: string, text: string): string;
}

/** `programs`: names on the PATH. The process's own HOME is this one until it is disposed. */
export function ownHome(programs: readonly string[] = []): OwnHome {
  const folder = temporaryFolder();
  const home = join(folder.path, 'home');
  const bin = join(folder.path, 'bin');
  mkdirSync(home);
  mkdirSync(bin);
  for (const name of programs) {
    writeFileSync(join(bin, name), '#!/bin/sh\n');
    chmodSync(join(bin, name), 0o755);
  }
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  return {
    home,
    env: { HOME: home, SHELL: '/bin/bash', PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin` },
    write(name, text) {
      const path = join(home, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    [Symbol.dispose]() {
      process.env['HOME'] = before;
      folder.remove();
    },
  };
}

/** `127.0.0.1:PORT`, free a moment ago: for a core that will have its address again. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}
