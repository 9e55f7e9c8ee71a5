// `.env` beside config.toml: Codex loads it into its own environment (all names but CODEX_*), so it works for API keys and for
// ChatGPT logins alike. `openai_base_url` in config.toml would send a ChatGPT login's requests to the wrong API.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables, dotenvLines } from '../client-variables.ts';
import { exists, isOnPath, variable } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const folder = (env: SetupEnvironment) => variable(env, 'CODEX_HOME') ?? join(env.home, '.codex');

export const codex: ClientSetup = {
  id: 'codex',
  title: 'Codex',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'codex')) || (await exists(folder(env))),
  plan: (env) =>
    Promise.resolve([
      {
        target: { kind: 'file', path: join(folder(env), '.env') },
        edit: { format: 'block', mark: 'codex', lines: dotenvLines(assistantVariables(env)) },
      },
    ]),
  advice: [
    "A CODEX_CA_CERTIFICATE of your own wins over what is set here: let it name a file with Scrim's certificate too.",
  ],
};
