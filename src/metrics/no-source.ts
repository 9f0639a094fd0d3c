/** In the place of a metric source that nobody could name: it answers, at once, that nothing is known. */
import type { Clock } from '../lib/clock.ts';
import type { MetricSource } from './metric-source.ts';

const intervalMs = 5_000;

export const noSource = (clock: Pick<Clock, 'wallMs'>): MetricSource => ({
  name: 'nothing',
  intervalMs,
  read: async () => ({
    ...{ kind: 'failed', source: 'nothing', reason: 'Unreachable', receivedAtMs: clock.wallMs() },
    message: 'the policy can not be understood: nothing is measured until it is put right',
  }),
});
