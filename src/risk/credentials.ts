// Where credentials lie, and which commands hand them out.

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
    String.raw`^\/proc\/kcore$|^\/dev\/(?:mem|kmem)$`,
    String.raw`^\/etc\/(?:NetworkManager\/system-connections\/.*|wpa_supplicant\/.*|wireguard\/.*|openvpn\/.*\.(?:key|ovpn)|ssl\/private\/.*|letsencrypt\/(?:live|archive)\/.*privkey.*|cloudflared\/.*\.json|docker\/key\.json)$`,
    String.raw`^~\/\.(?:terraformrc|cargo\/config\.toml|bitwarden.*|authinfo(?:\.gpg)?|vault_pass\S*|wakatime\.cfg|circleci\/cli\.yml|fly\/config\.yml|railway\/config\.json|wrangler\/config\/.*|supabase\/access-token|pulumi\/credentials\.json|netlify\/config\.json|vercel\/auth\.json|oci\/.*|bluemix\/.*|ansible\/.*vault.*|config\/(?:vercel|netlify|railway|doctl|stripe|hcloud|scw|op|Bitwarden CLI|sops|age)\/.*)$`,
  ].join('|'),
  'i',
);

const envFile = /(?:^|\/)\.env(?:\.[\w.-]+)?$|(?:^|\/)[\w-]+\.env$/;
/** Names that say that no secret is in it. */
const template =
  /[._-](?:example|sample|template|tmpl|tpl|dist|defaults?|test|testing|ci|schema|d\.ts|vault|keys\.pub)$|(?:^|\/)(?:example|sample|template|test|default)s?[._-]?env$/i;

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
  return (envFile.test(path) && !template.test(path)) || path.endsWith('/.env*');
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
