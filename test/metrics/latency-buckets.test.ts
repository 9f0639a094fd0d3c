import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountsReading, SlowerThan } from '../../src/metrics/reading.ts';
import type { Sli } from '../../src/rules/sli.ts';
import { answerOf, at, countsOf, type Run, ruleOf, run, series } from '../support/metrics.ts';

const latency = (bound = 0.5): Sli => ({
  kind: 'latency',
  histogram: { metric: 'seconds', matchers: [] },
  quantile: 0.95,
  bound,
  unitsPerSecond: 1,
  snap: false,
});

type Shape = Readonly<Record<string, number>>;

/** So many requests in each bucket: not cumulative, as one thinks of them. */
const histogram = (instance: string, samples: readonly (readonly [number, Shape])[], route = '/') => {
  const bounds = Object.keys(samples[0]?.[1] ?? {}).sort((a, b) => Number(a) - Number(b));
  const ordered = [...bounds.filter((le) => le !== '+Inf'), '+Inf'];
  return ordered.map((le, i) =>
    series(
      'seconds_bucket',
      { instance, route, le },
      ...samples.map(
        ([t, shape]) => [t, ordered.slice(0, i + 1).reduce((sum, each) => sum + (shape[each] ?? 0), 0)] as const,
      ),
    ),
  );
};

const times = (shape: Shape, n: number): Shape =>
  Object.fromEntries(Object.entries(shape).map(([le, count]) => [le, count * n]));

const usual = { '0.05': 20, '0.1': 40, '0.25': 30, '0.5': 9, '1': 1, '+Inf': 0 } as const;

const both = (t: number, canary: Shape, stable: Shape = usual) => ({
  atSeconds: t,
  answer: answerOf(...histogram('c:1', [[t, times(canary, t)]]), ...histogram('s:1', [[t, times(stable, t)]])),
});

const latencyRun = (steps: readonly ReturnType<typeof both>[], change: Parameters<typeof ruleOf>[1] = {}): Run =>
  run(steps, { rule: ruleOf(latency(), change) });

const alignedOf = (reading: Run['readings'][number] | undefined): CountsReading['aligned'] => countsOf(reading).aligned;

const slowerIn = (reading: Run['readings'][number]): readonly SlowerThan[] =>
  reading.kind === 'counts' ? (reading.aligned.slower ?? []) : [];

describe('response times of two versions', () => {
  it('are compared at the limit and around and above stable’s median, as counted there', () => {
    const { readings, memory } = latencyRun([both(1, usual), both(2, usual), both(3, usual)]);
    expect(memory.rules['error_rate']?.bounds).toEqual([0.5, 0.1, 1, 0.25, 0.05]);
    expect(readings[0]).toMatchObject({ kind: 'nothing', reason: 'FirstSample' });
    for (const reading of readings.slice(1))
      expect(alignedOf(reading)).toMatchObject({
        canary: { events: 100, bad: 1 },
        stable: { events: 100, bad: 1 },
        slower: [
          { bound: 0.5, canary: 1, stable: 1 },
          { bound: 0.1, canary: 40, stable: 40 },
          { bound: 1, canary: 0, stable: 0 },
          { bound: 0.25, canary: 10, stable: 10 },
          { bound: 0.05, canary: 80, stable: 80 },
        ],
      });
  });

  it('are compared at bounds that stable’s own counts choose, of many the median, the tail and beyond', () => {
    const fine = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [String((i + 1) / 20), i < 20 ? 50 - i : i < 30 ? 1 : 0]),
    );
    const { memory } = latencyRun([both(1, { ...fine, '+Inf': 0 }, { ...fine, '+Inf': 0 })]);
    expect(memory.rules['error_rate']?.bounds).toEqual([0.5, 0.45, 0.95, 1.5, 0.75]);
  });

  it('wait until stable has counted enough to choose', () => {
    const few = { '0.1': 3, '0.5': 1, '+Inf': 0 };
    const { readings, memory } = latencyRun([both(1, few, few), both(4, few, few)]);
    expect(memory.rules['error_rate']?.bounds).toBeUndefined();
    expect(alignedOf(readings[1])).toMatchObject({ canary: { events: 0 }, slower: [] });
    expect(countsOf(readings[1]).fresh).toEqual({ canary: { events: 12, bad: 0 }, stable: { events: 12, bad: 0 } });
    const later = latencyRun([both(1, few, few), both(4, few, few), both(5, few, few), both(6, few, few)]);
    expect(later.memory.rules['error_rate']?.bounds).toEqual([0.5, 0.1]);
    expect(alignedOf(later.readings[3])).toMatchObject({ canary: { events: 4 }, stable: { events: 4 } });
  });

  it('stay at the bounds once chosen, however stable’s times move', () => {
    const slow = { ...usual, '0.05': 0, '0.1': 0, '1': 5000 };
    const { memory } = latencyRun([both(1, usual), both(2, usual, slow), both(3, usual, slow)]);
    expect(memory.rules['error_rate']?.bounds).toEqual([0.5, 0.1, 1, 0.25, 0.05]);
  });

  it('count a bucket that nobody counted before from then on, not from the start of the process', () => {
    const few = { ...times(usual, 0), '0.1': 1 };
    const grown = (t: number, n: number) => ({
      atSeconds: t,
      answer: answerOf(
        ...histogram('c:1', [[t, times(usual, 100 + n)]]),
        ...histogram('s:1', [[t, n < 2 ? few : times(usual, n)]]),
      ),
    });
    const { readings } = latencyRun([grown(1, 1), grown(2, 2), grown(3, 3), grown(4, 4)]);
    expect(alignedOf(readings[2]).slower?.map(({ canary }) => canary)).toEqual([1, 40, 0, 10, 80]);
  });
});

describe('versions, or instances of one, with other buckets', () => {
  const without = (shape: Shape, ...les: readonly string[]): Shape =>
    Object.fromEntries(Object.entries(shape).filter(([le]) => !les.includes(le)));

  it('are compared at the bounds that all have', () => {
    const { readings } = latencyRun([1, 2, 3].map((t) => both(t, usual, without(usual, '0.1', '0.05'))));
    expect(alignedOf(readings[2]).slower?.map(({ bound }) => bound)).toEqual([0.5, 0.25, 1]);
    expect(countsOf(readings[2]).note).toBeUndefined();
  });

  it('are compared next to the limit, and it is said, when stable has no bucket there', () => {
    const { readings } = latencyRun([1, 2, 3].map((t) => both(t, usual, without(usual, '0.5'))));
    const last = countsOf(readings[2]);
    expect(last.fresh).toEqual({ canary: { events: 100, bad: 1 }, stable: { events: 91, bad: 0 } });
    expect(last.aligned).toMatchObject({ canary: { bad: 0 }, stable: { bad: 0 } });
    expect(last.aligned.slower?.[0]).toEqual({ bound: 1, canary: 0, stable: 0 });
    expect(last.note).toBe(
      'stable\'s seconds has no bucket le="0.5" but le="0.25" and "1" next to it: the versions are compared at le="1"',
    );
  });

  it('are not compared when they have none in common; compare: stable says so and judges nothing', () => {
    const other = { '0.2': 90, '0.4': 10, '+Inf': 0 };
    const steps = [1, 2].map((t) => both(t, usual, other));
    const { readings } = latencyRun(steps);
    expect(countsOf(readings[1]).fresh).toEqual({ canary: { events: 100, bad: 1 }, stable: null });
    expect(alignedOf(readings[1])).toMatchObject({ canary: { events: 0 }, slower: [] });
    expect(countsOf(readings[1]).note).toContain('le="0.4" next to it, and no bound in common with the canary');
    expect(latencyRun(steps, { compare: 'stable' }).readings[1]).toMatchObject({
      kind: 'nothing',
      reason: 'BucketMissing',
      message: expect.stringContaining('le="0.4"'),
    });
  });

  it('are of another unit when all their bounds are a hundred times as high', () => {
    const seconds = { '0.005': 1, '0.5': 5, '5': 80, '10': 14, '+Inf': 0 };
    const milliseconds = { '5': 10, '10': 10, '500': 79, '5000': 1, '+Inf': 0 };
    const { readings } = latencyRun([1, 2].map((t) => both(t, seconds, milliseconds)));
    expect(countsOf(readings[1])).toMatchObject({ fresh: { stable: null }, aligned: { slower: [] } });
    expect(countsOf(readings[1]).note).toContain('not compared');
  });

  it('of the canary all need the limit’s bucket: one without it is not taken for slow', () => {
    const step = (t: number) => ({
      atSeconds: t,
      answer: answerOf(
        ...histogram('c:1', [[t, times(usual, t)]]),
        ...histogram('c:1', [[t, times(without(usual, '0.5'), t)]], '/other'),
      ),
    });
    expect(run([step(1), step(2)], { rule: ruleOf(latency()) }).readings[1]).toMatchObject({
      reason: 'BucketMissing',
      message:
        'not every series of seconds has a bucket le="0.5"; the nearest are 0.25 and 1; make one the threshold, add the bucket, or write snap: true',
    });
  });

  it('that differ among stable’s instances are read at what all of them have', () => {
    const step = (t: number) => ({
      atSeconds: t,
      answer: answerOf(
        ...histogram('c:1', [[t, times(usual, t)]]),
        ...histogram('s:1', [[t, times(usual, t)]]),
        ...histogram('s:1', [[t, times(without(usual, '0.5', '0.1'), t)]], '/other'),
      ),
    });
    const { readings } = latencyRun([step(1), step(2), step(3)]);
    expect(alignedOf(readings[2]).slower?.map(({ bound }) => bound)).toEqual([1, 0.25, 0.05]);
    expect(countsOf(readings[2]).fresh.stable).toEqual({ events: 151, bad: 0 });
  });
});

describe('however the scrapes fall', () => {
  const counted = fc.record({ '0.1': fc.nat(9), '0.25': fc.nat(9), '0.5': fc.nat(9), '+Inf': fc.nat(9) });
  const ticks = fc.array(fc.tuple(counted, counted, fc.boolean()), { minLength: 1, maxLength: 12 });
  const add = (a: Shape, b: Shape): Shape =>
    Object.fromEntries(Object.entries(a).map(([le, count]) => [le, count + (b[le] ?? 0)]));

  it('each slow request is in one reading, at every bound that it is slower than', () => {
    fc.assert(
      fc.property(ticks, (tale) => {
        let [canary, stable]: [Shape, Shape] = [
          times({ ...tale[0]![0] }, 0),
          { ...times({ ...tale[0]![0] }, 0), '0.1': 50 },
        ];
        const begin = { canary, stable };
        const samples: { t: number; canary: Shape; stable: Shape }[] = [{ t: 1, canary, stable }];
        const steps = [both(1, canary, stable)];
        const world = (t: number) => {
          const seen = samples.slice(-4);
          return {
            atSeconds: t,
            answer: answerOf(
              ...histogram(
                'c:1',
                seen.map((each) => [each.t, each.canary] as const),
              ),
              ...histogram(
                's:1',
                seen.map((each) => [each.t, each.stable] as const),
              ),
            ),
          };
        };
        steps[0] = world(1);
        tale.forEach(([c, s, isSeen], i) => {
          canary = add(canary, c);
          stable = add(stable, s);
          samples.push({ t: i + 2, canary, stable });
          // A tick that nobody looked at: the next look finds both samples.
          if (isSeen) steps.push(world(i + 2));
        });
        steps.push(world(tale.length + 1));
        const { readings } = latencyRun(steps);
        const slower = (shape: Shape, bound: number): number =>
          Object.entries(shape).reduce((sum, [le, n]) => sum + (le === '+Inf' || Number(le) > bound ? n : 0), 0);
        const lost = tale.some((_, i) => i >= 3 && tale.slice(i - 3, i).every(([, , isSeen]) => !isSeen));
        fc.pre(!lost);
        for (const bound of [0.1, 0.25, 0.5])
          for (const [arm, end] of [
            ['canary', canary],
            ['stable', stable],
          ] as const) {
            const told = readings.reduce(
              (sum, each) => sum + (slowerIn(each).find((at) => at.bound === bound)?.[arm] ?? 0),
              0,
            );
            expect(told).toBe(slower(end, bound) - slower(begin[arm], bound));
          }
      }),
    );
  });

  it('an answer that comes twice adds nothing', () => {
    const steps = [both(1, usual), both(2, usual), both(2, usual), both(3, usual), both(3, usual)];
    const { readings } = latencyRun(steps);
    expect(alignedOf(readings[2])).toMatchObject({ canary: { events: 0 } });
    expect(at(3)).toBe(alignedOf(readings[4]).toMs);
    expect(alignedOf(readings[4])).toMatchObject({ canary: { events: 0 }, stable: { events: 0 } });
  });
});
