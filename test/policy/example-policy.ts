// A policy that uses every key, as people write it.

export const examplePolicy = `version: 1
intercept:
  - api.openai.com
  - api.anthropic.com
  - "*.openai.azure.com"
mode: enforce
masking:
  placeholder: word
  packs: [secrets]
  keys: [password, api_key, secret_key, "*_token"]
  env: [DATABASE_URL, "*_SECRET"]
  values: { env: [STRIPE_KEY], dotenv: true }
  rules:
    - { id: ticket, regex: "ACME-[0-9]{6}", kind: identifier }
    - { id: code-names, words: [bluebird, "red.fox", blue], severity: high, placeholder: "NAME_{hash}", flags: i, description: unreleased products }
  allow: ["ACME-000000", "/^test_[a-z]+$/i"]
requests: pass
unreadable: { pass: ["*.lab.example"] }
providers:
  lab: http://10.0.0.5:8000/
  team: { base-url: "https://llm.example.com/api", dialect: openai }
risk:
  - { id: rm-root, when: shell, match: destructive, then: ask }
  - { id: exfil, when: [shell, tool], match: { upload: { to: "!approved", over: 64KiB } }, then: deny, reason: too much }
  - { id: builtin-persistence, then: allow }
approval: { timeout: 90s, on-timeout: deny, keep-alive: 5s, hook: [./approve.sh] }
scopes:
  - { match: { project: "~/code/prod-*" }, requests: mask }
  - { match: { model: [gpt-*, o1], host: api.openai.com }, mode: observe, masking: { packs: [secrets, pii], keys: [iban] } }
export:
  - { to: "syslog+tls://logs.example.com", format: ocsf, ca: /etc/ssl/company.pem }
  - { to: "https://hooks.example.com/scrim", secret-env: HOOK_SECRET }
sessions: { retain: 7d, max-size: 64MiB, originals: never, on-failure: continue }
`;
