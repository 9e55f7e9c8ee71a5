// What the last verification of the log found, while the window is open. Nothing is said to be verified that was not.

import type { VerifyStep } from '../../../src/contract/sessions.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';

export type Verified = Extract<VerifyStep, { step: 'end' }>;

class Verification {
  result = $state.raw<Verified>();
  /** Records, while it runs; undefined: it does not. */
  progress = $state.raw<{ readonly done: number; readonly of: number }>();
  error = $state<string>();

  get isRunning(): boolean {
    return this.progress !== undefined;
  }

  async run(): Promise<void> {
    if (this.isRunning) return;
    this.progress = { done: 0, of: 0 };
    this.error = undefined;
    try {
      for await (const step of await core.client.sessions.verify()) {
        if (step.step === 'progress') this.progress = step;
        else this.result = step;
      }
    } catch (error) {
      this.result = undefined;
      this.error = messageOf(error);
    }
    this.progress = undefined;
  }
}

export const verification = new Verification();
