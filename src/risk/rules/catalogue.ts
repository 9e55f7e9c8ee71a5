// Every built-in rule, worst matters first.

import type { Rule } from '../rule.ts';
import { cloudRules } from './cloud.ts';
import { credentialRules } from './credentials.ts';
import { databaseRules } from './databases.ts';
import { exfiltrationRules } from './exfiltration.ts';
import { fileRules } from './files.ts';
import { gitRules } from './git.ts';
import { obfuscationRules } from './obfuscation.ts';
import { persistenceRules } from './persistence.ts';
import { privilegeRules } from './privilege.ts';
import { protectionRules } from './protection.ts';
import { remoteCodeRules } from './remote-code.ts';
import { scrimRules } from './scrim.ts';
import { serviceRules } from './services.ts';
import { sessionRules } from './sessions.ts';
import { windowsRules } from './windows.ts';
import { writeRules } from './writes.ts';

export const catalogue: readonly Rule[] = [
  ...fileRules,
  ...gitRules,
  ...databaseRules,
  ...privilegeRules,
  ...cloudRules,
  ...serviceRules,
  ...sessionRules,
  ...persistenceRules,
  ...protectionRules,
  ...windowsRules,
  ...scrimRules,
  ...credentialRules,
  ...exfiltrationRules,
  ...remoteCodeRules,
  ...obfuscationRules,
  ...writeRules,
];
