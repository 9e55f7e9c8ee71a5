// What the demonstration's "Allow" answers is the demonstration's own call, whoever else calls himself like its client.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { pairedWindow } from '../support/paired-window.ts';
import { startScene, type Scene } from '../support/scene.ts';

let scene: Scene;

beforeEach(async () => {
  scene = await startScene();
});

afterEach(() => scene.close());

test('an assistant that calls itself like the demonstration’s client gets none of its answers', async () => {
  const window = await pairedWindow(scene.link());
  const live = await window.live.watch();
  await window.guide.demonstrate();
  // The name stands in the log from the first moment on, and whoever has the token of the run reads it.
  const exchange = await (async () => {
    for await (const { exchanges } of live) if (exchanges[0] !== undefined) return exchanges[0].id;
    return '';
  })();
  const agent = (await scene.scrim.log()).find(({ id }) => id === exchange)?.client ?? '';
  expect(agent).toMatch(/^Scrim-guide/);
  const assistant = scene.client({ agent });
  const got = assistant.ask('Run: rm -rf /srv/precious');
  await scene.scrim.nextEvent('question', ({ action }) => action.includes('precious'));

  const held: string[] = [];
  for await (const event of await window.guide.watch()) {
    if (event.kind !== 'held') continue;
    held.push(event.action);
    if (event.action.startsWith('git push')) break;
    if (held.length > 1) break;
  }
  expect(held).toEqual(['git push --force origin main']);
  expect(await window.guide.answer({ verdict: 'allow' })).toEqual({ taken: true });
  const { questions } = await window.approvals.list();
  expect(questions.map(({ action }) => action)).toEqual(['rm -rf /srv/precious']);
  await window.approvals.answer({ id: questions[0]?.id ?? '', verdict: 'deny', scope: { kind: 'once' }, note: '' });
  expect((await got).call).not.toContain('precious');
});
