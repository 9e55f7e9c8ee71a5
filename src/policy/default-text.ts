// What `scrim policy init` writes: the built-in policy, spelled out where a person may want to change it.

export const defaultPolicyText = `# Scrim policy. Everything here is optional: what is left out has the value shown.
# Check it with "scrim policy check"; a running Scrim takes a valid change over at once.
version: 1

# Hosts whose TLS is opened. Everything else is tunnelled, untouched and undecoded.
# "default" stands for the model providers Scrim knows. Add your own below it.
intercept:
  - default
  # - llm.example.com
  # - "*.models.example.com"

# enforce, or observe: find and record, but change nothing.
mode: enforce

masking:
  # word (a bare word that keeps code and JSON parsing), stars, typed, or a template such as "***MASKED:{rule}***".
  placeholder: word
  # secrets, pii, looks-like-secret
  packs: [secrets]
  # Names of JSON keys and environment variables whose values are masked, besides those that Scrim knows
  # (password, api_key, client_secret, DB_PASSWORD, ...). A star stands for any characters: "*_code".
  keys: []
  env: []
  # Values masked wherever they appear: of these environment variables, and of the project's .env files.
  values:
    env: []
    dotenv: false
    files: [] # aws, npmrc, netrc: this user's credential files
  # Your own formats.
  rules: []
  #  - { id: ticket, regex: "ACME-[0-9]{6}", kind: identifier }
  # Texts that are never masked; /.../ is a regular expression.
  allow: []

# What happens to secrets in requests: pass, warn, mask or block. In the log they are masked in any case.
requests: pass

# Hosts whose bodies pass unmasked when Scrim cannot read them. For all others the client gets an error.
unreadable:
  pass: []

# Further gateway paths: http://127.0.0.1:8877/lab/... leads to the address of "lab".
providers: {}
#  lab: http://10.0.0.5:8000
#  team: { base-url: "https://llm.example.com", dialect: openai }

# Added to the built-in risk rules, which are on; the same id overrides one.
risk: []
#  - { id: git-force-push, then: deny }
#  - { id: deploys, match: "make deploy *", then: ask }
#  - { id: exfil, match: { upload: { to: "!approved", over: 64KiB } }, then: deny }

# Where data may go without a question: hosts besides this machine, paths besides the project folder.
approved:
  hosts: []
  paths: []

approval:
  timeout: 60s
  on-timeout: deny
  keep-alive: 10s

# First match adds to or overrides the above.
scopes: []
#  - { match: { project: "~/code/prod-*" }, requests: mask }

sessions:
  retain: 30d
  max-size: 2GiB
  originals: never
  on-failure: stop
`;
