// Values behind telling names: `password: "…"`, `NAME_TOKEN=…`, YAML, XML, flags, calls. The name is public, the value is
// captured. Patterns start at the telling word itself, never at the identifier before it: that keeps the automaton small.
import type { Rule } from '../rule.ts';
import { barePasswordValue, passwordValue, tokenValue } from '../value-checks.ts';

const passwordNames =
  'passw(?:or)?ds?|passwd|passphrase|pass[-_]?phrase|pwd|userpass|[-_.]pass|pass[-_]?code|contrase[nñ]a|senha|kennwort|mot[-_]?de[-_]?passe|secret[-_]?word|app[-_]?pass';
const tokenNames =
  'secrets?|token|api[-_]?key|apikey|access[-_]?key|secret[-_]?key|private[-_]?key|encryption[-_]?key|signing[-_]?key|auth[-_]?key|master[-_]?key|account[-_]?key|shared[-_]?key|storage[-_]?key|license[-_]?key|service[-_]?key|app[-_]?key|consumer[-_]?key|client[-_]?key|integration[-_]?key|write[-_]?key|deploy[-_]?key|session[-_]?key|credentials?|creds?|jwt|bearer|salt|nonce|signature[-_]?key|webhook[-_]?(?:secret|key)|hmac[-_]?key|cipher[-_]?key|crypt(?:o|ion)?[-_]?key|aes[-_]?key|auth(?:orization)?[-_]?code|connection[-_]?string|dsn|[-_]pat';
const nameTail =
  '(?:[-_]?(?:key|value|val|text|str|string|data|id|hash|default|prod|production|dev|development|test|testing|live|staging|stage|local|old|new|base64|b64|v?[0-9]{1,}|[a-z]))?';
const quote = '(?:\\\\{0,3}["\'`])';
const between = `${quote}?(?:\\])?[ \\t]*`;
const typeNote = '(?:[ \\t]*:[ \\t]*(?:&|Option<)?[A-Za-z][A-Za-z0-9_.]*>?)?';
const assigned = `${between}(?:${typeNote}[ \\t]*(?::=|=>|={1,3}|:|!=)[ \\t]*|,[ \\t]*|\\([ \\t]*|[ \\t]value[ \\t]*=[ \\t]*)`;
const quotedValue = (least: number): string => `(?:[a-zA-Z]{1,2})?${quote}([^\\s"'\`<>\\\\]{${least},})(?=["'\`\\\\])`;
const bareValue = (least: number): string => `([^\\s"'\`<>(){}\\[\\];,\\\\|]{${least},})(?=[\\s"'\`;,<\\\\)}\\]]|$)`;

const shared = { certainty: 'key-name', pack: 'secrets', flags: 'i' } as const;

export const assignments: readonly Rule[] = [
  {
    ...shared,
    id: 'assigned-password',
    kind: 'password',
    severity: 'high',
    pattern: `(?:${passwordNames})${nameTail}${assigned}${quotedValue(4)}`,
    check: passwordValue,
    examples: ['password: "~A12"', "'db_password' => '~w14'", 'setPassword("~A10!")'],
    counterExamples: ['password: "changeme"', 'password = "your-password"', "password: '${DB_PASSWORD}'"],
  },
  {
    ...shared,
    id: 'assigned-secret',
    kind: 'secret',
    severity: 'high',
    pattern: `(?:${tokenNames})${nameTail}${assigned}${quotedValue(8)}`,
    check: tokenValue,
    examples: ['apiKey = "~A32"', '"client_secret": "~w40"', "token := '~h32'"],
    counterExamples: ['token: "your-token-here"', 'secret = "process.env.SECRET"', 'token_type: "bearer"'],
  },
  {
    ...shared,
    id: 'bare-password',
    kind: 'password',
    severity: 'high',
    pattern: `(?:${passwordNames})${nameTail}${quote}?[ \\t]*(?::=|=>|=|:)[ \\t]*${bareValue(4)}`,
    check: barePasswordValue,
    examples: ['PGPASSWORD=~A14', 'password: ~w12'],
    counterExamples: ['password = getPassword()', 'password: string', 'password = None'],
  },
  {
    ...shared,
    id: 'bare-secret',
    kind: 'secret',
    severity: 'high',
    pattern: `(?:${tokenNames})${nameTail}${quote}?[ \\t]*(?::=|=>|=|:)[ \\t]*${bareValue(8)}`,
    check: tokenValue,
    examples: ['SECRET_KEY=~w40', 'api_key: ~h32', 'export SERVICE_TOKEN=~A24'],
    counterExamples: ['token = parser.next()', 'token: req.headers.token', 'SECRET_KEY=${SECRET_KEY}'],
  },
  {
    ...shared,
    id: 'element-secret',
    kind: 'secret',
    severity: 'high',
    pattern: `<(?:[a-z0-9_.:-]*[._:-])?(?:${passwordNames}|${tokenNames})[a-z0-9]*>[ \\t]*([^\\s"'\`<>(){}]{6,})(?=<)`,
    check: barePasswordValue,
    examples: ['<password>~A14</password>', '<apiKey>~h32</apiKey>'],
    counterExamples: ['<password>changeme</password>', '<password></password>'],
  },
];
