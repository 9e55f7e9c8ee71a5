// A subscription that ends with its reader.

/** Ends where `signal` aborts; what its source rejects with then concerns nobody, and must not end the process. */
export async function* untilAborted<Event>(
  source: AsyncIterable<Event>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, undefined> {
  try {
    yield* source;
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}
