// How a person answers the question on the screen. What allows takes two steps or a key with Shift, never Enter, and nothing that
// was under way before the question came up.

import type { AnswerScope } from '../../../src/contract/questions.ts';
import { InputGuard } from './input-guard.svelte.ts';

/** A key that allows has to come twice within this time, in milliseconds. */
const againWithin = 2_000;

export interface AnsweringOptions {
  /** It waits, and its core can be reached. */
  readonly isOpen: () => boolean;
  readonly isCritical: () => boolean;
  readonly send: (verdict: 'allow' | 'deny', scope: AnswerScope, note: string) => Promise<void>;
}

export class Answering {
  scope = $state.raw<AnswerScope>({ kind: 'once' });
  /** Of the choice "minutes". */
  minutes = $state(15);
  note = $state('');
  isSending = $state(false);
  /** SECURITY: nobody allows what they have not had whole before their eyes. */
  isSeen = $state(false);
  /** A critical one asks once more, with this scope. */
  confirming = $state.raw<AnswerScope>();
  /** The key that has to come again. */
  armed = $state.raw<{ readonly key: string; readonly scope: AnswerScope }>();
  readonly guard = new InputGuard();
  readonly #options: AnsweringOptions;
  #disarm: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AnsweringOptions) {
    this.#options = options;
  }

  get mayAllow(): boolean {
    return this.guard.isReady && this.isSeen && !this.isSending && this.#options.isOpen();
  }

  /** Another question is on the screen. */
  begin(): void {
    this.scope = { kind: 'once' };
    this.note = '';
    this.confirming = undefined;
    this.disarm();
    this.guard.rearm();
  }

  disarm(): void {
    clearTimeout(this.#disarm);
    this.armed = undefined;
  }

  /** What asks for one more step goes. */
  close(): void {
    // The buttons come back to where the person has just clicked.
    if (this.confirming !== undefined) this.guard.rearm();
    this.confirming = undefined;
    this.disarm();
  }

  stop(): void {
    this.disarm();
    this.guard.stop();
  }

  deny(): void {
    if (this.#options.isOpen()) void this.#give('deny', this.scope);
  }

  /** SECURITY: the only way to allow, but for the dialog of a critical one. */
  allow(scope: AnswerScope): void {
    this.disarm();
    if (!this.mayAllow) return;
    if (this.#options.isCritical()) this.confirming = scope;
    else void this.#give('allow', scope);
  }

  /** The dialog was answered with care. */
  confirm(): void {
    const scope = this.confirming;
    this.confirming = undefined;
    if (scope !== undefined && !this.isSending && this.#options.isOpen()) void this.#give('allow', scope);
  }

  /** True: the key meant something here. */
  press(event: Pick<KeyboardEvent, 'key' | 'repeat' | 'shiftKey'>): boolean {
    const key = event.key.toLowerCase();
    const scope = this.#scopeOf(key);
    if (!this.#options.isOpen() || (scope === undefined && key !== 'd')) return false;
    // A key that is held down is one press.
    if (event.repeat) return true;
    if (scope === undefined) this.deny();
    else if (event.shiftKey || this.armed?.key === key) this.allow(scope);
    else this.#arm(key, scope);
    return true;
  }

  #scopeOf(key: string): AnswerScope | undefined {
    if (key === 'a') return { kind: 'once' };
    if (key === 's') return { kind: 'session' };
    return key === 'm' ? { kind: 'minutes', minutes: this.minutes } : undefined;
  }

  #arm(key: string, scope: AnswerScope): void {
    this.disarm();
    if (!this.mayAllow) return;
    this.armed = { key, scope };
    this.#disarm = setTimeout(() => this.disarm(), againWithin);
  }

  async #give(verdict: 'allow' | 'deny', scope: AnswerScope): Promise<void> {
    if (this.isSending) return;
    this.disarm();
    this.isSending = true;
    try {
      await this.#options.send(verdict, scope, this.note);
    } finally {
      this.isSending = false;
    }
  }
}
