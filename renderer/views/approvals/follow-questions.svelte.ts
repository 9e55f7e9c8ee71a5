// An inbox that is kept up to date while its screen is shown, and counts the time down.

import { onDestroy } from 'svelte';
import { following } from '../../asking.svelte.ts';
import { core } from '../../core.svelte.ts';
import { Inbox } from './inbox.svelte.ts';

export function followQuestions(): Inbox {
  const inbox = new Inbox(() => core.client.approvals);
  following(
    (signal) => core.client.approvals.watch(undefined, { signal }),
    (event) => inbox.take(event),
  );
  const ticking = setInterval(() => inbox.tick(), 250);
  onDestroy(() => clearInterval(ticking));
  return inbox;
}
