/** A thread that runs batches of contests until it is ended. */
import { parentPort } from 'node:worker_threads';
import type { Batch } from '../../simulate/on-all-cores.ts';
import { runContests } from './contest.ts';

parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(runContests(batch)));
