// The clients that can be set up, one adapter each. An adapter says what to change; `setup.ts` does it.

import type { ClientSetup } from './client-setup.ts';
import { aider } from './clients/aider.ts';
import { claudeCode } from './clients/claude-code.ts';
import { cline } from './clients/cline.ts';
import { codex } from './clients/codex.ts';
import { continueDev } from './clients/continue.ts';
import { copilot } from './clients/copilot.ts';
import { docker } from './clients/docker.ts';
import { geminiCli } from './clients/gemini-cli.ts';
import { git } from './clients/git.ts';
import { jetbrains } from './clients/jetbrains.ts';
import { npm } from './clients/npm.ts';
import { opencode } from './clients/opencode.ts';
import { pip } from './clients/pip.ts';
import { shell } from './clients/shell.ts';
import { systemProxy } from './clients/system-proxy.ts';
import { editors } from './clients/vscode.ts';

export const clients: readonly ClientSetup[] = [
  claudeCode,
  codex,
  geminiCli,
  opencode,
  copilot,
  cline,
  continueDev,
  aider,
  ...editors,
  jetbrains,
  shell,
  git,
  npm,
  pip,
  docker,
  systemProxy,
];

export function clientById(id: string): ClientSetup | undefined {
  return clients.find((client) => client.id === id);
}
