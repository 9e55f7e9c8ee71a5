// The demonstration as it goes on: what the model sent, what the client got, and the call that waits.

import type { DemoEvent, DemoOutcome, DemoPart } from '../../../src/contract/procedures/guide.ts';
import type { RiskReason } from '../../../src/contract/questions.ts';
import { following } from '../../asking.svelte.ts';
import type { ScrimClient } from '../../../src/contract/contract.ts';

export interface SentPiece {
  readonly text: string;
  readonly isSecret: boolean;
}

export interface HeldCall {
  readonly tool: string;
  readonly action: string;
  readonly reasons: readonly RiskReason[];
  readonly deadline: number;
}

export class DemoRun {
  #client: ScrimClient;
  phase = $state<'none' | 'streaming' | 'held' | 'done' | 'failed'>('none');
  sent = $state.raw<readonly SentPiece[]>([]);
  sentCall = $state<string>();
  got = $state('');
  gotCall = $state<string>();
  refusal = $state('');
  held = $state.raw<HeldCall>();
  verdict = $state<'allow' | 'deny'>();
  outcome = $state.raw<DemoOutcome>();
  failure = $state<string>();

  /** In a component: it follows until that is left. */
  constructor(client: ScrimClient) {
    this.#client = client;
    following(
      (signal) => client.guide.watch(undefined, { signal }),
      (event) => this.take(event),
    );
  }

  async begin(): Promise<void> {
    await this.#client.guide.demonstrate();
  }

  async answer(verdict: 'allow' | 'deny'): Promise<void> {
    await this.#client.guide.answer({ verdict });
  }

  take(event: DemoEvent): void {
    switch (event.kind) {
      case 'begun':
        this.#reset();
        break;
      case 'sent':
        if (event.part === 'call') this.sentCall = event.text;
        else this.sent = [...this.sent, { text: event.text, isSecret: event.isSecret }];
        break;
      case 'got':
        this.#gets(event.part, event.text);
        break;
      case 'held':
        this.held = event;
        this.phase = 'held';
        break;
      case 'answered':
        this.verdict = event.verdict;
        this.phase = 'streaming';
        break;
      case 'done':
        this.outcome = event.outcome;
        this.phase = 'done';
        break;
      case 'failed':
        this.failure = event.why;
        this.phase = 'failed';
    }
  }

  #gets(part: DemoPart, text: string): void {
    if (part === 'text') this.got += text;
    else if (part === 'call') this.gotCall = text;
    else this.refusal += text;
  }

  #reset(): void {
    this.phase = 'streaming';
    this.sent = [];
    this.got = this.refusal = '';
    this.sentCall = this.gotCall = this.failure = undefined;
    this.held = this.verdict = this.outcome = undefined;
  }
}
