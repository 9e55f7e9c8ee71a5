// The test bench in a thread of its own, which lives only while it is used: traffic never waits for it.

import { Worker } from 'node:worker_threads';
import { CoreError } from './core-error.ts';
import type { BenchSettings, PolicyBench } from './policy-bench.ts';
import type { BenchAnswer, BenchJob } from './policy-worker.ts';

/** Beside this file: as the sources run, and in the bundle. */
const program = new URL(import.meta.url.endsWith('.ts') ? 'policy-worker.ts' : 'policy-worker.js', import.meta.url);

/** Milliseconds. A policy with thousands of rules may take a second. */
const longestJob = 15_000;
const idleFor = 60_000;

/** `settings` are asked for when the thread starts. One job after the other; one that takes too long ends with an error. */
export function startPolicyThread(settings: () => Promise<BenchSettings>): PolicyBench & AsyncDisposable {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    clearTimeout(idle);
    await ended?.terminate();
  };
  const run = async (job: BenchJob): Promise<unknown> => {
    clearTimeout(idle);
    // SECURITY: an empty environment; what the policy names of it comes with the settings.
    worker ??= started(await settings());
    const running = worker;
    const { promise, resolve } = Promise.withResolvers<BenchAnswer | undefined>();
    const failed = (): void => resolve(undefined);
    const late = setTimeout(failed, longestJob);
    running.once('message', resolve).once('exit', failed);
    running.postMessage(job);
    const answer = await promise;
    clearTimeout(late);
    running.off('message', resolve).off('exit', failed);
    if (answer === undefined) {
      // Not waited for: the next job has a thread of its own, whatever keeps this one.
      void end();
      throw new CoreError('usage', 'This takes too long to check; make the policy or the text shorter.');
    }
    idle = setTimeout(() => void end(), idleFor).unref();
    if ('problem' in answer) throw new CoreError('usage', answer.problem);
    return answer.value;
  };
  const started = (workerData: BenchSettings): Worker => {
    // SECURITY: an empty environment; what the policy names of it comes with the settings.
    const thread = new Worker(program, { workerData, execArgv: [], env: {} });
    thread.unref();
    // Its exit follows.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      if (worker === thread) worker = undefined;
    });
    return thread;
  };
  const inTurn = (job: BenchJob): Promise<unknown> => {
    const answered = turn.then(() => run(job));
    turn = answered.catch(() => undefined);
    return answered;
  };

  return {
    edit: (input) => inTurn({ job: 'edit', input }) as ReturnType<PolicyBench['edit']>,
    check: (input) => inTurn({ job: 'check', input }) as ReturnType<PolicyBench['check']>,
    try: (input) => inTurn({ job: 'try', input }) as ReturnType<PolicyBench['try']>,
    [Symbol.asyncDispose]: end,
  };
}
