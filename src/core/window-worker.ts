// The thread in which the window's questions of the log are worked on: one job at a time, a piece for each `next`.

import { parentPort } from 'node:worker_threads';
import { jobs } from './window-work.ts';
import type { JobMessage, JobStart } from './window-jobs.ts';
import { isOwnError } from './own-error.ts';

let pieces: AsyncIterator<unknown> | Iterator<unknown> | undefined;

function begin({ job, input, place }: JobStart): void {
  const found = jobs[job](input as never, place);
  pieces = Symbol.asyncIterator in found ? found[Symbol.asyncIterator]() : found[Symbol.iterator]();
}

async function answer(message: JobStart | 'next' | 'stop'): Promise<JobMessage> {
  try {
    if (message === 'stop') {
      await pieces?.return?.();
      return { is: 'stopped' };
    }
    if (message !== 'next') begin(message);
    const found = await pieces?.next();
    return found === undefined || found.done === true ? { is: 'end' } : { is: 'piece', piece: found.value };
  } catch (error) {
    // Own messages are sentences for the person, and hold nothing raw.
    return isOwnError(error)
      ? { is: 'error', code: error.code, message: error.message }
      : { is: 'error', code: null, message: 'The log could not be read.' };
  }
}

parentPort?.on('message', (message: JobStart | 'next' | 'stop') => {
  void answer(message).then((sent) => parentPort?.postMessage(sent));
});
