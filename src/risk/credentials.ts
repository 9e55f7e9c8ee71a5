// Where credentials lie, and which commands hand them out.

import { hasFlag, operands } from './arguments.ts';
import type { Command } from './facts.ts';
import { inHome } from './paths.ts';

const files = new RegExp(
  [
    String.raw`^~\/\.ssh(?:\/(?:(?!known_hosts|config$|authorized_keys|.*\.pub$)[^/]*))?$`,
    String.raw`(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)(?:_[\w-]+)?$`,
    String.raw`^~\/\.aws(?:\/(?:credentials|sso|cli|sso\/cache\/.*|cli\/cache\/.*))?$`,
    String.raw`^~\/(?:\.|_)netrc$`,
    String.raw`^~\/\.(?:npmrc|pypirc|yarnrc\.yml|git-credentials|vault-token|pgpass|my\.cnf|s3cfg|boto|dockercfg|htpasswd|databrickscfg)$`,
    String.raw`^~\/\.docker\/config\.json$`,
    String.raw`^~\/\.kube(?:\/config.*)?$`,
    String.raw`^~\/\.config\/(?:gcloud(?:\/(?!configurations|logs).*)?|gh(?:\/hosts\.yml)?|git\/credentials|op(?:\/.*)?|hub|doctl\/config\.yaml|github-copilot(?:\/.*)?|rclone\/rclone\.conf|sops\/age\/keys\.txt|solana\/id\.json|configstore\/.*|helm\/repositories\.yaml|containers\/auth\.json)$`,
    String.raw`^~\/AppData\/Roaming\/(?:gcloud|GitHub CLI|Microsoft\/(?:Credentials|Protect))(?:\/.*)?$`,
    String.raw`^~\/\.azure(?:\/(?:accessTokens|msal_token_cache|service_principal|azureProfile).*)?$`,
    String.raw`^~\/\.(?:gnupg|password-store)(?:\/.*)?$`,
    String.raw`^~\/\.terraform\.d\/credentials.*$`,
    String.raw`^~\/\.(?:cargo\/credentials(?:\.toml)?|gem\/credentials|m2\/settings\.xml|gradle\/gradle\.properties|nuget\/NuGet\.Config|composer\/auth\.json)$`,
    String.raw`^~\/\.local\/share\/(?:keyrings|kwalletd)(?:\/.*)?$`,
    String.raw`^~\/\.local\/share\/opencode\/auth\.json$`,
    String.raw`^(?:~)?\/Library\/Keychains(?:\/.*)?$`,
    String.raw`(?:^|\/)(?:cookies\.sqlite|logins\.json|key[34]\.db|Login Data|Web Data|Cookies|Local State)$`,
    String.raw`^~\/\.(?:claude\/\.credentials\.json|claude\.json|codex\/auth\.json|gemini\/oauth_creds\.json|qwen\/oauth_creds\.json|cursor\/.*auth.*|copilot\/.*token.*)$`,
    String.raw`^~\/\.(?:bash|zsh|sh|python|node_repl|psql|mysql|sqlite|rediscli)_?history$`,
    String.raw`^~\/\.local\/share\/fish\/fish_history$`,
    String.raw`^\/etc\/(?:g?shadow-?|sudoers|master\.passwd|krb5\.keytab|ssh\/ssh_host_\w+_key|kubernetes\/(?:admin\.conf|pki\/.*\.key)|rancher\/k3s\/k3s\.yaml)$`,
    String.raw`^\/proc\/(?:[^/]+)\/(?:environ|mem)$`,
    String.raw`^\/(?:var\/)?run\/secrets(?:\/.*)?$`,
    String.raw`^\/var\/lib\/(?:kubelet\/pki\/.*|docker\/swarm\/.*)$`,
    String.raw`\.(?:kdbx?|keychain(?:-db)?|agilekeychain|jks|ppk)$`,
    String.raw`^~\/(?:\.bitcoin\/wallet\.dat|\.ethereum\/keystore(?:\/.*)?|\.electrum\/wallets(?:\/.*)?)$`,
    String.raw`(?:^|\/)(?:wallet\.dat|service-account(?:-key)?\.json|credentials\.csv)$`,
    String.raw`^[a-z]:\/Windows\/System32\/config\/(?:SAM|SYSTEM|SECURITY)$`,
    String.raw`^\/var\/run\/docker\.sock$`,
  ].join('|'),
  'i',
);

const envFile = /(?:^|\/)\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$|test$|ci$|schema$|d\.ts$)[\w.-]+)?$/;

/** Paths that patterns such as `/etc/sha*` may stand for. */
const samples = [
  '/etc/shadow',
  '/etc/sudoers',
  '~/.ssh/id_rsa',
  '~/.ssh/id_ed25519',
  '~/.aws/credentials',
  '~/.netrc',
  '~/.kube/config',
  '~/.npmrc',
  '~/.git-credentials',
  '~/.docker/config.json',
  '/proc/self/environ',
  '~/.gnupg/secring.gpg',
];

/** The credential that a path is, as a person would write it; null for any other path. */
export function credentialAt(path: string, home: string): string | null {
  if (path.length > 600) return null;
  const short = inHome(path.replace(/\/(?:\*|\.\*|\{\})$/, ''), home);
  if (files.test(short)) return short === '/var/run/docker.sock' ? null : short;
  const star = short.search(/[?*[]/);
  if (star !== -1 && samples.some((sample) => sample.startsWith(short.slice(0, star)))) {
    const source = short
      .slice(0, 100)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]{0,40}')
      .replace(/\?/g, '[^/]')
      .replace(/\[!/g, '[^')
      .replace(/\[(?![^\]]+\])/g, '\\[');
    try {
      const pattern = new RegExp(`^${source}$`);
      return samples.find((sample) => pattern.test(sample)) === undefined ? null : short;
    } catch {
      return null;
    }
  }
  return null;
}

export function isEnvFile(path: string): boolean {
  return envFile.test(path) || path.endsWith('/.env*');
}

const secretName =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?|PAT|AUTH)(?:_(?:ID|KEY|VALUE|PROD|DEV|B64|BASE64))?$|_(?:PWD|DSN)$|^(?:DATABASE_URL|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN)$/i;

export function isSecretName(name: string): boolean {
  return (
    secretName.test(name) && !/^(?:SSH_AUTH_SOCK|COLOR|.*_PATH|.*_FILE|GOOGLE_APPLICATION_CREDENTIALS)$/i.test(name)
  );
}

/** Variables with such names that a text expands as a whole. */
export function secretVariables(text: string): string[] {
  if (!text.includes('$')) return [];
  return [...text.matchAll(/\$(?:\{(\w+)\}|(\w+)|env:(\w+))/g)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? '')
    .filter(isSecretName);
}

type Loads = (args: readonly string[]) => string | null;

const says = (args: readonly string[], ...words: string[]): boolean => {
  const plain = operands(
    args,
    new Set([
      '--profile',
      '--region',
      '--project',
      '-p',
      '--account',
      '--output',
      '-o',
      '-n',
      '--namespace',
      '--context',
      '--vault',
    ]),
  );
  return words.every((word, i) => word.split('|').includes(plain[i] ?? ''));
};

const stores: ReadonlyMap<string, Loads> = new Map(
  Object.entries<Loads>({
    security: (args) =>
      /^(?:find-(?:generic|internet)-password|dump-keychain|export|find-key|unlock-keychain)$/.test(args[0] ?? '')
        ? 'the macOS keychain'
        : null,
    'secret-tool': (args) => (/^(?:lookup|search)$/.test(args[0] ?? '') ? 'the desktop keyring' : null),
    'kwallet-query': () => 'KWallet',
    keyring: (args) => (args[0] === 'get' ? 'the system keyring' : null),
    pass: (args) =>
      args.length > 0 && !/^(?:ls|list|find|insert|git|init|generate|help|version|edit|rm|mv|cp)$/.test(args[0] ?? '')
        ? 'the password store'
        : null,
    gopass: (args) => (says(args, 'show|cat') ? 'the password store' : null),
    op: (args) => (says(args, 'read|get') || says(args, 'item|document', 'get') ? '1Password' : null),
    bw: (args) => (says(args, 'get|export|list') ? 'Bitwarden' : null),
    lpass: (args) => (says(args, 'show|export') ? 'LastPass' : null),
    gh: (args) =>
      says(args, 'auth', 'token') || (says(args, 'auth', 'status') && hasFlag(args, 't', '--show-token'))
        ? 'the GitHub token'
        : null,
    glab: (args) => (says(args, 'auth', 'status') && hasFlag(args, 't', '--show-token') ? 'the GitLab token' : null),
    gcloud: (args) =>
      args.some((arg) => /^print-(?:access|identity|refresh)-token$/.test(arg))
        ? 'a Google Cloud token'
        : says(args, 'secrets', 'versions', 'access')
          ? 'Google Secret Manager'
          : says(args, 'iam', 'service-accounts', 'keys', 'create')
            ? 'a Google Cloud key'
            : says(args, 'config', 'config-helper')
              ? 'a Google Cloud token'
              : null,
    aws: (args) =>
      says(args, 'sts', 'get-session-token|assume-role|assume-role-with-web-identity|get-federation-token')
        ? 'AWS session credentials'
        : says(args, 'configure', 'export-credentials') ||
            (says(args, 'configure', 'get') && args.some((arg) => /secret|token/.test(arg)))
          ? 'AWS credentials'
          : says(args, 'secretsmanager', 'get-secret-value|batch-get-secret-value')
            ? 'AWS Secrets Manager'
            : says(args, 'ssm', 'get-parameter|get-parameters|get-parameters-by-path') &&
                args.includes('--with-decryption')
              ? 'AWS parameters, decrypted'
              : says(args, 'ecr', 'get-login-password|get-authorization-token') ||
                  says(args, 'codeartifact', 'get-authorization-token')
                ? null
                : says(args, 'iam', 'create-access-key')
                  ? 'a new AWS access key'
                  : null,
    az: (args) =>
      says(args, 'account', 'get-access-token')
        ? 'an Azure token'
        : says(args, 'keyvault', 'secret', 'show|download')
          ? 'Azure Key Vault'
          : args.includes('keys') && args.includes('list')
            ? 'Azure keys'
            : null,
    vault: (args) =>
      says(args, 'read') || says(args, 'kv', 'get') || says(args, 'print', 'token') ? 'HashiCorp Vault' : null,
    kubectl: (args) =>
      args.includes('get') &&
      args.some((arg) => /^secrets?(?:\/|$)/.test(arg)) &&
      args.some((arg) => /^(?:-o|--output)=?|^-o(?:json|yaml)/.test(arg))
        ? 'Kubernetes secrets'
        : says(args, 'create', 'token')
          ? 'a Kubernetes token'
          : says(args, 'config', 'view') && args.includes('--raw')
            ? 'the kubeconfig'
            : null,
    git: (args) =>
      says(args, 'credential', 'fill') ||
      says(
        args,
        'credential-store|credential-osxkeychain|credential-manager|credential-cache|credential-libsecret',
        'get',
      )
        ? 'the git credentials'
        : null,
    heroku: (args) =>
      says(args, 'auth:token') || (says(args, 'config') && !args.includes('set')) ? 'Heroku settings' : null,
    gpg: (args) => (args.some((arg) => /^--export-secret-(?:sub)?keys?$/.test(arg)) ? 'GPG secret keys' : null),
    gpg2: (args) => (args.some((arg) => /^--export-secret-(?:sub)?keys?$/.test(arg)) ? 'GPG secret keys' : null),
    reg: (args) =>
      args[0]?.toLowerCase() === 'save' && /hklm\\?(?:sam|system|security)/i.test(args[1] ?? '')
        ? 'the Windows account database'
        : null,
    cmdkey: (args) => (/^\/list$/i.test(args[0] ?? '') ? 'Windows credentials' : null),
    vaultcmd: () => 'Windows credentials',
    mimikatz: () => 'Windows credentials',
    lazagne: () => 'stored passwords',
    procdump: (args) => (args.some((arg) => /lsass/i.test(arg)) ? 'Windows credentials' : null),
    netsh: (args) =>
      /wlan/i.test(args[0] ?? '') && args.some((arg) => /^key=clear$/i.test(arg)) ? 'Wi-Fi passwords' : null,
    'docker-credential-desktop': (args) => (args[0] === 'get' ? 'Docker credentials' : null),
    'docker-credential-osxkeychain': (args) => (args[0] === 'get' ? 'Docker credentials' : null),
    doppler: (args) =>
      says(args, 'secrets') && !says(args, 'secrets', 'set|delete|upload') ? 'Doppler secrets' : null,
    infisical: (args) => (says(args, 'export|secrets') ? 'Infisical secrets' : null),
    chamber: (args) => (says(args, 'export|read|env') ? 'secrets of chamber' : null),
    sops: (args) => (hasFlag(args, 'd', '--decrypt') || args[0] === 'decrypt' ? 'sops secrets, decrypted' : null),
    fly: (args) => (says(args, 'auth', 'token') ? 'the Fly.io token' : null),
    flyctl: (args) => (says(args, 'auth', 'token') ? 'the Fly.io token' : null),
    vercel: (args) => (says(args, 'env', 'pull') ? 'Vercel secrets' : null),
    terraform: (args) =>
      says(args, 'output') && args.includes('-raw') && args.some((arg) => isSecretName(arg.toUpperCase()))
        ? 'a Terraform secret'
        : null,
    npm: (args) => (says(args, 'config', 'get') && args.some((arg) => /_auth/.test(arg)) ? 'the npm token' : null),
  }),
);

/** The store of credentials that a command reads from, or null. */
export function storeRead(command: Command): string | null {
  const loads = stores.get(command.name);
  return loads === undefined ? null : loads(command.args);
}
