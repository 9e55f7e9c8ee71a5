// What must be true of the Debian package: it is really installed into an empty folder, looked at, and purged without a trace.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { tell, type Report } from './findings.ts';
import { executableName } from './staging.ts';

/** @param work an empty folder of ours */
export function checkDeb(deb: string, work: string, report: Report): void {
  checkControl(deb, work, report);
  checkModes(deb, report);
  const root = join(work, 'root');
  const admin = join(work, 'admin');
  for (const folder of [root, join(admin, 'updates'), join(admin, 'info')]) mkdirSync(folder, { recursive: true });
  for (const file of ['status', 'available']) writeFileSync(join(admin, file), '');

  // Scripts run here, told by DPKG_ROOT that the system is the folder; what the package needs is not installed in it.
  const dpkg = (...words: readonly string[]): string[] => {
    const { status, stderr } = spawnSync(
      'dpkg',
      [`--instdir=${root}`, `--admindir=${admin}`, `--log=${join(work, 'log')}`, '--force-script-chrootless'].concat(
        ['--force-not-root', '--force-depends', '--force-bad-path'],
        words,
      ),
      { encoding: 'utf8', env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } },
    );
    return status === 0 ? [] : [stderr.trim().split('\n').at(-1) ?? 'dpkg failed'];
  };

  tell(report, 'deb: dpkg installs it into an empty folder', dpkg('--install', deb));
  checkInstalled(root, report);
  checkDesktopFile(join(root, `usr/share/applications/${executableName}.desktop`), report);
  tell(report, 'deb: dpkg purges it', dpkg('--purge', 'scrim'));
  const left = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  tell(
    report,
    'deb: nothing is left after the purge',
    left.map((path) => `/${path} is left`),
  );
}

function checkControl(deb: string, work: string, report: Report): void {
  const control = join(work, 'control');
  spawnSync('dpkg-deb', ['--control', deb, control]);
  const text = readFileSync(join(control, 'control'), 'utf8');
  const wanted = [
    /^Package: scrim$/m,
    /^Version: \d/m,
    /^Architecture: (?:amd64|arm64)$/m,
    /^Maintainer: .+ <.+@.+>$/m,
  ].concat([/^Depends: .*libgtk-3-0.*libnss3/m, /^Section: devel$/m, /^Homepage: https:/m, /^Description: \S.*\n \S/m]);
  tell(
    report,
    'deb: control names package, version, dependencies and maintainer',
    wanted.filter((pattern) => !pattern.test(text)).map((pattern) => `no ${pattern.source}`),
  );
  const scripts = ['postinst', 'postrm'].map((name) => join(control, name));
  lint(report, 'deb: maintainer scripts pass shellcheck', 'shellcheck', ['--format=gcc', ...scripts]);
}

/** The archive itself: owned by root, nothing setuid (postinst decides that), nothing that others may write. */
function checkModes(deb: string, report: Report): void {
  const { stdout } = spawnSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8', maxBuffer: 64 << 20 });
  const lines = stdout.trim().split('\n');
  const bad = lines.filter((line) => !/^\S+ root\/root /.test(line) || /^.{3}s|^.{6}s|^-.{7}w|^d.{7}w/.test(line));
  tell(report, `deb: ${lines.length} entries belong to root, none setuid or writable by others`, bad);
}

function checkInstalled(root: string, report: Report): void {
  const icons = [16, 32, 48, 128, 256, 512].map(
    (size) => `usr/share/icons/hicolor/${size}x${size}/apps/${executableName}.png`,
  );
  const files = [
    'usr/bin/scrim',
    `usr/bin/${executableName}`,
    `opt/Scrim/${executableName}`,
    'opt/Scrim/resources/app.asar',
  ].concat(['opt/Scrim/resources/apparmor-profile', 'opt/Scrim/resources/headless/scrim'], icons);
  const missing = files.filter((path) => statSync(join(root, path), { throwIfNoEntry: false }) === undefined);
  tell(
    report,
    `deb: commands, app and ${icons.length} sizes of its icon are installed`,
    missing.map((path) => `no /${path}`),
  );
  const sandbox = statSync(join(root, 'opt/Scrim/chrome-sandbox'), { throwIfNoEntry: false });
  const mode = ((sandbox?.mode ?? 0) & 0o7777).toString(8);
  tell(
    report,
    'deb: the setuid sandbox is set up where namespaces cannot be tried',
    mode === '4755' ? [] : [`mode is ${mode}`],
  );

  checkCommandLine(join(root, 'opt/Scrim'), join(root, '../home'), report);
}

/** `scrim` beside the app, as a person would run it. @param home an empty folder of ours */
function checkCommandLine(app: string, home: string, report: Report): void {
  const headless = join(app, 'resources/headless');
  const scrim = (...words: readonly string[]) =>
    spawnSync(join(headless, 'scrim'), words, {
      encoding: 'utf8',
      // A display that is not there: who starts is our stand-in, which opens none.
      env: { PATH: process.env['PATH'], HOME: home, SCRIM_NODE: process.execPath, DISPLAY: ':none' },
    });
  const version = scrim('--version');
  const runs = version.status === 0 && /^\d+\.\d+\.\d+/.test(version.stdout);
  tell(report, 'deb: the installed command line runs', runs ? [] : [version.stderr.trim()]);

  const load = "const { Entry } = await import('@napi-rs/keyring'); process.exit(typeof Entry === 'function' ? 0 : 1)";
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', load], { cwd: headless });
  tell(report, 'deb: the installed command line has its keychain module', status === 0 ? [] : ['it does not load']);

  const { stderr } = scrim('start');
  const started = stderr.includes(`Starting the desktop app: ${join(app, executableName)}\n`);
  tell(report, 'deb: scrim start runs the installed app', started ? [] : [stderr.trim()]);
}

function checkDesktopFile(path: string, report: Report): void {
  const text = readTextOr(path, '');
  const wanted = [
    `Exec=/opt/Scrim/${executableName} %U`,
    'MimeType=x-scheme-handler/scrim;',
    `Icon=${executableName}`,
  ].concat(`StartupWMClass=${executableName}`, 'Name=Scrim', 'Categories=Development;', 'Terminal=false');
  const missing = wanted.filter((line) => !`\n${text}`.includes(`\n${line}\n`)).map((line) => `no ${line}`);
  tell(report, 'deb: the desktop file starts the app, opens scrim:// and names the window', [
    ...missing,
    ...(/no-sandbox/.test(text) ? ['it turns the sandbox off'] : []),
  ]);
  lint(report, 'deb: the desktop file passes desktop-file-validate', 'desktop-file-validate', [path]);
}

function lint(report: Report, checked: string, program: string, words: readonly string[]): void {
  const { error, status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  if (error !== undefined) report({ state: 'skipped', text: `${checked}: ${program} is not installed` });
  else tell(report, checked, status === 0 ? [] : stdout.trim().split('\n'));
}

function readTextOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
