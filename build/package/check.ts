// npm run package:check: packs for Linux with a stand-in for Electron, makes a real .deb and a real npm tarball, installs both, and
// says line by line what it found. Downloads no Electron and leaves nothing behind. Needs Linux; what it lacks it says.

import { spawnSync } from 'node:child_process';
import { mkdtemp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import { checkApp } from './check-app.ts';
import { checkDeb } from './check-deb.ts';
import { checkHeadless } from './check-headless.ts';
import { tell, type Line, type Report } from './findings.ts';
import { appImageDesktopFile, electronVersion, pack, type PackRequest } from './packing.ts';
import { appEntries, headlessEntries, root, stageHeadless } from './staging.ts';
import { makeElectron, makeFpm } from './stand-in.ts';

export interface CheckRequest {
  /** The folder of the bundles. */
  readonly build: string;
  /** A folder of ours for everything that is made. */
  readonly work: string;
  /** Only tests of the checks change anything. */
  readonly change?: (configuration: Configuration) => Configuration;
}

const sevenZip = '/usr/bin/7za';

/** Packs the desktop app and looks into it. */
export async function checkDesktop({ build, work, change }: CheckRequest, report: Report): Promise<void> {
  const hasSevenZip = (await stat(sevenZip).catch(() => undefined)) !== undefined;
  const hasDpkg = spawnSync('dpkg-deb', ['--version']).error === undefined;
  process.env['ELECTRON_BUILDER_7ZIP_PATH'] = sevenZip;
  process.env['CUSTOM_FPM_PATH'] = await makeFpm(work);
  const output = join(work, 'packages');
  const request: PackRequest = {
    build,
    output,
    platform: 'linux',
    targets: hasSevenZip && hasDpkg ? ['dir', 'deb'] : ['dir'],
    electronDist: await makeElectron(work, await electronVersion()),
    ...(change === undefined ? {} : { change }),
    tell: (text) => report({ state: 'note', text }),
  };
  await pack(request);
  report({ state: 'ok', text: 'electron-builder takes the configuration and packs for Linux' });
  const folder = join(output, process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked');
  await checkApp({ folder, version: await version() }, report);

  const deb = (await readdir(output)).find((name) => name.endsWith('.deb'));
  if (deb !== undefined) {
    await mkdir(join(work, 'deb'));
    checkDeb(join(output, deb), join(work, 'deb'), report);
  } else {
    const lacking = [hasSevenZip ? '' : `${sevenZip} (p7zip-full)`, hasDpkg ? '' : 'dpkg-deb'].filter(Boolean);
    report({ state: 'skipped', text: `deb: ${lacking.join(' and ')} is not there` });
  }
  // SECURITY: electron-builder's older AppImage says --no-sandbox to everybody.
  const entry = await appImageDesktopFile(request, folder);
  const started = /^Exec=AppRun %U$/m.test(entry) && entry.includes('\nMimeType=x-scheme-handler/scrim;\n');
  tell(report, 'AppImage: its desktop file keeps the sandbox on and opens scrim://', started ? [] : [`it is ${entry}`]);
  report({
    state: 'note',
    text: 'AppImage, dmg, nsis, portable: made and started on their own systems (.github/workflows/build.yml)',
  });
}

async function version(): Promise<string> {
  return (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Builds what is missing, or older than what it is made from. */
async function buildFresh(): Promise<void> {
  const changedAt = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
  const sources = ['src', 'electron', 'renderer', 'build/icons'].map((folder) => join(root, folder));
  const files = await Promise.all(
    sources.map(async (folder) => (await readdir(folder, { recursive: true })).map((name) => join(folder, name))),
  );
  const newest = Math.max(...(await Promise.all([join(root, 'package.json'), ...files.flat()].map(changedAt))));
  const oldest = Math.min(
    ...(await Promise.all([...appEntries, ...headlessEntries].map((entry) => changedAt(join(root, 'dist', entry))))),
  );
  if (oldest > newest) return;
  process.stdout.write('Building first: the bundles are missing or older than the sources.\n');
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}\n${stderr}\n`);
  throw new Error('npm run build failed; see above.');
}

if (import.meta.main) {
  if (process.platform !== 'linux')
    throw new Error('npm run package:check needs Linux; here, npm run package makes the real packages.');
  const started = performance.now();
  const work = await mkdtemp(join(tmpdir(), 'scrim-package-'));
  const count = { ok: 0, failed: 0, skipped: 0, note: 0 };
  const report = ({ state, text }: Line): void => {
    count[state] += 1;
    process.stdout.write(`${state.padEnd(8)}${text}\n`);
  };
  try {
    await buildFresh();
    const build = join(root, 'dist');
    await checkDesktop({ build, work }, report);
    const npm = join(work, 'npm');
    await stageHeadless(build, join(npm, 'package'));
    await checkHeadless(join(npm, 'package'), await version(), npm, report);
  } catch (error) {
    report({ state: 'failed', text: error instanceof Error ? error.message : String(error) });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stdout.write(`${count.ok} checked, ${count.failed} failed, ${count.skipped} skipped; ${seconds} s\n`);
  // Where everything is promised to be there (.ci/run), what was skipped was not checked.
  const incomplete = process.env['SCRIM_CI'] !== undefined && count.skipped > 0;
  process.exitCode = count.failed === 0 && !incomplete ? 0 : 1;
}
