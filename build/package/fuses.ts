// The fuses of the packed Electron: switches in the binary itself, which no program of the user can turn back unseen.
// As a program: `node build/package/fuses.ts EXECUTABLE` reads them, and ends with 1 where one is not as it must be.

import { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire, type FuseConfig } from '@electron/fuses';

/** SECURITY: all are stated, and `strictlyRequireAllFuses` makes an Electron with a new one fail until it is stated too. */
export const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // ELECTRON_RUN_AS_NODE would make a signed Scrim, which the keychain trusts, run anybody's script.
  [FuseV1Options.RunAsNode]: false,
  // NODE_OPTIONS, and NODE_EXTRA_CA_CERTS, which Scrim itself tells clients to set.
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  // --inspect and SIGUSR1: a debugger could press Allow.
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  // Code comes from app.asar only, and (macOS, Windows) only as it was packed.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  // We have no snapshot of our own.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Pages come from app://; file:// gets no more than any other.
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  // Electron's default; without it WebAssembly only gets slower.
  [FuseV1Options.WasmTrapHandlers]: true,
} as const satisfies FuseConfig;

const stated = Object.entries(FuseV1Options).filter(
  (entry): entry is [string, FuseV1Options] => typeof entry[1] === 'number',
);

/** @param resetAdHocDarwinSignature on an unsigned macOS app: the flip breaks its ad-hoc signature */
export async function setFuses(executable: string, resetAdHocDarwinSignature: boolean): Promise<void> {
  await flipFuses(executable, { ...fuses, resetAdHocDarwinSignature });
}

/** Each fuse that is not as stated, in words; empty when all are. */
export async function wrongFuses(executable: string): Promise<string[]> {
  const wire = await getCurrentFuseWire(executable);
  const present = Object.keys(wire).filter((key) => key !== 'version').length;
  const wrong = stated
    .filter(([, fuse]) => wire[fuse] !== (fuses[fuse] ? FuseState.ENABLE : FuseState.DISABLE))
    .map(
      ([name, fuse]) =>
        `${name} is ${FuseState[Number(wire[fuse])] ?? 'missing'}, must be ${fuses[fuse] ? 'ENABLE' : 'DISABLE'}`,
    );
  return present > stated.length ? [...wrong, `${present - stated.length} fuses are not known to Scrim`] : wrong;
}

if (import.meta.main) {
  const [executable] = process.argv.slice(2);
  if (executable === undefined) throw new Error('Name the packed executable (or Scrim.app) whose fuses to read.');
  const wrong = await wrongFuses(executable);
  process.stdout.write(wrong.length === 0 ? `All ${stated.length} fuses are as stated.\n` : `${wrong.join('\n')}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}
