/** Routes of the records that are kept beside the releases. */
import { z } from 'zod';
import type { Documented } from './documented.ts';
import { delivery, trailEntry, trailProof } from './records-answers.ts';

export const ofRecords: readonly Documented[] = [
  {
    method: 'get',
    path: '/api/v1/deliveries',
    summary: 'What targets of notifications were sent, newest first.',
    query: {
      policy: 'only of this one',
      release: 'only about this id',
      limit: 'how many; 100 unless told otherwise, 1,000 at most',
    },
    answer: z.strictObject({ deliveries: z.array(delivery) }),
    failures: [],
  },
  {
    method: 'get',
    path: '/api/v1/trail',
    summary: 'Who did what, when, on which revision and why, oldest first.',
    query: {
      policy: 'only of this one',
      release: 'only of this id',
      since: 'not before it, epoch ms',
      before: 'only what stands before the entry of this number: the page before',
      limit: 'the newest so many; 1,000 unless told otherwise, and at most',
    },
    answer: z.strictObject({ entries: z.array(trailEntry) }),
    failures: [503],
  },
  {
    method: 'get',
    path: '/api/v1/trail/proof',
    summary: 'Whether the trail is as it was written, as far as can be told.',
    answer: trailProof,
    failures: [503],
  },
];
