// The thread that counts for the overview: it ends with its answer.

import { parentPort, workerData } from 'node:worker_threads';
import { countLog } from './overview-counts.ts';

const { folder, edges } = workerData as { folder: string; edges: readonly number[] };
parentPort?.postMessage(countLog(folder, edges));
