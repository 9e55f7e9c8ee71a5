// What Scrim adds to an exchange: the time in which its own code works on what arrives, and the wait for the log before the
// clean end. Waits for people, the provider and the network are not in it. Kept in memory, since the start of this core.

import type { AddedLatency } from '../contract/procedures/overview.ts';
import type { BodyListener, BodySource, ClientSide, Upstream } from '../http/exchange-ports.ts';

/** Of one exchange. Two looks at the clock for each piece that arrives. */
export class Stopwatch {
  #time = 0;
  #since = -1;

  /** Milliseconds so far. */
  get time(): number {
    return this.#time;
  }

  /** The client, its request's bytes timed. */
  client(client: ClientSide): ClientSide {
    const { via, provider, head, proxyAuthorization, address, port, body } = client;
    return {
      ...{ via, provider, head, proxyAuthorization, address, port },
      body: this.decoded(body),
      inform: (information) => client.inform(information),
      respond: (response) => client.respond(response),
      reset: () => client.reset(),
      left: (callback) => client.left(callback),
    };
  }

  upstream(upstream: Upstream): Upstream {
    return {
      request: (head, listener) =>
        upstream.request(head, {
          information: (information) => listener.information(information),
          response: (response, body) => this.#timed(() => listener.response(response, this.decoded(body))),
          failed: (error) => listener.failed(error),
        }),
    };
  }

  decoded(source: BodySource): BodySource {
    return {
      listen: (listener) => source.listen(this.#listener(listener)),
      pause: () => source.pause(),
      resume: () => source.resume(),
    };
  }

  /** The client's end waits for the record. */
  async recording(recorded: Promise<void>): Promise<void> {
    const since = performance.now();
    try {
      await recorded;
    } finally {
      this.#time += performance.now() - since;
    }
  }

  #listener(listener: BodyListener): BodyListener {
    return {
      data: (bytes) => {
        const isOuter = this.#begin();
        try {
          listener.data(bytes);
        } finally {
          this.#end(isOuter);
        }
      },
      end: (trailers) => this.#timed(() => listener.end(trailers)),
      failed: (error) => listener.failed(error),
    };
  }

  #timed(work: () => void): void {
    const isOuter = this.#begin();
    try {
      work();
    } finally {
      this.#end(isOuter);
    }
  }

  /** What arrives inside of what arrived is counted with it, once. */
  #begin(): boolean {
    if (this.#since >= 0) return false;
    this.#since = performance.now();
    return true;
  }

  #end(isOuter: boolean): void {
    if (!isOuter) return;
    this.#time += performance.now() - this.#since;
    this.#since = -1;
  }
}

export interface AddedTime {
  /** Milliseconds. */
  add(time: number): void;
  summary(): AddedLatency | null;
}

/** Of the newest exchanges. */
const kept = 5_000;

export function createAddedTime(since: number): AddedTime {
  const times = new Float64Array(kept);
  let count = 0;
  return {
    add(time) {
      times[count++ % kept] = time;
    },
    summary() {
      if (count === 0) return null;
      const sorted = times.slice(0, Math.min(count, kept)).sort();
      return { since, exchanges: sorted.length, median: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
    },
  };
}

/** Of sorted values, by the nearest rank; 0 where there are none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
