// An X display of its own without a screen, and hands to use it: Xvfb, xdotool, ImageMagick.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export interface TestWindow {
  readonly id: string;
  readonly pid: string;
}

export interface TestDisplay {
  /** The environment of programs that shall appear on it. */
  readonly env: Record<string, string | undefined>;
  /** The window with that name, as soon as it is drawn, of another program than the one before. */
  window(name: string, before?: TestWindow): Promise<TestWindow>;
  /** Resolves when no such window is there any more. */
  gone(name: string): Promise<void>;
  keys(window: TestWindow, ...keys: string[]): Promise<void>;
  /** Presses what lies at this distance from the window's right and lower edge. */
  click(window: TestWindow, fromRight: number, fromBottom: number): Promise<void>;
  /** Presses a place of the display: 1 is the left button, 3 the right one. */
  press(x: number, y: number, button: 1 | 3): Promise<void>;
  /** Keys for whoever has the keyboard, such as an open menu. */
  type(...keys: string[]): Promise<void>;
  /** Its pixels, three bytes each: red, green, blue. */
  pixels(x: number, y: number, width: number, height: number): Promise<Buffer>;
  /** A PNG of all of it. */
  shoot(file: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startDisplay(): Promise<TestDisplay> {
  // Without -noreset it starts anew when its last client leaves, and who comes in that moment is thrown out.
  const options = ['-displayfd', '1', '-noreset', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const server = spawn('Xvfb', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [number] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const env = { ...process.env, DISPLAY: `:${number}`, WAYLAND_DISPLAY: undefined, GDK_BACKEND: 'x11' };
  const run = async (file: string, ...args: string[]): Promise<string> =>
    (await promisify(execFile)(file, args, { env })).stdout.trim();
  const find = (name: string): Promise<string> =>
    run('xdotool', 'search', '--onlyvisible', '--name', name).catch(() => '');
  return {
    env,
    async window(name, before) {
      for (;;) {
        const [id = ''] = (await find(name)).split('\n');
        // It may have gone since. Drawn, when two looks at it are the same: it takes no keys before.
        const pid = id === '' ? '' : await run('xdotool', 'getwindowpid', id).catch(() => '');
        if (pid !== '' && pid !== before?.pid && (await isStill(run, id))) return { id, pid };
      }
    },
    async gone(name) {
      while ((await find(name)) !== '');
    },
    async keys({ id }, ...keys) {
      await run('xdotool', 'windowfocus', id);
      // The focus is drawn, too.
      while (!(await isStill(run, id)));
      await run('xdotool', 'key', '--delay', '100', ...keys);
    },
    async click({ id }, fromRight, fromBottom) {
      const shape = await run('xdotool', 'getwindowgeometry', '--shell', id);
      const size = (name: string): number => Number(new RegExp(`^${name}=(\\d+)`, 'm').exec(shape)?.[1]);
      const place = [size('WIDTH') - fromRight, size('HEIGHT') - fromBottom].map(String);
      await run('xdotool', 'mousemove', '--window', id, ...place, 'click', '1');
    },
    async press(x, y, button) {
      await run('xdotool', 'mousemove', String(x), String(y), 'click', String(button));
    },
    async type(...keys) {
      await run('xdotool', 'key', '--delay', '100', ...keys);
    },
    async pixels(x, y, width, height) {
      const crop = ['-crop', `${width}x${height}+${x}+${y}`, '-depth', '8', 'rgb:-'];
      return (await promisify(execFile)('import', ['-window', 'root', ...crop], { env, encoding: 'buffer' })).stdout;
    },
    async shoot(file) {
      await run('import', '-window', 'root', file);
    },
    async stop() {
      server.kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    },
  };
}

async function isStill(run: (file: string, ...args: string[]) => Promise<string>, window: string): Promise<boolean> {
  const look = (): Promise<string> =>
    run('import', '-window', window, '-depth', '8', '-format', '%# %k', 'info:-').catch(() => '');
  const first = await look();
  const second = await look();
  // One colour only: nothing is drawn yet.
  return first !== '' && first === second && !first.endsWith(' 1');
}
