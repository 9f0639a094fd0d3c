/** Each release in trouble left a series of its own behind: its id stood where the policy's name belongs. */
import { expect, it } from 'vitest';
import { ok } from '../../src/lib/result.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { hear } from '../../src/wiring/hear.ts';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

it('counts errors by policy', async () => {
  const metrics = createMetrics({ version: '1', releases: async () => ok([]) });
  const trouble = { kind: 'troubled', policy: 'app', reason: 'Unreachable', message: 'no answer' } as const;
  for (const release of ['app-v2-1', 'app-v3-2'])
    hear({ ...trouble, release }, { metrics, log: silent, events: {} as never, desk: {} as never, keep: () => {} });
  expect((await metrics.text()).match(/^sluice_reconcile_errors_total.*$/gm)).toEqual([
    'sluice_reconcile_errors_total{policy="app"} 2',
  ]);
});
