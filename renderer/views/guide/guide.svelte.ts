// Where the person is in the guide. The step is kept by the core, so that a reload or another window goes on there.

import { guideSteps, type GuideStep } from '../../../src/contract/guide-steps.ts';
import type { ScrimClient } from '../../../src/contract/contract.ts';

export class GuideWay {
  #client: ScrimClient;
  step = $state<GuideStep>('certificate');
  isLoaded = $state(false);

  constructor(client: ScrimClient) {
    this.#client = client;
  }

  get index(): number {
    return guideSteps.indexOf(this.step);
  }

  async load(): Promise<void> {
    const { step, isDone } = await this.#client.guide.state();
    this.step = isDone ? 'certificate' : step;
    this.isLoaded = true;
  }

  /** Shown at once; that it could not be kept costs a click after a reload. */
  goTo(step: GuideStep): void {
    this.step = step;
    this.#client.guide.goTo({ step }).catch(() => undefined);
  }

  by(steps: 1 | -1): void {
    const next = guideSteps[this.index + steps];
    if (next !== undefined) this.goTo(next);
  }

  /** It does not open by itself again. */
  async end(): Promise<void> {
    await this.#client.guide.done().catch(() => undefined);
  }
}
