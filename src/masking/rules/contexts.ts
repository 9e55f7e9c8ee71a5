// Secrets known by where they stand: keys in PEM blocks, headers, addresses, connection strings, command lines.
import { entropyOf } from '../entropy.ts';
import type { CheckResult, Rule } from '../rule.ts';
import { isStandIn } from '../stand-ins.ts';
import { barePasswordValue, passwordValue, tokenValue } from '../value-checks.ts';

const shared = { severity: 'high', pack: 'secrets' } as const;
function urlPassword(value: string): CheckResult {
  return value.length < 3 || isStandIn(value) || /^[A-Z_]+$/u.test(value) ? 'no' : 'yes';
}

function headerValue(value: string): CheckResult {
  if (isStandIn(value)) return 'no';
  return entropyOf(value) >= 2.8 && (/[0-9]/u.test(value) || /[a-z][A-Z]|[A-Z][a-z]/u.test(value)) ? 'yes' : 'no';
}

export const contexts: readonly Rule[] = [
  {
    ...shared,
    id: 'url-password',
    kind: 'password',
    certainty: 'key-name',
    pattern: '://[^\\s:/@"\'<>`]*:([^\\s:/@"\'<>`]{3,})@(?:[A-Za-z0-9_$%{]|\\[)',
    check: urlPassword,
    examples: ['postgres://app:~A16@db.internal:5432/main', 'https://bot:~A24@git.internal/x.git'],
    counterExamples: ['https://user:password@example.com', 'http://localhost:8080/a@b'],
  },
  {
    ...shared,
    id: 'url-token',
    kind: 'token',
    certainty: 'key-name',
    pattern: 'https?://[A-Za-z0-9_-]{9}([A-Za-z0-9_-]{11,})@[A-Za-z0-9]',
    check: tokenValue,
    examples: ['https://~h32@sentry.internal/4', 'https://~A40@git.internal/x.git'],
    counterExamples: ['https://your-token-goes-right-here@host'],
  },
  {
    ...shared,
    id: 'url-query-secret',
    kind: 'secret',
    certainty: 'key-name',
    flags: 'i',
    pattern:
      '[?&;](?:access_token|auth_token|id_token|refresh_token|api_?key|apikey|token|key|secret|client_secret|password|passwd|pwd|pass|sig|signature|auth|code|x-amz-signature|x-amz-security-token|x-goog-signature|awsaccesskeyid)=([A-Za-z0-9%._~+/=-]{8,})',
    check: tokenValue,
    examples: ['https://api.internal/v1?access_token=~A32', '&sig=~A43%3D'],
    counterExamples: ['?key=your-key-here', '?token=example-token'],
  },
  {
    ...shared,
    id: 'authorization-header',
    kind: 'token',
    certainty: 'key-name',
    flags: 'i',
    pattern:
      '(?:authorization|auth)\\\\{0,3}["\'`]?[ \\t]*(?:[:=,]|=>)[ \\t]*[a-z]?\\\\{0,3}["\'`]?(?:basic|bearer|token|apikey|ssws|digest|sso-key|key|jwt|negotiate|aws)[ \\t:]+([A-Za-z0-9+/=._~!:-]{8,})',
    check: headerValue,
    examples: ['Authorization: Bearer ~A32', "'Authorization': 'Basic ~A20=='", '-H "Authorization: token ~h40"'],
    counterExamples: ['Authorization: Bearer <token>', 'Authorization: Bearer YOUR_TOKEN'],
  },
  {
    ...shared,
    id: 'bare-bearer',
    kind: 'token',
    certainty: 'key-name',
    pattern: '(?<![A-Za-z0-9_])(?:[Bb]earer|BEARER|Basic)[ \\t]+([A-Za-z0-9+/=._~-]{16,})',
    check: headerValue,
    examples: ['curl -H "X: Bearer ~A40"', 'Bearer ~w32'],
    counterExamples: ['Bearer authentication-scheme-is', 'Basic authentication'],
  },
  {
    ...shared,
    id: 'header-secret',
    kind: 'secret',
    certainty: 'key-name',
    flags: 'i',
    pattern:
      '(?:x-api-key|x-auth-token|x-access-token|x-vault-token|x-amz-security-token|private-token|api-key|x-[a-z-]*(?:token|secret|key)|ocp-apim-subscription-key|x-rapidapi-key|dd-api-key|jenkins-crumb)\\\\{0,3}["\'`]?[ \\t]*(?:[:=,]|=>)[ \\t]*\\\\{0,3}["\'`]?([^\\s"\'`<>$(){},;\\\\]{8,})',
    check: tokenValue,
    examples: ['X-Api-Key: ~A32', '"PRIVATE-TOKEN": "~w24"'],
    counterExamples: ['X-Api-Key: your-api-key'],
  },
  {
    ...shared,
    id: 'cookie-session',
    kind: 'session',
    certainty: 'key-name',
    flags: 'i',
    pattern:
      'cookie\\\\{0,3}["\'`]?[ \\t]*(?:[:=,]|=>)[ \\t]*\\\\{0,3}["\'`]?(?:[^\\r\\n"\'`]*[; ])?[a-z0-9_.-]*(?:session|sess|sid|auth|token|jwt|csrf)[a-z0-9_.-]*=([A-Za-z0-9%._~+/=:-]{16,})',
    check: tokenValue,
    examples: ['Set-Cookie: session=~A40; Path=/', 'Cookie: a=b; connect.sid=~A32'],
    counterExamples: ['Cookie: session=your-session-cookie-here'],
  },
  {
    ...shared,
    id: 'connection-string-password',
    kind: 'password',
    certainty: 'key-name',
    flags: 'i',
    pattern: '(?:;|["\'`])[ \\t]*(?:password|pwd)[ \\t]*=[ \\t]*([^\\s;"\'<>`(){}$]{3,})(?=[;"\'`])',
    check: passwordValue,
    examples: ['Server=db;User Id=app;Password=~A12;'],
    counterExamples: ['Server=db;Password=changeme;'],
  },
  {
    ...shared,
    id: 'npmrc-auth',
    kind: 'npm',
    certainty: 'key-name',
    pattern: '_(?:auth|authToken|password)[ \\t]*=[ \\t]*["\']?([A-Za-z0-9+/=_-]{8,})',
    check: tokenValue,
    examples: ['//registry.internal/:_authToken=~h8-~h4-~h4-~h4-~h12', '_auth=~A30=='],
    counterExamples: ['_authToken=your-token-here'],
  },
  {
    ...shared,
    id: 'netrc',
    kind: 'password',
    certainty: 'key-name',
    pattern: '(?:machine|login)[ \\t]+\\S+\\s+(?:login[ \\t]+\\S+\\s+)?password[ \\t]+(\\S{3,})',
    check: urlPassword,
    examples: ['machine git.internal login bot password ~A16'],
    counterExamples: ['machine git.internal login bot password $TOKEN'],
  },
  {
    ...shared,
    id: 'command-password',
    kind: 'password',
    certainty: 'key-name',
    pattern: '(?:(?<![A-Za-z0-9])-u|--user|--proxy-user|-U)[ =][ \\t]*["\']?[^\\s:"\'$<]{1,}:([^\\s"\'`:]{4,})',
    check: urlPassword,
    examples: ['curl -u admin:~A12 https://x.internal'],
    counterExamples: ['curl -u user:$PASSWORD', 'docker run -u 1000:1000 x'],
  },
  {
    ...shared,
    id: 'flag-secret',
    kind: 'secret',
    certainty: 'key-name',
    flags: 'i',
    pattern:
      '-(?:password|passwd|passphrase|token|secret|api-?key|access-?key|pwd|pass)[ \\t]+["\']?([^\\s"\'`<>$(){}\\[\\]|;-][^\\s"\'`<>$(){}\\[\\]|;]{5,})',
    check: barePasswordValue,
    examples: ['mysql --password ~A12', 'az login --client-secret ~w34'],
    counterExamples: ['tool --token <token>', 'tool --password is required'],
  },
  {
    ...shared,
    id: 'openssl-pass',
    kind: 'password',
    certainty: 'key-name',
    pattern: '(?:-pass(?:in|out|wd)?|-k)[ \\t]+(?:pass:)([^\\s"\'`]{3,})',
    check: urlPassword,
    examples: ['openssl rsa -passin pass:~A12 -in key.pem'],
    counterExamples: ['openssl rsa -passin pass:$PASS'],
  },
  {
    ...shared,
    id: 'sshpass',
    kind: 'password',
    certainty: 'key-name',
    pattern: '(?:sshpass[ \\t]+-p|mysql[^\\r\\n|;]* -p|psexec[^\\r\\n]* -p)[ \\t]*["\']?([^\\s"\'`$%]{4,})',
    check: barePasswordValue,
    examples: ['sshpass -p ~A12 ssh host'],
    counterExamples: ['sshpass -p $PASS ssh host'],
  },
  {
    ...shared,
    id: 'credential-call',
    kind: 'password',
    certainty: 'key-name',
    pattern:
      '(?:NetworkCredential|UsernamePasswordCredentials|UsernamePasswordAuthenticationToken|BasicAuth|HTTPBasicAuth|set_basic_auth|basic_auth|DirectoryEntry|PasswordAuthentication|Credentials?|login|signIn|sign_in|authenticate)[ \\t]*\\((?:[ \\t\\r\\n]*["\'][^"\'\\r\\n]*["\'][ \\t]*,){1,2}[ \\t\\r\\n]*["\']([^"\'\\s]{4,})(?=["\'])',
    check: passwordValue,
    examples: ['new NetworkCredential("bot", "~A14")', "HTTPBasicAuth('bot', '~A12')"],
    counterExamples: ['HTTPBasicAuth("user", "password")'],
  },
  {
    ...shared,
    id: 'labelled-password',
    kind: 'password',
    certainty: 'key-name',
    flags: 'i',
    pattern: '(?:password|passwd|secret|storePassword|keyPassword)[ \\t]+["\']([^"\'\\s$<{]{4,})(?=["\'])',
    check: passwordValue,
    examples: ["password '~A12'", 'keyPassword "~A10"'],
    counterExamples: ['password "changeme"', "the password 'field' is"],
  },
];
