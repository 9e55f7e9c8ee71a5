// What of signing and notarising can be done here: it depends on what the environment holds, and says why where it does not.

export interface Signing {
  readonly macIdentity: boolean;
  readonly macNotarize: boolean;
  readonly windows: 'certificate' | 'azure' | 'none';
  /** One sentence for each thing that is left out, for the platform it was asked for. */
  readonly skipped: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const azureNames = ['AZURE_SIGN_ENDPOINT', 'AZURE_SIGN_ACCOUNT', 'AZURE_SIGN_PROFILE', 'AZURE_SIGN_PUBLISHER'] as const;

/**
 * macOS signs with CSC_LINK and CSC_KEY_PASSWORD (or CSC_NAME in a keychain), and notarises with an App Store Connect key
 * (APPLE_API_KEY, APPLE_API_KEY_ID, APPLE_API_ISSUER). Windows signs with WIN_CSC_LINK and WIN_CSC_KEY_PASSWORD, or Azure's
 * service (AZURE_SIGN_…, and the AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET that electron-builder reads itself).
 */
export function signing(platform: NodeJS.Platform, env: Environment): Signing {
  const has = (...names: readonly string[]): boolean => names.every((name) => (env[name] ?? '') !== '');
  const macIdentity = has('CSC_LINK') || has('CSC_NAME');
  const macNotarize = macIdentity && has('APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER');
  const windows = has(...azureNames) ? 'azure' : has('WIN_CSC_LINK') ? 'certificate' : 'none';
  const skipped: string[] = [];
  if (platform === 'darwin' && !macIdentity)
    skipped.push('Not signed for macOS: set CSC_LINK and CSC_KEY_PASSWORD, or CSC_NAME.');
  if (platform === 'darwin' && !macNotarize)
    skipped.push(
      macIdentity
        ? 'Not notarised: set APPLE_API_KEY, APPLE_API_KEY_ID and APPLE_API_ISSUER.'
        : 'Not notarised: Apple notarises signed apps only.',
    );
  if (platform === 'win32' && windows === 'none')
    skipped.push(`Not signed for Windows: set WIN_CSC_LINK and WIN_CSC_KEY_PASSWORD, or ${azureNames.join(', ')}.`);
  return { macIdentity, macNotarize, windows, skipped };
}

/** For electron-builder's `win.azureSignOptions`. */
export function azureSigning(env: Environment): {
  endpoint: string;
  codeSigningAccountName: string;
  certificateProfileName: string;
  publisherName: string;
} {
  const [endpoint, codeSigningAccountName, certificateProfileName, publisherName] = azureNames.map(
    (name) => env[name] ?? '',
  ) as [string, string, string, string];
  return { endpoint, codeSigningAccountName, certificateProfileName, publisherName };
}
