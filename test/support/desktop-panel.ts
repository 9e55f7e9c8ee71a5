// Xfce's panel on a display and a bus of a test, with nothing in it but the place for tray icons.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestBus } from './desktop-bus.ts';
import type { TestDisplay } from './desktop-display.ts';
import { missingProgram } from './programs.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const WATCHER = 'org.kde.StatusNotifierWatcher';

export interface TestPanel {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface PanelSettings {
  /** Starts the panel; resolves when it has a place for tray icons. */
  start(): Promise<TestPanel>;
  stop(): Promise<void>;
}

const settings = '/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd';
export const missingPanel =
  missingProgram('test', '-x', settings) ??
  missingProgram('sh', '-c', 'command -v xfce4-panel && command -v xfwm4 && command -v xdotool && command -v import');

const layout = (dark: boolean): string => `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="${dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/><value type="int" value="2"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/><property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"><property name="square-icons" type="bool" value="true"/></property>
  </property>
</channel>
`;

/** The desktop around a panel: its settings, and windows that can be moved. */
export async function startPanelSettings(bus: TestBus, display: TestDisplay, dark = true): Promise<PanelSettings> {
  const home = temporaryFolder();
  const config = join(home.path, '.config');
  const channels = join(config, 'xfce4', 'xfconf', 'xfce-perchannel-xml');
  mkdirSync(channels, { recursive: true });
  writeFileSync(join(channels, 'xfce4-panel.xml'), layout(dark));
  const env = {
    ...display.env,
    DBUS_SESSION_BUS_ADDRESS: bus.address,
    HOME: home.path,
    XDG_CONFIG_HOME: config,
    XDG_CACHE_HOME: join(home.path, '.cache'),
    XDG_CURRENT_DESKTOP: 'XFCE',
    // Neither the accessibility bus nor a settings daemon of the machine.
    NO_AT_BRIDGE: '1',
    GSETTINGS_BACKEND: 'memory',
  };
  // A group of its own: the panel shows its parts in processes of their own, which end with it.
  const run = (program: string, ...args: string[]): ChildProcess =>
    spawn(program, args, { env, stdio: 'ignore', detached: true });
  const processes = [run(settings)];
  await bus.gdbus('wait', '--session', '--timeout', '20', 'org.xfce.Xfconf');
  processes.push(run('xfwm4', '--compositor=off'));
  return {
    async start() {
      const panel = run('xfce4-panel', '--disable-wm-check');
      processes.push(panel);
      await bus.gdbus('wait', '--session', '--timeout', '20', WATCHER);
      return { pid: panel.pid ?? 0, stop: () => ended(panel) };
    },
    async stop() {
      for (const each of processes.reverse()) await ended(each);
      home.remove();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await exited;
}
