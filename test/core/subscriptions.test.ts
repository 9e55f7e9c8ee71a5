// Windows are closed in the middle of what they follow; the core goes on.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tokenHeader } from '../../src/contract/control.ts';
import { open } from '../support/http-client.ts';
import { startScrim } from '../support/scrim.ts';

test('a hundred readers that leave at once end nothing', async () => {
  await using scrim = await startScrim();
  const instance = JSON.parse(await readFile(join(scrim.dataDir, 'instance.json'), 'utf8')) as { controlToken: string };
  const headers = { [tokenHeader]: instance.controlToken, 'content-type': 'application/json' };
  for (const path of ['/rpc/status/watch', '/rpc/approvals/watch', '/rpc/live/watch']) {
    for (let round = 0; round < 35; round++) {
      const response = await open(`${scrim.ui}${path}`, { method: 'POST', headers, body: '{}' });
      if (round % 2 === 0) await new Promise((resolve) => response.once('data', resolve));
      response.destroy();
    }
  }
  // An event wakes whoever still waits for one.
  const { code } = await scrim.command('status', '--json');
  expect(code, scrim.said).toBe(0);
  expect(scrim.process.exitCode).toBeNull();
});
