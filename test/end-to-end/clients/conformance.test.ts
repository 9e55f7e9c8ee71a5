// A quick part of the conformance suite: one SDK for each API, and the coding assistants that are in the cache (or, in CI,
// that can be had within a minute). All of it: `npm run conformance`.

import { afterAll, describe, expect, test } from 'vitest';
import { missingSession } from '../../keychain/desktop-session.ts';
import { install } from '../../support/real-clients-install.ts';
import { codingClients } from './coding-clients.ts';
import { endScenarios, scenarios, type ScenarioName } from './scenarios.ts';
import { sdkClients } from './sdk-clients.ts';

const ids = ['openai-node-chat', 'openai-node-responses', 'anthropic-node', 'genai-node', 'ollama-node'];
const assistants = ['claude', 'codex', 'gemini'];
const offline = process.env['SCRIM_CI'] !== '1';
const clients = [
  ...sdkClients.filter(({ id }) => ids.includes(id)),
  ...codingClients.filter(({ id }) => assistants.includes(id)),
];

if (missingSession !== undefined) process.stderr.write(`not run: keys: ${missingSession}\n`);
afterAll(endScenarios);

for (const [i, client] of clients.entries()) {
  const installed = await install(client.source, { offline, limit: 60_000 });
  if (!installed.ok) {
    process.stderr.write(`not run: ${client.name}: ${installed.reason}\n`);
    continue;
  }
  // The modes take turns: the whole suite runs each client in all of its own.
  const mode = client.modes[i % client.modes.length]!;
  describe(`${client.name} ${installed.version}, ${mode}`, () => {
    const quick: ScenarioName[] = ['deny'];
    if (assistants.includes(client.id))
      quick.push('allow', ...(missingSession === undefined ? (['key'] as const) : []));
    test.each(quick)('%s', { timeout: 120_000 }, async (scenario) => {
      expect(await scenarios[scenario]({ client, mode, installed: installed.folder })).toMatchObject({
        outcome: 'passed',
      });
    });
  });
}
