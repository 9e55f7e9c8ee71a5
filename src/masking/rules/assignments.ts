// Values behind telling names: `password: "…"`, `NAME_TOKEN=…`, YAML, XML, flags, calls. The name is public, the value is
// captured. The automaton counts to four only, the checks ask for more. Patterns start at the telling word itself, never at the identifier before it: that keeps the automaton small.
import type { Rule } from '../rule.ts';
import { barePasswordValue, environmentPassword, passwordValue, tokenValue, vendorValue } from '../value-checks.ts';
import { assignment, bareValue, plainAssignment, quotedValue } from './values.ts';

const passwordNames =
  '(?<![A-Za-z0-9])(?:pass|pw)|passw(?:or)?ds?|passwd|pass[-_ ]?phrase|pwd|userpass|[-_.]pass|pass[-_]?code|contrasena|senha|kennwort|motdepasse|secret[-_]?word';
const keyWords =
  'api|access|secret|private|encryption|signing|auth|master|account|shared|storage|licen[sc]e|service|app|application|consumer|client|integration|write|deploy|session|signature|webhook|hmac|cipher|crypt|crypto|aes|subscription|security|admin|ssh';
const tokenNames = `secrets?|secret[-_]?access[-_]?key|aws[-_]?secret|token|(?:${keyWords})[-_. ]?key|credentials?|creds?|jwt|bearer|salt|nonce|auth(?:orization)?[-_]?code|connection[-_]?string|dsn|[-_]pat|[-_.]login|sonar[-_.]?login|[-_]auth|api[-_]?pass`;
const nameTail =
  '(?:[-_ ]?(?:key|value|val|text|str|string|data|id|hash|base64|b64|enc|prod|production|dev|development|test|live|staging|local|old|new|v?[0-9]{1,}|[a-z]))?';

/** How prose names a password. */
const spoken =
  '(?:password|passphrase|passcode)(?:[ \\t]+(?:for|of)(?:[ \\t]+["\'`]?[A-Za-z0-9_@.-]+["\'`]?){1,3})?[ \\t]+(?:is|was|to|should be|will be|set to)[ \\t:=*]+';

/** Services whose name alone before a key-like value says enough: `MAILCHIMP_API='…'`, `facebook.key = "…"`. */
export const vendorNames: readonly string[] = (
  'adafruit adobe agora ai21 airbrake airtable algolia amplitude appcenter asana assemblyai bamboo bitbucket bitfinex bitly ' +
  'bitrise blynk braintree branchio browserstack bugsnag builderio buttercms calendly censys chartmogul circleci clarifai clearbit clickup ' +
  'cloudant cloudflare cloudinary cloudsight codacy codeclimate codecov cohere coinbase coinmarketcap contentful coveralls ' +
  'cryptocompare datadog deepgram deepl deepseek discord disqus dnsimple docusign dropbox droneci dwolla etherscan etsy eventbrite ' +
  'facebook fastly finicity finnhub flickr foursquare freshbooks freshdesk fullstory geocod gitalk giphy gitter gocardless grafana helpscout ' +
  'heroku honeycomb hotjar hubspot hunterio ibm_cloud imagekit infura ipdata ipinfo ipstack jenkins ' +
  'jotform jumpcloud kickbox kraken kucoin launchdarkly linkedin linked_in linkedin locationiq loggly logzio lokalise ' +
  'mailchimp mailgun mailjet mapbox mapquest mattermost maxmind messagebird mixpanel moralis nasa netlify newrelic new_relic nexmo ' +
  'nytimes okta onesignal opencage openweather opsgenie optimizely pagerduty paypal pdfshift pendo pinata pingdom pinterest ' +
  'pipedrive plaid plivo postmark pubnub pusher quickbase rapidapi raygun recaptcha recurly riotgames rollbar samsara ' +
  'sendbird sendgrid sendinblue sentry shodan shopify shutterstock sinch skybiometry snyk sonar soundcloud splunk ' +
  'spotify squarespace stackpath statuspage strava sumologic surveymonkey telegram telnyx tencent thingsboard thingspeak tineye ' +
  'todoist trello twilio twitch twitter typeform unsplash uploadcare virustotal vonage wakatime weatherapi weatherbit webex wistia ' +
  'woocommerce yandex yelp youtube zapier zendesk zoho zoom'
).split(' ');

const shared = { certainty: 'key-name', pack: 'secrets', severity: 'high', flags: 'i' } as const;

export const assignments: readonly Rule[] = [
  {
    ...shared,
    id: 'assigned-password',
    kind: 'password',
    pattern: `(?:${passwordNames})${nameTail}${assignment}${quotedValue(4)}`,
    check: passwordValue,
    examples: ['password: "~A12"', "'db_password' => '~w14'", 'setPassword("~A10!")', '\\"password\\": \\"~A12\\"'],
    counterExamples: ['password: "changeme"', 'password = "your-password"', "password: '${DB_PASSWORD}'"],
  },
  {
    ...shared,
    id: 'assigned-secret',
    kind: 'secret',
    pattern: `(?:${tokenNames})${nameTail}(?:(?:_[a-z0-9]+)?${assignment}${quotedValue(4)}|${plainAssignment}${bareValue(4)})`,
    check: tokenValue,
    examples: [
      'apiKey = "~A32"',
      '"client_secret": "~w40"',
      "token := '~h32'",
      'SECRET_KEY=~w40',
      'api_key: ~h32',
      'export SERVICE_TOKEN=~A24',
    ],
    counterExamples: [
      'token: "your-token-here"',
      'secret = "process.env.SECRET"',
      'token_type: "bearer"',
      'token = parser.next()',
      'token: req.headers.token',
      'SECRET_KEY=${SECRET_KEY}',
    ],
  },
  {
    ...shared,
    id: 'bare-password',
    kind: 'password',
    pattern: `(?:${passwordNames})${nameTail}${plainAssignment}${bareValue(4)}`,
    check: barePasswordValue,
    examples: ['PGPASSWORD=~A14', 'password: ~w12', '<password>~A14</password>'],
    counterExamples: ['password = getPassword()', 'password: string', 'password = None'],
  },
  {
    ...shared,
    id: 'environment-password',
    kind: 'password',
    flags: '',
    pattern:
      '(?:PASSWORD|PASSWD|PASSPHRASE|_PWD|_PASS)(?:_[A-Z0-9]{1,})?=["\']?([^\\s"\'`$<>(){}\\\\;&|%]{4,})(?=[\\s"\'`;&|\\\\]|$)',
    check: environmentPassword,
    examples: ['MYSQL_ROOT_PASSWORD=~l9', 'DB_PASS=~A10'],
    counterExamples: ['DB_PASSWORD=changeme', 'DB_PASSWORD=$SECRET', 'DB_PASSWORD=<password>'],
  },
  {
    ...shared,
    id: 'environment-secret',
    kind: 'secret',
    flags: '',
    pattern:
      '(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:_[A-Z0-9]+)?=["\']?([^\\s"\'`<>$(){};]{4,})',
    check: tokenValue,
    examples: ['TOKEN_GITHUB=~A20', 'SECRET_2="~A16"'],
    counterExamples: ['TOKEN_TYPE=bearer', 'SECRET_NAME=my-app-secrets'],
  },
  {
    ...shared,
    id: 'environment-line',
    kind: 'secret',
    flags: '',
    pattern:
      '(?<![A-Za-z0-9])(?:ENV|ARG)[ \\t]+[A-Z0-9_]*(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|_KEY)[A-Z0-9_]*[ \\t]+["\']?([^\\s"\'`$<>(){}\\\\;&|%]{4,})',
    check: environmentPassword,
    examples: ['ENV MYSQL_ROOT_PASSWORD ~A10', 'ENV API_TOKEN "~h32"'],
    counterExamples: ['ENV PASSWORD $PASSWORD', 'ENV TOKEN changeme'],
  },
  {
    ...shared,
    id: 'assigned-key',
    kind: 'key',
    pattern: `(?<![A-Za-z0-9])(?:key|auth|session|sid|cookie|hash|seed|iv)${assignment}${quotedValue(4)}`,
    check: vendorValue,
    examples: ['key = "~A32"', "'auth': '~b40=='"],
    counterExamples: ['key: "~h40"', 'key="item-~d12"', 'hash: "sha512-~b40"'],
  },
  {
    ...shared,
    id: 'identified-by',
    kind: 'password',
    pattern: `identified[ \\t]+(?:with[ \\t]+[a-z0-9_'"]+[ \\t]+)?(?:by|as)[ \\t]+${quotedValue(4)}`,
    check: passwordValue,
    examples: ["CREATE USER 'a'@'%' IDENTIFIED BY '~A12'"],
    counterExamples: ["IDENTIFIED BY 'password'"],
  },
  {
    ...shared,
    id: 'spoken-password',
    kind: 'password',
    pattern: `${spoken}([^\\s"'\`,;()<>*]{5,})`,
    check: barePasswordValue,
    examples: ['The password is ~A10'],
    counterExamples: ['the password is required', 'set the password to something strong'],
  },
  {
    ...shared,
    id: 'spoken-quoted-password',
    kind: 'password',
    pattern: `${spoken}["'\`]([^"'\`\\s]{4,})(?=["'\`])`,
    check: environmentPassword,
    examples: ["the password for the database is '~A9!'", 'Set the admin password to `~A14`'],
    counterExamples: ['the password is "required"', 'set password to `${VALUE}`'],
  },
  {
    ...shared,
    id: 'vendor-key',
    kind: 'api_key',
    pattern: `(?<![A-Za-z0-9])(?:${[...new Set(vendorNames)].map((name) => name.replace('_', '[-_]?')).join('|')})[A-Za-z0-9_.-]*(?:${assignment}${quotedValue(4)}|${plainAssignment}${bareValue(4)})`,
    check: vendorValue,
    examples: ['MAILCHIMP_API="~h32"', 'datadog_app: ~h32', "twitter.consumer = '~A25'"],
    counterExamples: ['GITHUB_SHA=~h40', 'twitter_user: 123456789012345', 'slack_channel="general-announcements"'],
  },
];
