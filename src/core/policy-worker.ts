// The thread of the test bench: `policy-thread.ts` starts it. What it is given is neither logged nor stored.

import { parentPort, workerData } from 'node:worker_threads';
import { isOwnError } from './own-error.ts';
import { createPolicyBench, type BenchSettings, type CheckJob, type EditJob, type TryJob } from './policy-bench.ts';

export type BenchJob =
  | { readonly job: 'edit'; readonly input: EditJob }
  | { readonly job: 'check'; readonly input: CheckJob }
  | { readonly job: 'try'; readonly input: TryJob };
/** `problem`: a sentence for the person. */
export type BenchAnswer = { readonly value: unknown } | { readonly problem: string };

const bench = createPolicyBench(workerData as BenchSettings);

function work(asked: BenchJob): Promise<unknown> {
  if (asked.job === 'edit') return bench.edit(asked.input);
  return asked.job === 'check' ? bench.check(asked.input) : bench.try(asked.input);
}

async function answer(asked: BenchJob): Promise<BenchAnswer> {
  try {
    return { value: await work(asked) };
  } catch (error) {
    // SECURITY: any other message may hold a piece of the text.
    return { problem: isOwnError(error) ? error.message : 'This cannot be tried; make it shorter or simpler.' };
  }
}

parentPort?.on('message', (message: BenchJob) => {
  void answer(message).then((sent) => parentPort?.postMessage(sent));
});
