// A D-Bus session bus of its own, without activation, so that nothing but what a test starts answers on it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createInterface } from 'node:readline';
import { temporaryFolder } from './temporary-folder.ts';

export interface TestBus {
  readonly address: string;
  /** `gdbus` as another process of the same user. */
  gdbus(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

const config = (
  folder: string,
): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

export async function startBus(): Promise<TestBus> {
  const folder = temporaryFolder();
  const file = join(folder.path, 'bus.conf');
  writeFileSync(file, config(folder.path));
  const daemon = spawn('dbus-daemon', [`--config-file=${file}`, '--nofork', '--print-address=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [address] = (await once(createInterface({ input: daemon.stdout }), 'line')) as [string];
  return {
    address,
    async gdbus(...args) {
      const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: address };
      const { stdout } = await promisify(execFile)('gdbus', args, { env });
      return stdout;
    },
    async stop() {
      if (daemon.exitCode === null && daemon.signalCode === null) {
        daemon.kill();
        await once(daemon, 'exit');
      }
      folder.remove();
    },
  };
}
