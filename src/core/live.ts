// What a window may watch: the exchanges that run and the last that ended, and what Scrim says of itself. With nobody watching
// it only counts.

import type { TimedClock } from '../base/clock.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import type { LiveEvent, LiveMessage, LiveText } from '../contract/procedures/live.ts';
import type { ExchangeOpened, ExchangeRecord } from '../contract/records.ts';
import { LiveTrack } from './live-exchange.ts';
import { createMessages } from './live-messages.ts';
import { readText } from './live-text.ts';
import { Rhythm } from './live-rhythm.ts';

export interface Live {
  begin(opened: ExchangeOpened, observed: boolean): LiveTrack;
  /** Of the core's events, those that a person should see. */
  tell(event: CoreEvent): void;
  watch(signal: AbortSignal | undefined): AsyncGenerator<LiveEvent, void>;
  /** @throws CoreError `not-found` */
  text(exchange: string, signal: AbortSignal | undefined): AsyncGenerator<LiveText, void>;
}

export interface LiveOptions {
  readonly clock: TimedClock;
  /** From the log. */
  readonly record: (exchange: string) => ExchangeRecord | undefined;
  /** Exchanges that are kept after their end. Default 500. */
  readonly kept?: number;
}

/** Open exchanges that are shown. */
const maxOpen = 2_000;

interface Watcher {
  readonly rhythm: Rhythm;
  readonly changed: Set<LiveTrack>;
  messages: LiveMessage[];
}

export function createLive({ clock, record, kept = 500 }: LiveOptions): Live {
  const open = new Map<string, LiveTrack>();
  /** A ring: the next to end takes the place of the one that ended longest ago. */
  const ended: LiveTrack[] = [];
  let place = 0;
  let watchers: readonly Watcher[] = [];

  const messages = createMessages((message) => {
    for (const watcher of watchers) {
      watcher.messages = [...watcher.messages.filter(({ n }) => n !== message.n), message];
      watcher.rhythm.changed();
    }
  });
  const changed = (track: LiveTrack): void => {
    if (track.isOver && open.delete(track.id)) {
      ended[place] = track;
      place = (place + 1) % kept;
    }
    // By index: a loop over nobody must not even make an iterator.
    for (let i = 0; i < watchers.length; i++) {
      const watcher = watchers[i];
      if (watcher === undefined) continue;
      watcher.changed.add(track);
      watcher.rhythm.changed();
    }
  };
  const all = (): LiveEvent => {
    const before = [...ended.slice(place), ...ended.slice(0, place)];
    const running = [...open.values()].slice(-maxOpen);
    return {
      kind: 'all',
      exchanges: [...before, ...running].map((track) => track.row()).sort((a, b) => a.startedAt - b.startedAt),
      messages: messages.all(),
    };
  };

  return {
    begin(opened, observed) {
      const track = new LiveTrack(opened, observed, changed);
      open.set(track.id, track);
      changed(track);
      return track;
    },
    tell: (event) => messages.tell(event, clock.now()),
    async *watch(signal) {
      const watcher: Watcher = { rhythm: new Rhythm(clock, signal), changed: new Set(), messages: [] };
      watchers = [...watchers, watcher];
      try {
        yield all();
        while (await watcher.rhythm.next()) {
          const rows = [...watcher.changed].map((track) => track.row());
          const said = watcher.messages;
          watcher.changed.clear();
          watcher.messages = [];
          yield { kind: 'changed', exchanges: rows, messages: said };
        }
      } finally {
        watchers = watchers.filter((each) => each !== watcher);
      }
    },
    text: (exchange, signal) => readText({ exchange, track: open.get(exchange), record, clock, signal }),
  };
}
