import { expect, it } from 'vitest';
import { answerOf, countsOf, ruleOf, run, series } from '../support/metrics.ts';

it('streams have their starts and their abnormal closes as events, though more may close than start', () => {
  const total = { metric: 'started_total', matchers: [] };
  const bad = { metric: 'handled_total', matchers: [{ label: 'grpc_code', op: '=' as const, value: 'Internal' }] };
  const rule = ruleOf({ kind: 'ratio', bad, total, streams: true });
  const step = (t: number, started: number, broken: number) => ({
    atSeconds: t,
    answer: answerOf(
      series('started_total', { instance: 'c:1' }, [t, started]),
      series('handled_total', { instance: 'c:1', grpc_code: 'Internal' }, [t, broken]),
      series('handled_total', { instance: 'c:1', grpc_code: 'OK' }, [t, 7 * t]),
    ),
  });
  const { readings } = run([step(1, 50, 0), step(2, 52, 10)], { rule });
  expect(countsOf(readings[1]).fresh.canary).toEqual({ events: 12, bad: 10 });
});
