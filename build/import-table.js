// Who may import whom, as data: the table of ARCHITECTURE.md. What is not listed is forbidden.
// `pure` folders know no Node, clock, randomness or network; time and ids are passed in.

/** @type {Record<string, { imports: string[], pure: boolean }>} */
export const importTable = {
  base: { imports: [], pure: true },
  contract: { imports: ['base'], pure: true },
  http: { imports: ['base'], pure: true },
  wire: { imports: ['base', 'http'], pure: true },
  masking: { imports: ['base'], pure: true },
  policy: { imports: ['base', 'contract'], pure: true },
  risk: { imports: ['base', 'contract'], pure: true },
  exchange: { imports: ['base', 'contract', 'http', 'wire', 'masking', 'policy', 'risk'], pure: true },
  connection: { imports: ['base', 'http', 'certificates'], pure: false },
  approvals: { imports: ['base', 'contract', 'policy'], pure: false },
  sessions: { imports: ['base', 'contract'], pure: false },
  exports: { imports: ['base', 'contract'], pure: false },
  keychain: { imports: ['base'], pure: false },
  vault: { imports: ['base', 'contract', 'keychain'], pure: false },
  credentials: { imports: ['base', 'http', 'keychain', 'policy'], pure: false },
  certificates: { imports: ['base', 'keychain'], pure: false },
  identity: { imports: ['base'], pure: false },
  capture: { imports: ['base', 'certificates'], pure: false },
  trust: { imports: ['base', 'certificates'], pure: false },
  settings: { imports: ['base', 'contract', 'policy'], pure: false },
  tray: { imports: ['base', 'contract'], pure: false },
};
