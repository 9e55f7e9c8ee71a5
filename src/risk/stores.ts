// Programs that hand out credentials: which of their verbs do. One line a verb; longer than a file should be, as it is a table.

import { operands } from './arguments.ts';
import type { Command } from './facts.ts';

/** What the words (flags and their values taken off) look like, what the whole line has in it as well, and the store asked. */
type Verb = readonly [words: RegExp, line: RegExp | null, store: string];

const secretWord =
  /secret|passw|token|private|credential|api[-_]?key|(?:^|[_.-])key(?:$|[_. -])|connection[-_]?string|database_url|(?:^|[_.-])(?:dsn|pw|pwd)(?:$|[_. -])/i;
const any = /^/;

const verbs: Readonly<Record<string, readonly Verb[]>> = {
  security: [
    [
      /^(?:find-(?:generic|internet)-password|dump-keychain|export|find-key|unlock-keychain)\b/,
      null,
      'the macOS keychain',
    ],
  ],
  'secret-tool': [[/^(?:lookup|search)\b/, null, 'the desktop keyring']],
  'kwallet-query': [[any, null, 'KWallet']],
  kwalletcli: [[any, null, 'KWallet']],
  keyring: [[/^get\b/, null, 'the system keyring']],
  keyctl: [[/^(?:print|pipe|read)\b/, null, 'the kernel keyring']],
  pass: [[/^(?!(?:ls|list|find|insert|git|init|generate|help|version|edit|rm|mv|cp)\b)\S/, null, 'the password store']],
  gopass: [
    [
      /^(?!(?:ls|list|find|insert|git|init|generate|help|version|edit|rm|mv|cp|sync|setup|config|audit|create|delete|mounts|recipients|update|env)\b)\S/,
      null,
      'the password store',
    ],
  ],
  op: [[/^(?:read|inject|get)\b|^(?:item|document) get\b/, null, '1Password']],
  bw: [[/^(?:get|export|list|unlock)\b/, null, 'Bitwarden']],
  bws: [[/^secret (?:get|list)\b|^(?:get|list) secret/, null, 'Bitwarden']],
  rbw: [[/^(?:get|code|history)\b/, null, 'Bitwarden']],
  lpass: [[/^(?:show|export)\b/, null, 'LastPass']],
  dcli: [[/^(?:password|p|note|read|secret|exec|inject|export|otp)\b/, null, 'Dashlane']],
  'keepassxc-cli': [[/^(?:show|export|clip|attachment-export|open)\b/, null, 'KeePass']],
  kpcli: [[any, null, 'KeePass']],
  gh: [
    [/^auth token\b/, null, 'the GitHub token'],
    [/^auth status\b/, /(?:^| )(?:-t|--show-token)\b/, 'the GitHub token'],
  ],
  glab: [
    [/^auth status\b/, /(?:^| )(?:-t|--show-token)\b/, 'the GitLab token'],
    [/^config get\b/, /token/, 'the GitLab token'],
  ],
  hub: [[/^api\b/, /user\/keys/, 'the GitHub token']],
  gcloud: [
    [/\bprint-(?:access|identity|refresh)-token\b/, null, 'a Google Cloud token'],
    [/\bsecrets versions access\b/, null, 'Google Secret Manager'],
    [/\biam service-accounts keys create\b/, null, 'a Google Cloud key'],
    [/\bconfig config-helper\b/, null, 'a Google Cloud token'],
    [/\bkms (?:decrypt|asymmetric-decrypt)\b/, null, 'Google Cloud KMS'],
    [/\bsql generate-login-token\b|\bservices api-keys get-key-string\b/, null, 'a Google Cloud key'],
  ],
  aws: [
    [/^sts (?:get-session-token|assume-role\S*|get-federation-token)\b/, null, 'AWS session credentials'],
    [/^configure export-credentials\b|^sso get-role-credentials\b/, null, 'AWS credentials'],
    [/^configure get\b/, /secret|token/, 'AWS credentials'],
    [/^secretsmanager (?:get-secret-value|batch-get-secret-value)\b/, null, 'AWS Secrets Manager'],
    [/^ssm get-parameters?\S*/, /--with-decryption/, 'AWS parameters, decrypted'],
    [/^iam create-(?:access-key|service-specific-credential|login-profile)\b/, null, 'a new AWS access key'],
    [/^kms (?:decrypt|generate-data-key\S*)\b/, null, 'AWS KMS'],
    [/^lambda get-function(?:-configuration)?\b/, /Environment/, 'variables of a Lambda function'],
    [/^ecs describe-task-definition\b/, /environment|secrets/i, 'variables of a container'],
    [
      /^ec2 get-password-data\b|^rds generate-db-auth-token\b|^redshift get-cluster-credentials\b|^lightsail get-relational-database-master-user-password\b/,
      null,
      'a password in AWS',
    ],
    [/^ec2 create-key-pair\b|^lightsail download-default-key-pair\b/, null, 'a new SSH key'],
    [/^cognito-identity get-credentials-for-identity\b/, null, 'AWS session credentials'],
  ],
  'aws-vault': [
    [/^(?:export|login)\b/, null, 'AWS credentials'],
    [/^exec \S+ (?:env|printenv)\b/, null, 'AWS credentials'],
  ],
  saml2aws: [[/^script\b/, null, 'AWS credentials']],
  'aws-sso-util': [[/^credential-process\b/, null, 'AWS credentials']],
  credstash: [[/^(?:get|getall)\b/, null, 'credstash']],
  az: [
    [/^account get-access-token\b/, null, 'an Azure token'],
    [/^keyvault (?:secret|key|certificate) (?:show|download|backup)\b/, null, 'Azure Key Vault'],
    [
      /\bkeys? (?:list|show)\b|\blist-keys\b|\badmin-key show\b|\bcredential (?:show|list|reset)\b|\bconnection-string\b|\blist-connection-strings\b/,
      null,
      'Azure keys',
    ],
    [/\bappsettings list\b|\bconfigs? (?:show|list)\b.*secret/, null, 'settings of an Azure application'],
    [/\bget-credentials\b/, /--(?:admin|file -|-f -)/, 'administrator credentials of a cluster'],
    [/^storage (?:account|container|blob) generate-sas\b/, null, 'a key to Azure storage'],
    [/^containerapp secret (?:show|list)\b/, null, 'Azure secrets'],
  ],
  oci: [
    [
      /^secrets secret-bundle get\b|^kms crypto decrypt\b|^iam (?:auth-token|customer-secret-key|api-key) (?:create|upload)\b/,
      null,
      'secrets in Oracle Cloud',
    ],
  ],
  doctl: [
    [
      /^registry docker-config\b|^databases connection\b|^auth token\b|^kubernetes cluster kubeconfig show\b/,
      null,
      'DigitalOcean credentials',
    ],
  ],
  hcloud: [[/\breset-password\b/, null, 'a password at Hetzner']],
  scw: [[/^secret version access\b|^iam api-key create\b|^config get secret/, null, 'Scaleway secrets']],
  ibmcloud: [[/^(?:secrets-manager secret|sm secret)\b|^iam oauth-tokens\b/, null, 'IBM Cloud secrets']],
  vault: [
    [
      /^(?:read|kv get|print token|unwrap|token create|list auth)\b|^transit decrypt|^write \S*(?:decrypt|creds|login)/,
      null,
      'HashiCorp Vault',
    ],
  ],
  bao: [[/^(?:read|kv get|print token|unwrap)\b/, null, 'OpenBao']],
  consul: [[/^kv (?:get|export)\b/, secretWord, 'Consul']],
  kubectl: [
    [/\bget\b.*\bsecrets?\b|\bget\b.*\b(?:secrets?\/)/, /(?:^| )(?:-o|--output|--template)/, 'Kubernetes secrets'],
    [/\bcreate token\b/, null, 'a Kubernetes token'],
    [/\bconfig view\b/, /--(?:raw|flatten)\b/, 'the kubeconfig'],
    [/\b(?:view-secret|modify-secret|ksd)\b/, null, 'Kubernetes secrets'],
    [/\bexec\b.*\b(?:env|printenv|set)$/, null, 'the variables of a pod'],
    [/\bexec\b/, /\/(?:var\/)?run\/secrets|\/proc\/\S+\/environ|serviceaccount\/token/, 'the secrets of a pod'],
    [/\bset env\b/, /--list/, 'the variables of a pod'],
  ],
  oc: [
    [/^whoami\b/, /(?:^| )(?:-t|--show-token)\b/, 'an OpenShift token'],
    [/^extract\b.*secret|^sa (?:get-token|new-token)\b/, null, 'OpenShift secrets'],
    [/\bget\b.*\bsecrets?\b/, /(?:^| )(?:-o|--output|--template)/, 'Kubernetes secrets'],
  ],
  kubeseal: [[any, /--recovery-unseal/, 'Kubernetes secrets']],
  k9s: [],
  helm: [
    [/^get (?:values|all|manifest)\b/, secretWord, 'values of a release'],
    [/^secrets (?:view|dec|decrypt)\b/, null, 'values of a release'],
  ],
  argocd: [[/^admin initial-password\b|^account generate-token\b/, null, 'an Argo CD password']],
  git: [
    [
      /^credential fill\b|^credential-(?:store|osxkeychain|manager|cache|libsecret|wincred|gnome-keyring|manager-core)\b.* get\b/,
      null,
      'the git credentials',
    ],
    [/^crypt (?:unlock|export-key)\b|^secret (?:cat|reveal)\b/, null, 'secrets of the repository, decrypted'],
  ],
  'git-crypt': [[/^(?:unlock|export-key)\b/, null, 'secrets of the repository, decrypted']],
  'git-secret': [[/^(?:cat|reveal)\b/, null, 'secrets of the repository, decrypted']],
  transcrypt: [[/-(?:d|-display)\b/, null, 'secrets of the repository, decrypted']],
  blackbox_cat: [[any, null, 'secrets of the repository, decrypted']],
  heroku: [
    [/^auth:token\b|^authorizations:create\b/, null, 'a Heroku token'],
    [/^config(?::get)?\b(?!:(?:set|unset|edit))/, null, 'Heroku settings'],
    [/^pg:credentials|^pg:credentials:url/, null, 'a database password at Heroku'],
  ],
  gpg: [
    [any, /--export-secret-(?:sub)?keys?\b/, 'GPG secret keys'],
    [any, /(?:^| )(?:-d|-\w*d\b|--decrypt)(?: |$)/, 'text encrypted with GPG'],
    [
      /\.(?:gpg|asc|pgp)$/,
      /^(?!.*--(?:verify|import|encrypt|sign|detach|list|armor|show|dearmor|recv))/,
      'text encrypted with GPG',
    ],
  ],
  age: [[any, /(?:^| )(?:-d|--decrypt)\b/, 'text encrypted with age']],
  rage: [[any, /(?:^| )(?:-d|--decrypt)\b/, 'text encrypted with age']],
  sops: [[any, /(?:^| )(?:-d|--decrypt|-\w*d)(?: |$)|^(?:decrypt|exec-env|exec-file)\b/, 'sops secrets, decrypted']],
  'ansible-vault': [[/^(?:view|decrypt|edit)\b/, null, 'Ansible Vault']],
  eyaml: [[/^(?:decrypt|edit)\b/, null, 'hiera secrets, decrypted']],
  chef: [[/^show data bag|^vault show/, null, 'Chef secrets']],
  knife: [[/^(?:vault|data bag) show\b/, null, 'Chef secrets']],
  reg: [
    [/^save\b/i, /hklm\\+(?:sam|system|security)/i, 'the Windows account database'],
    [/^query\b/i, /winlogon|password|putty|vnc|autologon/i, 'passwords in the registry'],
  ],
  cmdkey: [[any, /^\/list/i, 'Windows credentials']],
  vaultcmd: [[any, null, 'Windows credentials']],
  mimikatz: [[any, null, 'Windows credentials']],
  lazagne: [[any, null, 'stored passwords']],
  secretsdump: [[any, null, 'Windows credentials']],
  ntdsutil: [[any, null, 'the Windows account database']],
  diskshadow: [[any, null, 'the Windows account database']],
  procdump: [[any, /lsass/i, 'Windows credentials']],
  rundll32: [[any, /minidump|keymgr/i, 'Windows credentials']],
  tttracer: [[any, null, 'the memory of a program']],
  'get-storedcredential': [[any, null, 'Windows credentials']],
  'get-secret': [[any, null, 'the PowerShell secret vault']],
  'get-clipboard': [[any, null, 'the clipboard']],
  pbpaste: [[any, null, 'the clipboard']],
  'wl-paste': [[any, null, 'the clipboard']],
  xclip: [[any, /(?:^| )-o\b|(?:^| )-out\b/, 'the clipboard']],
  xsel: [[any, /(?:^| )(?:-\w*o\b|--output)/, 'the clipboard']],
  netsh: [[any, /wlan.*key=clear/i, 'Wi-Fi passwords']],
  nmcli: [[any, /(?:^| )(?:-s|--show-secrets)\b|show-password|802-11-wireless-security/, 'Wi-Fi passwords']],
  doppler: [
    [/^secrets(?! (?:set|delete|upload))|^configs tokens create\b/, null, 'Doppler secrets'],
    [/^run (?:env|printenv)\b/, null, 'Doppler secrets'],
  ],
  infisical: [[/^(?:export|secrets)(?! (?:set|delete))\b/, null, 'Infisical secrets']],
  chamber: [[/^(?:export|read|env|find)\b/, null, 'secrets of chamber']],
  teller: [[/^(?:show|env|sh|yaml|export)\b/, null, 'secrets of teller']],
  berglas: [[/^access\b/, null, 'Google Secret Manager']],
  akeyless: [[/^get-(?:dynamic-)?secret-value\b/, null, 'Akeyless']],
  conjur: [[/^variable get\b/, null, 'Conjur']],
  phase: [[/^secrets (?:get|list|export)\b/, null, 'Phase secrets']],
  dotenvx: [[/^(?:get|decrypt|keypair)\b/, null, 'the .env file, decrypted']],
  'dotenv-vault': [[/^(?:decrypt|keys|pull|open)\b/, null, 'the .env file, decrypted']],
  fly: [
    [/^(?:auth token|tokens create)\b/, null, 'the Fly.io token'],
    [/^ssh console\b/, /\b(?:env|printenv)\b/, 'the variables of a machine'],
  ],
  flyctl: [
    [/^(?:auth token|tokens create)\b/, null, 'the Fly.io token'],
    [/^ssh console\b/, /\b(?:env|printenv)\b/, 'the variables of a machine'],
  ],
  vercel: [[/^env pull\b/, null, 'Vercel secrets']],
  netlify: [[/^env:(?:list|get|clone)\b/, null, 'Netlify settings']],
  railway: [
    [/^(?:variables?|vars)\b(?! (?:set|delete))/, null, 'Railway settings'],
    [/^run (?:env|printenv)\b/, null, 'Railway settings'],
  ],
  render: [[/\benv\b/, null, 'Render settings']],
  supabase: [
    [/^projects api-keys\b/, null, 'Supabase keys'],
    [/^status\b/, /(?:^| )(?:-o|--output)[ =]env/, 'Supabase keys'],
  ],
  firebase: [[/^functions:(?:secrets:access|config:get)\b|^login:ci\b/, null, 'Firebase secrets']],
  convex: [[/^env (?:list|get)\b/, null, 'Convex settings']],
  eas: [[/^env:(?:pull|list|get)\b|^credentials\b/, null, 'Expo credentials']],
  stripe: [[/^config\b/, /--list/, 'the Stripe key']],
  pulumi: [
    [/^config get\b/, secretWord, 'a Pulumi secret'],
    [any, /--show-secrets\b/, 'Pulumi secrets'],
  ],
  terraform: [
    [/^output\b/, new RegExp(`-raw.*(?:${secretWord.source})`, 'i'), 'a Terraform secret'],
    [/^state pull\b/, null, 'the Terraform state, secrets included'],
  ],
  tofu: [
    [/^output\b/, new RegExp(`-raw.*(?:${secretWord.source})`, 'i'), 'a Terraform secret'],
    [/^state pull\b/, null, 'the Terraform state, secrets included'],
  ],
  npm: [
    [/^config get\b/, /_auth/, 'the npm token'],
    [/^token (?:create|list)\b/, null, 'the npm token'],
  ],
  pnpm: [[/^config get\b/, /_auth/, 'the npm token']],
  yarn: [[/^config get\b/, /auth/i, 'the npm token']],
  pip: [
    [/^config (?:get|list)\b/, /index-url|--user.*password/, 'the address of the package index, its password included'],
  ],
  composer: [[/^config\b/, /(?:github-oauth|http-basic|gitlab-token)(?!.*\s\S+\s\S+$)/, 'the Composer token']],
  poetry: [[/^config\b/, /http-basic|pypi-token/, 'the PyPI token']],
  rails: [
    [/^(?:credentials|secrets|encrypted):(?:show|edit|fetch|decrypt)\b/, null, 'the credentials of the application'],
  ],
  symfony: [[/secrets:(?:list|decrypt)/, /--reveal|decrypt-to-local/, 'the secrets of the application']],
  php: [
    [
      /artisan (?:env:decrypt|tinker)\b/,
      /env:decrypt|(?:config|env)\(["'][^"']*(?:secret|key|password|token)/i,
      'the secrets of the application',
    ],
    [/console secrets:/, /--reveal|decrypt-to-local/, 'the secrets of the application'],
  ],
  mysql_config_editor: [[/^print\b/, null, 'MySQL passwords']],
  my_print_defaults: [[any, /(?:^| )(?:-s|--show)\b/, 'MySQL passwords']],
  gcore: [[any, null, 'the memory of a program']],
  coredumpctl: [[/^(?:dump|debug|gdb)\b/, null, 'the memory of a program']],
  createdump: [[any, null, 'the memory of a program']],
  avml: [[any, null, 'the memory of the machine']],
  gdb: [
    [any, /dump (?:memory|binary)|generate-core-file|\bgcore\b|ssh-agent|gpg-agent|keyring/, 'the memory of a program'],
  ],
  strace: [[any, /-p.*(?:sshd|ssh-agent|gpg-agent|keyring|sudo|login|passwd)/, 'what a program reads and writes']],
  docker: [
    [/\binspect\b/, /\.Config\.?Env|\.Env\b|\bEnv\}/, 'the variables of a container'],
    [/^(?:context export|swarm (?:join-token|unlock-key))\b|\bswarm (?:join-token|unlock-key)\b/, null, 'Docker keys'],
  ],
  podman: [
    [/\binspect\b/, /\.Config\.?Env|\.Env\b/, 'the variables of a container'],
    [/^secret inspect\b/, /--showsecret/, 'secrets of Podman'],
  ],
  xinput: [[/^test\b/, null, 'what is typed']],
  logkeys: [[any, null, 'what is typed']],
  showkey: [[any, null, 'what is typed']],
  bundle: [[/^config get\b/, secretWord, 'the credentials of a package source']],
  circleci: [[/^(?:env|context) (?:list|show)\b/, null, 'variables of CircleCI']],
  wrangler: [[/^(?:auth token|secrets-store secret get)\b/, null, 'the Cloudflare token']],
  gitlab: [[/variable get/, null, 'variables of GitLab CI']],
};

const valued = new Set(
  '--profile --region --project -p --account --output -o -n --namespace --context --vault -c --container -l --selector --query --filters -R --repo --app -a --stack -s -g --kubeconfig --cluster -f --format'.split(
    ' ',
  ),
);
const table = new Map(Object.entries(verbs));
/** Where `-a` and its like carry no value, or the verb follows them at once. */
const own = new Set(['git', 'heroku', 'gpg', 'sops', 'pass', 'gopass', 'keyctl', 'age']);

/** The store of credentials that a command reads from, or null. */
export function storeRead({ name, args }: Command): string | null {
  if (name.startsWith('docker-credential-')) return args[0] === 'get' ? 'Docker credentials' : null;
  const found = table.get(name);
  if (found === undefined || (args.length === 1 && /^-{1,2}(?:version|help|v|V|h)$/.test(args[0] ?? ''))) return null;
  if (name === 'aws' && /^(?:ecr|codeartifact)$/.test(args[0] ?? '')) return null;
  const words = operands(args, own.has(name) ? none : valued).join(' ');
  const line = args.join(' ');
  for (const [verb, also, store] of found) if (verb.test(words) && (also === null || also.test(line))) return store;
  return null;
}

const none: ReadonlySet<string> = new Set();

/** Programs whose output has credentials in it, of which a filter then asks for just those. */
const revealing: Readonly<Record<string, RegExp>> = {
  docker: /\b(?:inspect|history|config|exec|compose)\b/,
  podman: /\b(?:inspect|history|exec)\b/,
  'docker-compose': /\bconfig\b/,
  kubectl: /\b(?:get|describe|exec)\b/,
  history: /^/,
  fc: /-l/,
  journalctl: /^/,
  terraform: /\b(?:output|show|state)\b/,
  tofu: /\b(?:output|show|state)\b/,
  ps: /\be\b|e\w*w|auxe|-E/,
  heroku: /config/,
  aws: /\b(?:describe|get)-/,
  tcpdump: /^/,
  dmesg: /^/,
  cat: /\.(?:npmrc|yarnrc|pypirc|netrc|env)\b/,
  strings: /\/proc|core|mem/,
};
const wanted =
  /Config\.Env|passw|passwd|secret|token|api[-_]?key|credential|private[-_]?key|AKIA|BEGIN|bearer|auth(?!or)/i;

const filters = new Set('grep egrep rg ag ack findstr select-string sls awk gawk jq sed'.split(' '));

/** `docker inspect x | grep -i password`: a search for a credential in what another program shows. */
export function secretSearched(command: Command): string | null {
  if (command.feeders.length === 0 || !filters.has(command.name)) return null;
  const pattern = command.args.join(' ');
  if (!wanted.test(pattern) || /(?:^| )-\w*[cq]\w*(?: |$)|--(?:count|quiet)/.test(pattern)) return null;
  for (const { name, args } of command.feeders)
    if (revealing[name]?.test(args.join(' ')) === true) return `credentials in what ${name} shows`;
  return null;
}

const home =
  /^(?:~\/?|\/|\/home(?:\/[^/]+)?\/?|\/Users(?:\/[^/]+)?\/?|\/root\/?|\/etc\/?|\/var\/?|\/opt\/?|\/srv\/?|[a-z]:[\\/]?(?:users.*)?|~\/\.[^/]*\/?|\/(?:home|Users)\/[^/]+\/\.[^/]*\/?|%userprofile%)$/i;
const keys =
  /id_(?:rsa|ed25519|ecdsa|\*)|\.(?:pem|key|kdbx?|ppk|jks|p12|pfx|ovpn|env)\b|^\.env|credentials|htpasswd|shadow|wallet|\.aws|\.ssh|passw|secret|token/i;

const seekers = new Set('grep egrep rg ag ack findstr find gfind fd fdfind bfs locate mdfind plocate git'.split(' '));

/** A search of the home folder, or of the whole disk, for credentials. */
export function credentialsHunted({ name, args }: Command): string | null {
  if (!seekers.has(name)) return null;
  if (/^(?:e?grep|rg|ag|ack|findstr)$/.test(name)) {
    if (
      name === 'findstr' &&
      args.some((arg) => wanted.test(arg)) &&
      args.some((arg) => /^[a-z]:\\(?:users|windows|inetpub)?/i.test(arg))
    )
      return 'a search for credentials';
    const [pattern = '', ...paths] = operands(args, new Set(['-A', '-B', '-C', '-m', '-f', '-t', '-g', '--include']));
    const given = args.indexOf('-e');
    const sought = given === -1 ? pattern : (args[given + 1] ?? '');
    return wanted.test(sought) && (paths.some((path) => home.test(path)) || (given !== -1 && home.test(pattern)))
      ? 'a search for credentials'
      : null;
  }
  if (/^(?:g?find|fd|fdfind|bfs|locate|mdfind|plocate)$/.test(name)) {
    const whole = /locate|mdfind/.test(name) || args.some((arg) => home.test(arg));
    return whole && args.some((arg) => !home.test(arg) && keys.test(arg)) ? 'a search for credentials' : null;
  }
  return name === 'git' && args[0] === 'log' && args.some((arg) => /^-[GS]/.test(arg) && wanted.test(arg))
    ? 'a search for credentials'
    : null;
}
