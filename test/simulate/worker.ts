/** A thread that runs batches until it is ended. */
import { parentPort } from 'node:worker_threads';
import { type Batch, runBatch } from './catalogue.ts';

parentPort?.on('message', (batch: Batch) => parentPort?.postMessage(runBatch(batch)));
