import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align, type Coverage } from '../../src/metrics/watermark.ts';
import { answerOf, at, countsOf, requests, run, series, totalOf } from '../support/metrics.ts';

const inc = (fromMs: number, toMs: number, events: number, bad = 0, target = 't') => ({
  target,
  fromMs,
  toMs,
  events,
  bad,
});
const live = (fromMs: number, toMs: number): Coverage => ({ fromMs, toMs, live: true });

describe('align', () => {
  it('holds the canary back until stable was seen up to the same time, then takes what stable did in that span', () => {
    const canary = [inc(400, 1400, 10, 1)];
    const stable = [inc(0, 1000, 100, 10)];
    const seen = (toMs: number) => ({ canary: [live(0, 1400)], stable: [live(0, toMs)] });
    const early = align({ canary, stable, alignedToMs: null }, seen(1000), 1400);
    expect(early.aligned).toMatchObject({ canary: { events: 0, bad: 0 }, stable: { events: 0, bad: 0 } });
    expect(early.waiting.canary).toEqual(canary);
    const later = { ...early.waiting, stable: [...early.waiting.stable, inc(1000, 2000, 200, 0)] };
    const { aligned, waiting } = align(later, seen(2000), 2000);
    expect(aligned).toEqual({
      fromMs: 400,
      toMs: 1400,
      canary: { events: 10, bad: 1 },
      stable: { events: 60 + 80, bad: 6 },
    });
    expect(waiting.canary).toEqual([]);
    expect(waiting.stable.map(({ toMs }) => toMs)).toEqual([2000]);
  });

  it('takes equal spans as they are: arms that one process counts', () => {
    const spans = [0, 1, 2].map((i) => [i * 1000, i * 1000 + 1000] as const);
    const { aligned } = align(
      {
        canary: spans.map(([from, to]) => inc(from, to, 3, 1)),
        stable: spans.map(([from, to]) => inc(from, to, 7, 2)),
        alignedToMs: null,
      },
      { canary: [live(0, 3000)], stable: [live(0, 3000)] },
      3000,
    );
    expect(aligned).toEqual({ fromMs: 0, toMs: 3000, canary: { events: 9, bad: 3 }, stable: { events: 21, bad: 6 } });
  });

  it('compares with nothing where no stable target lives, and keeps nothing waiting', () => {
    const { aligned, waiting } = align(
      { canary: [inc(0, 1000, 5)], stable: [inc(0, 1000, 5)], alignedToMs: null },
      { canary: [live(0, 1000)], stable: [{ fromMs: 0, toMs: 1000, live: false }] },
      1000,
    );
    expect(aligned).toMatchObject({ canary: { events: 0 }, stable: { events: 0 } });
    expect(waiting).toMatchObject({ canary: [], stable: [] });
  });

  it('leaves out what the canary did before stable was known', () => {
    const { aligned } = align(
      { canary: [inc(0, 1000, 5), inc(1000, 2000, 6)], stable: [inc(900, 2000, 11)], alignedToMs: null },
      { canary: [live(0, 2000)], stable: [live(900, 2000)] },
      2000,
    );
    expect(aligned.canary.events).toBe(6);
    expect(aligned.stable.events).toBe(10);
  });

  it('uses stable once in all when several canary targets take turns', () => {
    const phases = [0, 300, 700];
    const canary = phases.flatMap((phase, target) =>
      [0, 1, 2, 3, 4].map((i) => inc(i * 1000 + phase, (i + 1) * 1000 + phase, 1, 0, `c${target}`)),
    );
    const stable = Array.from({ length: 8 }, (_, i) => inc(i * 1000, (i + 1) * 1000, 30));
    const seen = { canary: phases.map((phase) => live(phase, 5000 + phase)), stable: [live(0, 8000)] };
    const { aligned } = align({ canary, stable, alignedToMs: null }, seen, 8000);
    expect(aligned.canary.events).toBe(15);
    expect(aligned.stable.events).toBeCloseTo(150);
  });
});

describe('aligned counts of a reading', () => {
  it('do not depend on how the answers were cut: nothing twice, nothing lost', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 2, max: 30 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (ends, phase) => {
        const times = Array.from({ length: 31 }, (_, i) => i);
        const polls = [1, ...ends.toSorted((a, b) => a - b), 31];
        const counted = run(
          polls.map((end) => ({
            atSeconds: end + 1,
            answer: answerOf(
              requests('c:1', '200', ...times.filter((t) => t <= end).map((t) => [t + phase, t * 10] as const)),
              requests('s:1', '200', ...times.filter((t) => t <= end).map((t) => [t, t * 30] as const)),
            ),
          })),
        );
        const aligned = {
          canary: totalOf(counted, 'canary', 'aligned'),
          stable: totalOf(counted, 'stable', 'aligned'),
        };
        expect(aligned.canary.events).toBe(290);
        expect(aligned.stable.events).toBeCloseTo(870, 6);
      }),
    );
  });

  it('of an outage that hits both arms, scraped with skew, never show the canary worse than stable', () => {
    const phase = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(
        phase,
        fc.double({ min: 5, max: 9, noNaN: true }),
        fc.double({ min: 5, max: 8, noNaN: true }),
        (skew, from, length) => {
          const badAt = (t: number, perSecond: number): number =>
            Math.round(perSecond * Math.min(Math.max(t - from, 0), length));
          const arm = (instance: string, perSecond: number, times: readonly number[]) => [
            requests(
              instance,
              '200',
              ...times.map((t) => [t, Math.round(perSecond * t) - badAt(t, perSecond)] as const),
            ),
            requests(instance, '500', ...times.map((t) => [t, badAt(t, perSecond)] as const)),
          ];
          const { readings } = run(
            Array.from({ length: 25 }, (_, now) => {
              const times = Array.from({ length: now + 1 }, (_, i) => i);
              return {
                atSeconds: now + 0.99,
                answer: answerOf(
                  ...arm('s:1', 300, times),
                  ...arm(
                    'c:1',
                    100,
                    times.map((t) => t + skew).filter((t) => t < now + 0.99),
                  ),
                ),
              };
            }),
          );
          let canary = 0;
          let stable = 0;
          for (const reading of readings.filter(({ kind }) => kind === 'counts')) {
            const { aligned } = countsOf(reading);
            canary += aligned.canary.bad;
            stable += aligned.stable.bad;
            // What interpolation may miss: less than a second's part, never the whole start of the outage.
            expect(canary * 3).toBeLessThanOrEqual(stable + 300 * 0.3);
          }
          expect(canary).toBeGreaterThan(100 * (length - 1.1));
        },
      ),
    );
  });

  it('wait no longer for a stable target that died', () => {
    const step = (seconds: number, stableAt: number) => ({
      atSeconds: seconds,
      answer: answerOf(
        requests('c:1', '200', [seconds, seconds * 10]),
        requests('s:1', '200', [stableAt, stableAt * 30]),
        requests('s:2', '200', [seconds, seconds * 30]),
        series('up', { instance: 's:1' }, [seconds, seconds === stableAt ? 1 : 0]),
      ),
      arms: { canary: { instance: ['c:1'] }, stable: { instance: ['s:1', 's:2'] } },
    });
    const { readings } = run([step(1, 1), step(2, 2), step(3, 2)]);
    expect(countsOf(readings[2]).aligned).toMatchObject({ toMs: at(3), canary: { events: 10, bad: 0 } });
  });
});
