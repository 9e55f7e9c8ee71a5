// What the whole window knows of its core: the client, and the status as it changes.

import type { ScrimClient } from '../src/contract/contract.ts';
import type { Status } from '../src/contract/control.ts';

class Core {
  #client = $state.raw<ScrimClient>();
  #status = $state.raw<Status>();
  /** False: the core has gone, or cannot be reached; what is shown is the last that is known. */
  reached = $state(false);

  /** Of screens: they are shown only when there is one. */
  get client(): ScrimClient {
    if (this.#client === undefined) throw new Error('A screen was shown before the window was connected.');
    return this.#client;
  }

  get status(): Status | undefined {
    return this.#status;
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** From now on; what was asked of the one before has failed. */
  use(client: ScrimClient): void {
    this.#client = client;
  }

  /** Follows the status until the window is closed. */
  async follow(client: ScrimClient): Promise<void> {
    this.use(client);
    for (let wait = 500; ; wait = Math.min(wait * 2, 5_000)) {
      try {
        for await (const status of await this.client.status.watch()) {
          this.#status = status;
          this.reached = true;
          wait = 500;
        }
      } catch {
        // Said by `reached`.
      }
      this.reached = false;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

export const core = new Core();
