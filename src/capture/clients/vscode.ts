// VS Code and what was made of it: one settings format, one folder each.

import { join } from 'node:path';
import type { Change, Setting } from '../change.ts';
import type { ClientSetup } from '../client-setup.ts';
import { proxyAddress } from '../client-variables.ts';
import { applicationFolder, exists, isOnPath } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const certificate =
  "Let the system trust Scrim's certificate (scrim ca install): the editor takes its roots from there, then start it again.";

export const editors: readonly ClientSetup[] = [
  editor('vscode', 'VS Code', 'Code', 'code', 'com.visualstudio.code'),
  editor('vscode-insiders', 'VS Code Insiders', 'Code - Insiders', 'code-insiders'),
  editor('vscodium', 'VSCodium', 'VSCodium', 'codium', 'com.vscodium.codium'),
  {
    ...editor('cursor', 'Cursor', 'Cursor', 'cursor', undefined, [
      // Its HTTP/2 connections ignore the proxy.
      { path: ['cursor.general.disableHttp2'], value: true },
    ]),
    advice: [certificate, "Cursor's built-in models stay unread: they speak a binary protocol to Cursor's servers."],
  },
  {
    ...editor('windsurf', 'Windsurf', 'Windsurf', 'windsurf'),
    advice: [certificate, "Windsurf's built-in models stay unread: they speak a binary protocol to its servers."],
  },
];

function editor(
  id: string,
  title: string,
  folder: string,
  program: string,
  flatpak?: string,
  more: readonly Setting[] = [],
): ClientSetup {
  const native = (env: SetupEnvironment) => join(applicationFolder(env), folder);
  const sandboxed = (env: SetupEnvironment) =>
    flatpak === undefined || env.platform !== 'linux'
      ? undefined
      : join(env.home, '.var', 'app', flatpak, 'config', folder);

  async function found(env: SetupEnvironment): Promise<string[]> {
    const all = [native(env), sandboxed(env)].filter((path) => path !== undefined);
    const there = await Promise.all(all.map(exists));
    return all.filter((_, index) => there[index]);
  }

  return {
    id,
    title,
    isAssistant: true,
    installed: async (env) => (await isOnPath(env, program)) || (await found(env)).length > 0,
    plan: async (env) => {
      const folders = await found(env);
      return (folders.length > 0 ? folders : [native(env)]).map((path): Change => ({
        target: { kind: 'file', path: join(path, 'User', 'settings.json') },
        edit: {
          format: 'json',
          settings: [
            { path: ['http.proxy'], value: proxyAddress(env) },
            { path: ['http.proxySupport'], value: 'override' },
            ...more,
          ],
        },
      }));
    },
    advice: [certificate],
  };
}
