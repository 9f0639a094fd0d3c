/** What a Release says in a cluster, and the status of a ReleasePolicy: for people, for `kubectl wait`, and the record itself. */
import { z } from 'zod';
import { restoreUnderWay, rollbackPoints } from '../backup/point-status.ts';

const condition = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.int().min(0).optional(),
  lastTransitionTime: z.string().max(40),
  reason: z.string().max(1024),
  message: z.string().max(32_768),
});

const conditions = z.array(condition).max(20).optional();

const observedGeneration = z.int().min(0).optional();

/** One line of the decision log. */
const logLine = z.object({
  atMs: z.number(),
  kind: z.string().max(63),
  reason: z.string().max(200),
  message: z.string().max(2_000),
  data: z.record(z.string(), z.unknown()).optional(),
});

export const releaseSpec = z.object({
  policy: z.string().min(1).max(253).meta({ description: 'ReleasePolicy in the same namespace.' }),
  revision: z.string().min(1).max(63),
  startedBy: z.string().max(253).optional(),
});

export const releaseStatus = z.object({
  observedGeneration,
  phase: z.string().max(63).optional(),
  step: z.string().max(20).optional().meta({ description: 'Such as 2/3.' }),
  weight: z
    .object({
      desired: z.int().min(0).max(100),
      applied: z.int().min(0).max(100).optional(),
      observed: z.number().min(0).max(100).optional(),
    })
    .optional()
    .meta({ description: 'Percent of the traffic for the canary.' }),
  verdict: z.string().max(63).optional(),
  message: z.string().max(32_768).optional(),
  conditions,
  record: z.string().max(1_000_000).optional().meta({ description: 'All that the controller knows of it.' }),
  serial: z.number().min(0).optional().meta({ description: 'Rises with every release that is begun.' }),
  log: z.array(logLine).max(200).optional().meta({ description: 'The last decisions, oldest first.' }),
  logFrom: z.int().min(0).optional().meta({ description: 'Decisions before these, which are kept in ConfigMaps.' }),
});

export type ReleaseStatus = z.output<typeof releaseStatus>;

export const policyStatus = z.object({
  observedGeneration,
  stable: z.string().max(63).optional().meta({ description: 'Revision that serves all users.' }),
  asked: z
    .string()
    .max(63)
    .optional()
    .meta({ description: 'Revision that the Deployment asked for last, of those that were answered.' }),
  message: z.string().max(32_768).optional(),
  conditions,
  record: z.string().max(1_000_000).optional(),
  rollbackPoints,
  restore: restoreUnderWay,
  epoch: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Election that the controller won which wrote this: those before it write no more.' }),
});

export type Condition = z.output<typeof condition>;
