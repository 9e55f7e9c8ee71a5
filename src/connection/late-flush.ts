// Heads that wait for the rest of their tick: with the first body bytes they leave in one packet, without any they
// leave alone right after (an SSE client wants its head at once). One `setImmediate` serves all heads of a tick.

export interface Flushable {
  flush(): void;
}

let waiting: Flushable[] = [];

function run(): void {
  const batch = waiting;
  waiting = [];
  for (const each of batch) each.flush();
}

export function flushLater(each: Flushable): void {
  if (waiting.push(each) === 1) setImmediate(run);
}
