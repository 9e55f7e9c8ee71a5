// What electron-builder is told: AppImage and deb, dmg, nsis and portable. `npm run package` uses it for the system it runs on,
// `npm run package:check` with a stand-in for Electron.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AfterPackContext, Configuration } from 'electron-builder';
import { setFuses } from './package/fuses.ts';
import { azureSigning, signing } from './package/signing.ts';
import { executableName, root } from './package/staging.ts';

export interface PackageOptions {
  /** The staged app, the staged headless package, and where packages go. */
  readonly app: string;
  readonly headless: string;
  readonly output: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the installed `electron`. */
  readonly electronVersion: string;
  /** An unpacked Electron to use in the place of the download. */
  readonly electronDist?: string;
}

const at = (path: string): string => join(root, 'build', path);
/** Who answers for the package; Debian wants a name and an address. */
const maintainer = 'the Scrim authors <maintainers@scrim.invalid>';

export function configuration(options: PackageOptions): Configuration {
  const { env, platform } = options;
  const { macIdentity, macNotarize, windows } = signing(platform, env);
  const feed = env['SCRIM_UPDATE_FEED'];
  return {
    appId: 'dev.scrim.desktop',
    productName: 'Scrim',
    copyright: '© the Scrim authors, MIT licence',
    directories: { app: options.app, output: options.output, buildResources: at('icons') },
    electronVersion: options.electronVersion,
    ...(options.electronDist === undefined ? {} : { electronDist: options.electronDist }),

    // The app is one archive. SECURITY: what lies outside it is not checked when it is loaded, so only what the system itself
    // must load does: the keychain's native module.
    files: ['**/*'],
    asar: { smartUnpack: false },
    asarUnpack: ['node_modules/@napi-rs/**/*.node'],
    // Prebuilt for Node-API: nothing to rebuild for Electron.
    npmRebuild: false,
    // Two sets: a folder's node_modules is left out of its own.
    extraResources: [
      { from: options.headless, to: 'headless', filter: ['**/*'] },
      { from: join(options.headless, 'node_modules'), to: 'headless/node_modules', filter: ['**/*'] },
    ],
    electronLanguages: ['en-US'],
    afterPack: (context) => harden(context, platform === 'darwin' && !macIdentity),

    // The seam for updates: nothing is asked anywhere, unless whoever builds names a feed of their own.
    publish: feed === undefined || feed === '' ? null : { provider: 'generic', url: feed },

    protocols: [{ name: 'Scrim', schemes: ['scrim'] }],
    artifactName: '${productName}-${version}-${os}-${arch}.${ext}',
    // The static runtime: the older one needs libfuse2, and its desktop file says --no-sandbox always.
    toolsets: { appimage: '1.0.3' },

    linux: {
      target: ['AppImage', 'deb'],
      executableName,
      syncDesktopName: true,
      icon: at('icons/png'),
      category: 'Development',
      maintainer,
      synopsis: 'Masks secrets in model traffic, asks before what is dangerous',
      desktop: {
        entry: { Keywords: 'proxy;secrets;assistant;model;', StartupNotify: 'false' },
      },
    },
    deb: {
      packageCategory: 'devel',
      // What Electron links to, in the names of Debian 12 and of Debian 13 and Ubuntu 24.04; what it only loads if there comes last.
      depends: [
        'libgtk-3-0 | libgtk-3-0t64',
        'libnss3',
        'libasound2 | libasound2t64',
        'libatspi2.0-0 | libatspi2.0-0t64',
        'libgbm1',
        'libdrm2',
        'libxtst6',
        'libnotify4',
        'libuuid1',
        'xdg-utils',
      ],
      // Keys live in a Secret Service.
      recommends: ['gnome-keyring | libkf5wallet-bin | keepassxc'],
      afterInstall: at('package/linux/postinst.sh'),
      afterRemove: at('package/linux/postrm.sh'),
      fpm: [
        ...['scrim', executableName].map((name) => `${at(`package/linux/bin/${name}`)}=/usr/bin/${name}`),
        `${join(root, 'LICENSE')}=/usr/share/doc/scrim/copyright`,
      ],
      desktop: {
        entry: {
          Keywords: 'proxy;secrets;assistant;model;',
          StartupNotify: 'false',
          Actions: 'approvals;',
        },
        desktopActions: {
          approvals: { Name: 'Open approvals', Exec: `/opt/Scrim/${executableName} scrim://open/approvals` },
        },
      },
    },

    mac: {
      target: ['dmg'],
      icon: at('icons/app.icns'),
      category: 'public.app-category.developer-tools',
      // The app lives in the menu bar and shows itself in the Dock only while a window is open.
      extendInfo: { LSUIElement: true },
      entitlements: at('package/mac/entitlements.plist'),
      entitlementsInherit: at('package/mac/entitlements.plist'),
      ...(macIdentity ? {} : { identity: '-' }),
      // Ad hoc there is no team, so library validation would refuse our own keychain module.
      hardenedRuntime: macIdentity,
      gatekeeperAssess: false,
      notarize: macNotarize,
    },
    dmg: { sign: false },

    win: {
      target: ['nsis', 'portable'],
      icon: at('icons/app.ico'),
      ...(windows === 'azure' ? { azureSignOptions: azureSigning(env) } : {}),
    },
    nsis: {
      // For the person alone: no administrator, no second user's Scrim on the same port.
      oneClick: true,
      perMachine: false,
      include: at('package/windows/installer.nsh'),
      artifactName: '${productName}-${version}-windows-${arch}-setup.${ext}',
      // Policy, log and certificates are the person's.
      deleteAppDataOnUninstall: false,
      differentialPackage: false,
    },
    portable: {
      artifactName: '${productName}-${version}-windows-${arch}-portable.${ext}',
      requestExecutionLevel: 'user',
    },
  };
}

async function harden({ appOutDir, electronPlatformName, packager }: AfterPackContext, adHoc: boolean): Promise<void> {
  // Electron's own demonstration; it goes by itself only where Electron was downloaded.
  await rm(join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
  const { productFilename } = packager.appInfo;
  const name =
    electronPlatformName === 'darwin'
      ? `${productFilename}.app`
      : electronPlatformName === 'win32'
        ? `${productFilename}.exe`
        : executableName;
  await setFuses(join(appOutDir, name), adHoc);
}
