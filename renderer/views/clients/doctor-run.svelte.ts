// A look at everything, as its results come in.

import { SvelteMap } from 'svelte/reactivity';
import type { CheckGroup, CheckRow } from '../../../src/contract/procedures/clients.ts';
import type { ScrimClient } from '../../../src/contract/contract.ts';
import { messageOf } from '../../message.ts';

const order: readonly CheckGroup[] = ['Scrim', 'Clients', 'Certificates', 'Keys', 'Data and policy'];

export class DoctorRun {
  #client: ScrimClient;
  #looks = new SvelteMap<string, readonly CheckRow[]>();
  all = $state(0);
  left = $state(0);
  isRunning = $state(false);
  error = $state<string>();
  /** The line of the fix that is being done. */
  fixing = $state<string>();
  #now: AbortController | undefined;

  constructor(client: ScrimClient) {
    this.#client = client;
  }

  get rows(): readonly CheckRow[] {
    return [...this.#looks.values()].flat();
  }

  get problems(): readonly CheckRow[] {
    return this.rows.filter(({ status }) => status === 'problem');
  }

  /** Groups that have something, problems first in each. */
  get groups(): readonly { readonly name: CheckGroup; readonly rows: readonly CheckRow[] }[] {
    const rank = { problem: 0, 'not-checked': 1, ok: 2 };
    return order
      .map((name) => ({
        name,
        rows: this.rows.filter(({ group }) => group === name).sort((a, b) => rank[a.status] - rank[b.status]),
      }))
      .filter(({ rows }) => rows.length > 0);
  }

  async run(): Promise<void> {
    this.end();
    const now = new AbortController();
    this.#now = now;
    this.isRunning = true;
    this.error = undefined;
    try {
      for await (const event of await this.#client.clients.doctor(undefined, { signal: now.signal })) {
        if (now.signal.aborted) return;
        if (event.kind === 'begun') {
          this.#looks.clear();
          this.all = this.left = event.looks;
        } else {
          this.#looks.set(event.look, event.rows);
          this.left = event.left;
        }
      }
    } catch (error) {
      if (now.signal.aborted) return;
      this.error = messageOf(error);
    }
    this.isRunning = false;
  }

  /** Does it, and looks again at what it was about. Resolves with why it could not be done, or null. */
  async fix({ look, check, fix }: CheckRow): Promise<string | null> {
    if (fix === null) return null;
    this.fixing = `${check} ${fix.line}`;
    try {
      const { problem } = await this.#client.clients.fix({ look, check, line: fix.line });
      this.#looks.set(look, await this.#client.clients.recheck({ look }));
      return problem;
    } catch (error) {
      return messageOf(error);
    } finally {
      this.fixing = undefined;
    }
  }

  end(): void {
    this.#now?.abort();
  }
}
