// A session under another policy: the policy's text, and the differences as they are found.

import type { ScrimClient } from '../../../src/contract/contract.ts';
import type { WhatIfStep } from '../../../src/contract/sessions.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';

export interface Preset {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly edits: () => Promise<Edits>;
}

type Edits = Parameters<ScrimClient['policy']['edit']>[0]['edits'];
type Differences = Extract<WhatIfStep, { step: 'exchange' }>;

const always =
  (...edits: Edits) =>
  () =>
    Promise.resolve(edits);

export const presets: readonly Preset[] = [
  {
    id: 'packs',
    title: 'Mask more',
    about: 'Every pack of rules: secrets, personal data, and what only looks like a secret.',
    edits: always({ kind: 'set', path: ['masking', 'packs'], value: ['secrets', 'pii', 'looks-like-secret'] }),
  },
  {
    id: 'deny',
    title: 'Deny instead of ask',
    about: 'What a person is asked about today is refused at once.',
    edits: async () => {
      const { risks } = await core.client.policy.facts();
      const value = risks.filter(({ then }) => then === 'ask').map(({ id }) => ({ id, then: 'deny' }));
      return [{ kind: 'set', path: ['risk'], value }];
    },
  },
  {
    id: 'requests',
    title: 'Refuse secrets in requests',
    about: 'A request with a secret in it is not sent.',
    edits: always({ kind: 'set', path: ['requests'], value: 'block' }),
  },
  {
    id: 'enforce',
    title: 'Enforce',
    about: 'Masks and asks where the policy only observes.',
    edits: always({ kind: 'set', path: ['mode'], value: 'enforce' }),
  },
];

export class WhatIfRun {
  /** Of the other policy; undefined: not yet read. */
  text = $state<string>();
  preset = $state('');
  error = $state<string>();
  isRunning = $state(false);
  /** A preset is being written into the text. */
  isEditing = $state(false);
  done = $state(0);
  of = $state(0);
  /** Exchanges that would have come out differently. */
  found = $state.raw<readonly Differences[]>([]);
  end = $state.raw<Extract<WhatIfStep, { step: 'end' }>>();
  #base = '';
  #turn: AbortController | undefined;

  async load(): Promise<void> {
    try {
      const { text } = await core.client.policy.get();
      this.#base = text.trim() === '' ? 'version: 1\n' : text;
      this.text = this.#base;
    } catch (error) {
      this.error = messageOf(error);
    }
  }

  /** The one chosen last is what stands there in the end. */
  async choose(preset: Preset): Promise<void> {
    this.preset = preset.id;
    this.isEditing = true;
    this.error = undefined;
    try {
      const { text } = await core.client.policy.edit({ text: this.#base, edits: await preset.edits() });
      if (this.preset === preset.id) this.text = text;
    } catch (error) {
      if (this.preset === preset.id) this.error = messageOf(error);
    }
    if (this.preset === preset.id) this.isEditing = false;
  }

  reset(): void {
    this.text = this.#base;
    this.preset = '';
    this.isEditing = false;
  }

  async run(of: string): Promise<void> {
    this.stop();
    const turn = new AbortController();
    this.#turn = turn;
    this.isRunning = true;
    this.error = undefined;
    this.end = undefined;
    this.found = [];
    [this.done, this.of] = [0, 0];
    try {
      for await (const step of await core.client.sessions.whatIf(
        { of, policy: this.text ?? '' },
        { signal: turn.signal },
      )) {
        if (step.step === 'begun') this.of = step.of;
        else if (step.step === 'end') this.end = step;
        else {
          this.done = step.done;
          if (step.changes.length > 0) this.found = [...this.found, step];
        }
      }
    } catch (error) {
      if (!turn.signal.aborted) this.error = messageOf(error);
    }
    if (this.#turn === turn) this.isRunning = false;
  }

  stop(): void {
    this.#turn?.abort();
    this.isRunning = false;
  }
}
