/** What every metric source must do: raw samples with their own times, of exactly what was counted. */
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure, readRequest } from '../../src/metrics/measure.ts';
import type { Answer, MetricSource } from '../../src/metrics/metric-source.ts';
import type { Arms, Series } from '../../src/metrics/series.ts';
import { type AtEnd, suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { errorRule } from '../support/metrics.ts';
import type { MetricsPage } from '../support/metrics-page.ts';

export interface MetricWorld {
  readonly source: MetricSource;
  /** What the processes count; the source sees it as soon as it can. */
  readonly canary: Pick<MetricsPage, 'instance' | 'add'>;
  readonly stable: Pick<MetricsPage, 'instance' | 'add'>;
  /** False: it answers with what is now, and says so. */
  readonly keepsPast?: boolean;
}

const good = { route: '/a "b"', code: '200' };
const bad = { route: '/a "b"', code: '500' };

export function metricSourceContract(name: string, make: (atEnd: AtEnd) => Promise<MetricWorld>): void {
  describe(`${name}, as a metric source`, () => {
    const atEnd = suiteEnd();
    let world: MetricWorld;
    let arms: Arms;
    beforeAll(async () => {
      world = await make(atEnd);
      arms = { canary: { instance: [world.canary.instance] }, stable: { instance: [world.stable.instance] } };
      world.canary.add('requests_total', good, 100);
      world.stable.add('requests_total', good, 1000);
    });

    const read = (): Promise<Answer> => world.source.read(readRequest([errorRule], arms, 30_000));
    const seriesIn = (answer: Answer): readonly Series[] => {
      if (answer.kind === 'failed') throw new Error(answer.message);
      return answer.series;
    };
    const canarySeries = async (metric: string): Promise<Series | undefined> =>
      seriesIn(await read()).find(
        (each) =>
          each.metric === metric && each.labels['instance'] === world.canary.instance && each.labels['code'] !== '500',
      );

    it('answers raw series with the labels they were counted under, and the times of their samples', async () => {
      const found = await eventually(() => canarySeries('requests_total'));
      expect(found.labels).toMatchObject({ ...good, instance: world.canary.instance });
      expect(found.labels).not.toHaveProperty('__name__');
      expect(found.samples.at(-1)?.value).toBe(100);
      const times = found.samples.map(({ atMs }) => atMs);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect(Math.abs(Date.now() - (times.at(-1) ?? 0))).toBeLessThan(5_000);
    });

    it('says which targets are up, and since when their processes run', async () => {
      expect((await eventually(() => canarySeries('up'))).samples.at(-1)?.value).toBe(1);
      const start = await canarySeries('process_start_time_seconds');
      expect(start?.samples.at(-1)?.value).toBe(1_700_000_000);
    });

    it('gives the same sample the same time when it is asked again', async () => {
      const [a, b] = await Promise.all([canarySeries('requests_total'), canarySeries('requests_total')]);
      const common = (a?.samples ?? []).filter(({ atMs }) => b?.samples.some((each) => each.atMs === atMs));
      expect(common.length).toBeGreaterThan(0);
    });

    it('answers nothing, and does not fail, for what nobody exposes', async () => {
      const none = { canary: { instance: ['127.0.0.1:9'] }, stable: { instance: [] } };
      const answer = await world.source.read({
        selectors: [{ metric: 'no_such_total', matchers: [] }],
        expressions: [],
        arms: none,
        lookbackMs: 30_000,
      });
      expect(answer).toMatchObject({ kind: 'series', series: [] });
    });

    it('makes up no past: a stretch of time before there was anything has no total, or the source says that it tells none', async () => {
      const selector = { metric: 'requests_total', matchers: [] };
      const total = { selector, labels: { instance: [world.canary.instance] }, windowMs: 60_000 };
      const answer = await world.source.read({
        ...readRequest([errorRule], arms, 30_000),
        totals: [{ ...total, id: 'then', agoMs: 365 * 86_400_000 }],
      });
      expect(seriesIn(answer).filter(({ metric }) => metric === 'then')).toEqual([]);
      const failures = answer.kind === 'series' ? (answer.failures ?? []) : [];
      expect(failures.flatMap(({ metrics }) => metrics)).toEqual(world.keepsPast === false ? ['then'] : []);
    });

    it('lets every request and every error be counted once, the first of a fresh series too', async () => {
      let memory = emptyMemory;
      const sum = { canary: { events: 0, bad: 0 }, stable: { events: 0, bad: 0 } };
      const look = async (): Promise<boolean> => {
        const answer = await read();
        const nowMs = Date.now();
        const measured = measure({ rules: [errorRule], arms, memory, answer, nowMs, notBeforeMs: 0 });
        memory = measured.memory;
        const reading = measured.readings[errorRule.name];
        if (reading?.kind !== 'counts') return false;
        for (const arm of ['canary', 'stable'] as const) {
          sum[arm].events += reading.fresh[arm]?.events ?? 0;
          sum[arm].bad += reading.fresh[arm]?.bad ?? 0;
        }
        return true;
      };
      await eventually(look, { everyMs: 200 });
      sum.canary = { events: 0, bad: 0 };
      sum.stable = { events: 0, bad: 0 };
      for (let i = 0; i < 5; i += 1) {
        world.canary.add('requests_total', good, 9);
        world.canary.add('requests_total', bad);
        world.stable.add('requests_total', good, 30);
        await look();
      }
      await eventually(
        async () => {
          await look();
          expect(sum).toEqual({ canary: { events: 50, bad: 5 }, stable: { events: 150, bad: 0 } });
          return true;
        },
        { everyMs: 200 },
      );
    });
  });
}
