// Plays a script: a clock that runs as fast as one likes, stops, and jumps.

import type { ReplayStep } from '../../../src/contract/sessions.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';
import { scriptOf, timesOf, upTo, type Script } from './replay-script.ts';

export const speeds = [0.5, 1, 2, 4, 8, 16] as const;
const shortPause = 2_000;

export class ReplayPlayer {
  script = $state.raw<Script>();
  error = $state<string>();
  isCut = $state(false);
  isPlaying = $state(false);
  speed = $state(1);
  skipsPauses = $state(true);
  /** Milliseconds of playing at speed 1. */
  position = $state(0);
  readonly times = $derived(
    this.script === undefined ? [] : timesOf(this.script.steps, this.skipsPauses ? shortPause : Infinity),
  );
  readonly duration = $derived(this.times.at(-1) ?? 0);
  /** Steps that have been played. */
  readonly played = $derived(upTo(this.times, this.position));
  #frame: number | undefined;
  #last = 0;

  async load(of: string, signal: AbortSignal): Promise<void> {
    this.pause();
    this.script = undefined;
    this.error = undefined;
    this.position = 0;
    const steps: ReplayStep[] = [];
    try {
      for await (const piece of await core.client.sessions.replay({ of }, { signal })) {
        steps.push(...piece.steps);
        this.isCut = piece.isCut;
      }
      this.script = scriptOf(steps);
    } catch (error) {
      if (!signal.aborted) this.error = messageOf(error);
    }
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play(): void {
    if (this.duration === 0 && this.times.length === 0) return;
    if (this.position >= this.duration) this.position = 0;
    this.isPlaying = true;
    this.#last = performance.now();
    this.#next();
  }

  pause(): void {
    this.isPlaying = false;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  /** To a time; it plays on from there if it did. */
  seek(position: number): void {
    this.position = Math.min(Math.max(0, position), this.duration);
  }

  /** To the next or previous moment at which something came. */
  step(by: 1 | -1): void {
    this.pause();
    const at = by === 1 ? this.times[this.played] : this.times.findLast((time) => time < this.position);
    this.seek(at ?? (by === 1 ? this.duration : 0));
  }

  /** To the step, with it played. */
  show(step: number): void {
    this.seek(this.times[step] ?? 0);
  }

  toEnd(): void {
    this.pause();
    this.position = this.duration;
  }

  /** The moment stays when pauses are cut out or put back in. */
  setSkipsPauses(skips: boolean): void {
    const { played } = this;
    this.skipsPauses = skips;
    this.position = played === 0 ? 0 : (this.times[played - 1] ?? 0);
  }

  #next(): void {
    this.#frame = requestAnimationFrame((now) => {
      // A page that was hidden goes on from where it was.
      const passed = Math.min(Math.max(0, now - this.#last), 250);
      this.#last = now;
      this.position = Math.min(this.duration, this.position + passed * this.speed);
      if (this.position >= this.duration) this.pause();
      else this.#next();
    });
  }
}
