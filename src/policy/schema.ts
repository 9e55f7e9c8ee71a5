// The policy file as it is written: the zod schema from which policy.schema.json is generated. Nothing is converted here
// (`resolve.ts` does that), so that the JSON Schema says exactly what the program accepts.

import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { parseHostPattern } from './hosts.ts';
import { durationPattern, parseDuration, parseSize, sizePattern } from './units.ts';

// Timers of the platform hold 24.8 days.
const longestWait = 24 * 86_400_000;

const identifier = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'Write an id of a-z, 0-9, dots, hyphens and underscores, 64 characters at most.',
  );
const name = z.string().min(1).max(200);
const secretName = name.regex(
  /[A-Za-z0-9]/,
  'Write a name with a letter or digit in it: a star alone would be every name.',
);
const hostPattern = z
  .string()
  .refine(
    (text) => parseHostPattern(text) !== undefined,
    'Write a host such as "api.openai.com", "*.openai.azure.com" or "localhost:11434".',
  );
const duration = z
  .string('Write a duration with its unit, such as 60s or 10m.')
  .regex(durationPattern, 'Write a duration with its unit, such as 500ms, 60s, 10m, 8h or 30d.')
  .refine((text) => parseDuration(text) !== 0, 'Write a duration longer than zero.')
  .refine((text) => parseDuration(text) !== undefined, 'Write a shorter duration.');
const wait = duration.refine((text) => (parseDuration(text) ?? 0) <= longestWait, 'Write 24d at most.');
const size = z
  .string('Write a size with its unit, such as 64KiB or 2GiB.')
  .regex(sizePattern, 'Write a size with its unit, such as 64KiB, 10MB or 2GiB.')
  .refine((text) => parseSize(text) !== 0, 'Write a size larger than zero.')
  .refine((text) => parseSize(text) !== undefined, 'Write a smaller size.');

const placeholderStyles = ['word', 'stars', 'typed'];
const placeholderFields = ['rule', 'kind', 'hash', 'prefix'];

const placeholder = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^[^\u0000-\u001f\u007f"\\]*$/,
    'Write a placeholder without quotes, backslashes and control characters, so that JSON stays valid.',
  )
  .refine(
    (text) => [...text.matchAll(/\{([^{}]*)\}/g)].every(([, field]) => placeholderFields.includes(field ?? '')),
    'Use only {rule}, {kind}, {hash} and {prefix} in a placeholder.',
  )
  .refine(
    (text) => placeholderStyles.includes(text) || didYouMean(text, placeholderStyles) === '',
    'Write word, stars, typed, or a text that is not so close to one of these.',
  )
  .describe('word, stars, typed, or a template with {rule}, {kind}, {hash} and {prefix}');

const maskingRule = z
  .strictObject({
    id: identifier,
    regex: z.string().min(1).max(2_000).optional(),
    words: z.array(z.string().min(1).max(200)).min(1).max(10_000).optional(),
    kind: identifier.optional(),
    severity: z.enum(['low', 'medium', 'high', 'critical']).optional(),
    placeholder: placeholder.optional(),
    flags: z
      .string()
      .regex(/^[imsu]{1,4}$/, 'Write some of the flags i, m, s and u.')
      .optional(),
    description: z.string().max(500).optional(),
  })
  .refine(
    (rule) => (rule.regex === undefined) !== (rule.words === undefined),
    'Give the rule either "regex" or "words".',
  );

const masking = z.strictObject({
  placeholder: placeholder.optional(),
  packs: z
    .array(z.enum(['secrets', 'pii', 'looks-like-secret']))
    .optional()
    .describe('rules that are on; the list replaces the default, [secrets]'),
  keys: z
    .array(secretName)
    .max(5_000)
    .optional()
    .describe('JSON key names whose values are masked, besides those that Scrim knows; * as wildcard'),
  env: z
    .array(name)
    .max(5_000)
    .optional()
    .describe('environment variable names whose values are masked, besides those that Scrim knows; * as wildcard'),
  values: z
    .strictObject({
      env: z.array(name).optional(),
      dotenv: z.union([z.boolean(), z.array(name)]).optional(),
      files: z.array(z.enum(['aws', 'npmrc', 'netrc'])).optional(),
    })
    .optional()
    .describe('values that are masked wherever they appear'),
  rules: z.array(maskingRule).max(1_000).optional().describe('your own formats: a regular expression, or words'),
  allow: z
    .array(
      z
        .string()
        .min(1)
        .max(2_000)
        .regex(
          /^(?!fingerprint:)|^fingerprint:[0-9a-f]{16}$/,
          'Write "fingerprint:" and the 16 digits that a finding has.',
        ),
    )
    .max(10_000)
    .optional()
    .describe(
      'texts that are never masked; /…/ is a regular expression, fingerprint:… one value by the fingerprint of its finding',
    ),
});

const places = ['shell', 'tool', 'code', 'text'] as const;
const approved = z.strictObject({
  hosts: z.array(hostPattern).max(5_000).optional().describe('hosts that data may be sent to'),
  paths: z.array(name).max(5_000).optional().describe('folders and files that may be written, secrets included'),
});
const riskRule = z.strictObject({
  id: identifier,
  when: z.union([z.enum(places), z.array(z.enum(places)).min(1)]).optional(),
  match: z
    .union([z.string().min(1).max(2_000), z.record(z.string(), z.json())])
    .optional()
    .describe('a category, the id of a built-in rule, a command such as "git push *", or an object'),
  then: z.enum(['allow', 'ask', 'deny']),
  reason: z.string().max(500).optional(),
});

const approval = z.strictObject({
  timeout: wait.optional().describe('how long a question waits; 60s when left out'),
  'on-timeout': z.enum(['deny', 'allow']).optional().describe('what it means that nobody answered'),
  'keep-alive': wait.optional().describe('how often a held stream is kept alive; 10s when left out'),
  hook: z.array(z.string().min(1)).min(1).optional().describe('command and arguments; no shell'),
});

const credentials = z
  .enum(['auto', 'client', 'scrim'])
  .describe('whose credential reaches the provider: client passes what the client has, scrim only the stored key');

const longestKept = 90 * 86_400_000;
const originals = z
  .union(
    [
      z.literal('never'),
      z.strictObject({
        keep: duration.refine((text) => (parseDuration(text) ?? 0) <= longestKept, 'Write 90d at most.'),
      }),
    ],
    'Write "originals: never", or "originals: { keep: 7d }" for a sealed vault.',
  )
  .describe('whether what was masked is kept, sealed with a key of the keychain, for scrim sessions reveal');

const mode = z.enum(['enforce', 'observe']).describe('enforce: mask and ask; observe: find and record, change nothing');
const requests = z
  .enum(['pass', 'warn', 'mask', 'block'])
  .describe('what happens to secrets in what the client sends; the log masks them in any case');

const oneOrMore = z.union([name, z.array(name).min(1)]);
const scope = z.strictObject({
  match: z
    .strictObject({
      host: z.union([hostPattern, z.array(hostPattern).min(1)]).optional(),
      provider: oneOrMore.optional(),
      model: oneOrMore.optional(),
      client: oneOrMore.optional(),
      project: oneOrMore.optional(),
      identity: oneOrMore.optional(),
      group: oneOrMore.optional(),
    })
    .refine(
      (match) => Object.keys(match).length > 0,
      'Say what the scope matches: host, provider, model, client, project, identity or group.',
    ),
  mode: mode.optional(),
  masking: masking.optional(),
  requests: requests.optional(),
  credentials: credentials.optional(),
  risk: z.array(riskRule).max(1_000).optional(),
  approved: approved.optional(),
  approval: approval.optional(),
});

const baseUrl = z.string().refine(isBaseUrl, 'Write an http:// or https:// address without user, query and fragment.');
const provider = z.union([
  baseUrl,
  z.strictObject({
    'base-url': baseUrl,
    dialect: z.enum(['openai', 'anthropic', 'gemini', 'ollama', 'generic']).optional(),
  }),
]);

const exportTarget = z.strictObject({
  to: z
    .string()
    .max(2_000)
    .regex(
      /^(syslog\+(tcp|tls|udp)|https?|otlp\+https?):\/\/[^\s@]+$/,
      'Write a receiver such as "syslog+tls://logs.example.com", "https://hooks.example.com/scrim" or "otlp+https://otel.example.com:4318".',
    ),
  format: z.enum(['jsonl', 'ocsf', 'cef']).optional(),
  'secret-env': name.optional().describe('environment variable that holds the secret of a webhook'),
  ca: name.optional().describe('PEM file of authorities for the certificate of the receiver'),
});

export const policyFileSchema = z
  .strictObject({
    version: z.literal(1, 'Write "version: 1": this Scrim reads no other.').optional(),
    intercept: z
      .array(z.union([z.literal('default'), hostPattern]))
      .max(5_000)
      .optional()
      .describe('hosts whose TLS is opened; "default" stands for the built-in list'),
    mode: mode.optional(),
    masking: masking.optional().describe('what is masked, and what stands in its place'),
    requests: requests.optional(),
    credentials: credentials.optional(),
    unreadable: z
      .strictObject({ pass: z.array(hostPattern) })
      .optional()
      .describe('hosts whose bodies pass unmasked when they cannot be read; all others fail'),
    providers: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'Name the provider with a-z, 0-9 and hyphens.'), provider)
      .optional()
      .describe('further paths of the gateway: a name, and where it leads'),
    risk: z
      .array(riskRule)
      .max(1_000)
      .optional()
      .describe('added to the built-in rules; the id of a built-in rule overrides it'),
    approved: approved.optional().describe('where data may go without a question'),
    approval: approval.optional().describe('how long a question waits, and what its end means'),
    scopes: z.array(scope).max(1_000).optional().describe('the first that matches is laid over the rest'),
    export: z.array(exportTarget).max(20).optional().describe('receivers that get each finished exchange, masked'),
    sessions: z
      .strictObject({
        retain: duration.optional().describe('age at which exchanges are deleted; 30d when left out'),
        'max-size': size.optional().describe('size past which the oldest are deleted; 2GiB when left out'),
        originals: originals.optional(),
        'on-failure': z.enum(['stop', 'continue']).optional().describe('when the log cannot be written'),
      })
      .optional()
      .describe('how long and how much of the log is kept'),
  })
  .meta({ title: 'Scrim policy' });

export type PolicyFile = z.infer<typeof policyFileSchema>;

function isBaseUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}
