// Secrets known by where they stand: keys in PEM blocks, headers, addresses, connection strings, command lines.
// Longer than other files: a list of rules, each with its own examples beside it.
import { entropyOf, isGibberish } from '../entropy.ts';
import type { CheckResult, Rule } from '../rule.ts';
import { isStandIn } from '../stand-ins.ts';
import { barePasswordValue, passwordValue, tokenValue } from '../value-checks.ts';
import { assignment } from './values.ts';

const shared = { severity: 'high', pack: 'secrets' } as const;
function urlPassword(value: string): CheckResult {
  return value.length < 2 || isStandIn(value) || /^[A-Z]+(?:_[A-Z]+)+$/u.test(value) ? 'no' : 'yes';
}

function headerValue(value: string): CheckResult {
  if (isStandIn(value)) return 'no';
  if (value.length < 16 && !/[0-9]/u.test(value)) return 'no';
  return entropyOf(value) >= 2.8 && (/[0-9]/u.test(value) || /[a-z][A-Z]|[A-Z][a-z]/u.test(value)) ? 'yes' : 'no';
}

/** A value of a Kubernetes secret: base64, so its length is a multiple of four, and it does not read like a word. */
function encodedValue(value: string): CheckResult {
  return value.length % 4 === 0 && (value.endsWith('=') || isGibberish(value, 0.67) || /[0-9]/u.test(value))
    ? 'yes'
    : 'no';
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
    pattern: 'https?://[A-Za-z0-9_-]{5}([A-Za-z0-9_-]{15,})@[A-Za-z0-9]',
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
    pattern: '(?<![A-Za-z0-9_])(?:[Bb]earer|BEARER|[Bb]asic|BASIC)[ \\t]+([A-Za-z0-9+/=._~-]{12,})',
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
    id: 'cookie-pair',
    kind: 'session',
    certainty: 'key-name',
    flags: 'i',
    pattern: '(?:session|sess|sid|auth|token|jwt)[A-Za-z0-9_.-]*=([A-Za-z0-9%._~+/=-]{20,})(?=;|\\s|$)',
    check: tokenValue,
    examples: ['sessionid=~A32;', 'connect.sid=s%3A~A40'],
    counterExamples: ['session=your-session-value-goes-here'],
  },
  {
    ...shared,
    id: 'aws-presigned',
    kind: 'aws',
    certainty: 'format',
    pattern: 'X-Amz-(?:Signature|Security-Token)=([A-Za-z0-9%]{32,})',
    examples: ['X-Amz-Signature=~h64'],
    counterExamples: ['X-Amz-Signature=~h8'],
  },
  {
    ...shared,
    id: 'aws-secret-access-key',
    kind: 'aws',
    severity: 'critical',
    certainty: 'key-name',
    flags: 'i',
    pattern: `(?:aws_?secret|secret_?access_?key|secret_?key)(?:_?access)?(?:_?key)?${assignment}["'\`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])`,
    check: tokenValue,
    examples: ['aws_secret_access_key = ~b40', '"SecretAccessKey": "~b40"'],
    counterExamples: ['aws_secret_access_key = ~b20'],
  },
  {
    ...shared,
    id: 'aws-session-token',
    kind: 'aws',
    certainty: 'key-name',
    flags: 'i',
    pattern: `session_?token${assignment}["'\`]?([A-Za-z0-9/+=]{60,})`,
    check: tokenValue,
    examples: ['aws_session_token = ~b200'],
    counterExamples: ['session_token = ~A20'],
  },
  {
    ...shared,
    id: 'connection-string-value',
    kind: 'password',
    certainty: 'key-name',
    flags: 'i',
    pattern: '(?:SharedAccessKey|AccountKey|Password|Pwd)[ \\t]*=[ \\t]*([^\\s;"\'<>`(){}$]{4,})(?=;)',
    check: passwordValue,
    examples: ['Password=~L7;', 'AccountKey=~A12;'],
    counterExamples: ['Password=changeme;'],
  },
  {
    ...shared,
    id: 'kubernetes-secret',
    kind: 'secret',
    certainty: 'key-name',
    // Lines of the object go by until one that begins another: `---`, a list, a fence.
    pattern:
      'kind:[ \\t]*["\']?Secret["\']?[ \\t]*\\r?\\n(?:[^\\r\\n`-][^\\r\\n]*\\r?\\n)*[ \\t]+[A-Za-z0-9_.-]+:[ \\t]*["\']?([A-Za-z0-9+/]{6,}={0,2})(?=["\'\\s]|$)',
    check: encodedValue,
    examples: ['kind: Secret\nmetadata:\n  name: x\ndata:\n  user: ~A10==\n  pass: ~A15=\n'],
    counterExamples: ['kind: Secret\nmetadata:\n  namespace: production\n'],
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
    pattern: '(?:machine|login)[ \\t]+\\S+\\s+(?:login[ \\t]+\\S+\\s+)?password[ \\t]+(\\S{2,})',
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
