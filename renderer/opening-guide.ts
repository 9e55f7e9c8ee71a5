// A new data folder: the guide comes by itself, unless the person wanted a certain screen.

import { core } from './core.svelte.ts';
import { route } from './route.svelte.ts';

export async function openGuide(): Promise<void> {
  const isOpen = (): boolean => route.screen === '';
  if (!isOpen()) return;
  // Without an answer there is no guide, and nothing else is lost.
  const state = await core.client.guide.state().catch(() => undefined);
  // They may have gone elsewhere meanwhile.
  if (state?.opens === true && isOpen()) route.goTo('guide', '', { replace: true });
}
