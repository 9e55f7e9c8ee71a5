// One of the threads that verify the chain: checks its run and sends the result.

import { parentPort, workerData } from 'node:worker_threads';
import { openForReading } from './database.ts';
import { verifyRange } from './verify-range.ts';

const { folder, first, last } = workerData as { folder: string; first: number; last: number };
const database = openForReading(folder);
if (database === undefined) throw new Error('The log is gone.');
database.exec('BEGIN');
parentPort?.postMessage(verifyRange(database, first, last));
database.close();
