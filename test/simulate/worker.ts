/** A thread that runs batches until it is ended. */
import { parentPort } from 'node:worker_threads';
import { runBatch } from './catalogue.ts';
import type { Batch } from './on-all-cores.ts';

parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(runBatch(batch)));
