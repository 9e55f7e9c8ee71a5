// What the person tries, and what the policy in the editor would do with it.

import type { PolicyTrial } from '../../../src/contract/policy.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';
import { draft } from './draft.svelte.ts';

export type BenchKind = 'text' | 'shell' | 'tool' | 'exchange';

const tryAfter = 150;
export const longestText = 64 * 1024;

export class Bench {
  kind = $state<BenchKind>('text');
  text = $state('');
  tool = $state('Bash');
  exchange = $state('');
  trial = $state.raw<PolicyTrial>();
  /** The text that the marks of the trial belong to. */
  tried = $state('');
  error = $state<string>();
  isRunning = $state(false);
  #isWaiting = false;

  /** Of a component: tries anew whenever the text, or the policy, has not changed for a moment. */
  follow(): void {
    $effect(() => {
      // What is read here is what is followed.
      const followed = [draft.text, this.kind, this.text, this.tool, this.exchange];
      if (followed.length === 0) return undefined;
      const timer = setTimeout(() => void this.#run(), tryAfter);
      return () => clearTimeout(timer);
    });
  }

  /** One at a time; what changes meanwhile is tried when it is done. */
  async #run(): Promise<void> {
    if (this.isRunning) {
      this.#isWaiting = true;
      return;
    }
    const { kind, text, tool } = this;
    const id = this.exchange.trim();
    if (kind === 'exchange' ? id === '' : text === '') {
      this.trial = undefined;
      this.error = undefined;
      return;
    }
    if (text.length > longestText) {
      this.error = 'This is longer than 64 KiB; try a part of it.';
      return;
    }
    this.isRunning = true;
    try {
      this.trial = await core.client.policy.try({
        policyText: draft.text,
        what: kind === 'exchange' ? { as: kind, id } : kind === 'tool' ? { as: kind, tool, text } : { as: kind, text },
      });
      this.tried = this.trial.text ?? text;
      this.error = undefined;
    } catch (error) {
      this.trial = undefined;
      this.error = messageOf(error);
    } finally {
      this.isRunning = false;
    }
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    void this.#run();
  }
}

/** Stays while the window is open, as the draft does. Nothing of it is written anywhere. */
export const bench = new Bench();
