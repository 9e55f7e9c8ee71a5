// Fills a scene with a day at work, so that screens have something to show: several clients, projects, secrets, questions.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene, SceneClient, Wish } from './scene.ts';

interface Worker {
  readonly project: string;
  readonly program: string;
  readonly agent: string;
  readonly model: string;
  readonly wishes: readonly Wish[];
}

const workers: readonly Worker[] = [
  {
    project: 'storefront',
    program: 'claude',
    agent: 'claude-cli/2.1.328 (external, cli)',
    model: 'claude-opus-4-8',
    wishes: [
      'Say: Why does the checkout test fail? => The clock is frozen one hour early. I moved it into `beforeEach`.',
      'Key: How does deploy.sh reach the bucket? => ',
      'Say: Run the tests again. => All 214 tests pass now. The slowest is the invoice renderer with 1.2 s.',
    ],
  },
  {
    project: 'payments',
    program: 'codex',
    agent: 'codex_cli_rs/0.169.0 (Debian 12; x86_64)',
    model: 'gpt-5.2-codex',
    wishes: [
      'Say: Review the webhook. => It is retried without a limit; I would cap it at five with a jitter.',
      'Key: Which credentials does the nightly export use? => ',
      'Key: And the staging one? => ',
    ],
  },
  {
    project: 'storefront',
    program: 'opencode',
    agent: 'opencode/1.18.33',
    model: 'gpt-5.2',
    wishes: [
      'Say: Rename the price component. => Done, its story and its tests too.',
      'Say: Can the bundle be smaller? => By 40 kB, without moment.js.',
    ],
  },
  {
    project: 'infra',
    program: 'gemini',
    agent: 'GeminiCLI/0.61.0/gemini-3-pro (linux; x64)',
    model: 'gemini-3-pro',
    wishes: [
      'Key: Read the terraform state. => ',
      'Say: What is open? => Three security groups are open to the world; here is a plan.',
    ],
  },
];

/** Resolves when every client has its answers. `last`: a client that may go on. */
export async function fillScene(scene: Scene): Promise<{ last: SceneClient }> {
  const clients: SceneClient[] = [];
  for (const { project, wishes, ...about } of workers) {
    const folder = join(scene.scrim.folder, 'code', project);
    await mkdir(folder, { recursive: true });
    if (!existsSync(join(folder, '.git'))) execFileSync('git', ['init', '-q', '-b', 'main', folder]);
    const client = scene.client({ ...about, folder });
    for (const wish of wishes) await client.ask(wish);
    clients.push(client);
  }
  return { last: clients[0]! };
}
