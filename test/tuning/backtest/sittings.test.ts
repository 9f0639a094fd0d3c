/** Sittings: every release judged once, whoever judges it, and after a stop nothing counts that has a hole before it. */
import { expect, test } from 'vitest';
import type { Brief } from '../../../src/tuning/backtest/brief.ts';
import type { Court, Sat } from '../../../src/tuning/backtest/sitting.ts';
import { type AllSittings, type Bench, judgeAll } from '../../../src/tuning/backtest/sittings.ts';
import { unheard } from '../../../src/tuning/backtest/trial.ts';

const hourMs = 3_600_000;

const brief = (hour: number): Brief => ({
  segment: { fromMs: hour * hourMs, toMs: (hour + 1) * hourMs, startMs: hour * hourMs, weights: [], seed: hour },
  sides: { by: 'lot' },
  dispersion: {},
});

/** Three days, an hour each, in no order. */
const briefs = Array.from({ length: 72 }, (_, i) => brief((i * 31) % 72));

const heard = (each: Brief) => ({ ...unheard(each), ticks: each.segment.seed + 1 });

const judged = (all: readonly Brief[]): Sat => ({
  outcomes: all.map(heard),
  stoppedAtMs: null,
  failure: null,
  gaps: [],
});

const court = { lookbackMs: 60_000, chunkMs: 24 * hourMs } as Court;

const run = (bench: Partial<Bench>, more: Partial<AllSittings> = {}) => {
  let closed = 0;
  const progress: { doneMs: number; totalMs: number }[] = [];
  const ran = judgeAll({
    briefs,
    court,
    bench: {
      atOnce: 3,
      sit: ({ briefs: own }) => Promise.resolve(judged(own)),
      close: () => Promise.resolve(void (closed += 1)),
      ...bench,
    },
    withinMs: 60_000,
    signal: new AbortController().signal,
    now: () => 0,
    onProgress: (each) => progress.push(each),
    ...more,
  });
  return ran.then((value) => ({ ...value, closed, progress }));
};

test('the outcomes come in the order of the briefs, whichever thread was quicker', async () => {
  let turn = 0;
  const { outcomes, stoppedAtMs, closed } = await run({
    sit: async ({ briefs: own }) => {
      turn += 1;
      for (let wait = turn % 3; wait > 0; wait--) await Promise.resolve();
      return judged(own);
    },
  });
  expect(outcomes.map(({ ticks }) => ticks)).toEqual(briefs.map(({ segment }) => segment.seed + 1));
  expect(stoppedAtMs).toBeNull();
  expect(closed).toBe(1);
});

test('no more sittings are held at once than the bench has places, and each is at most half a day', async () => {
  let [now, most] = [0, 0];
  const lengths: number[] = [];
  await run({
    atOnce: 2,
    sit: async ({ briefs: own }) => {
      now += 1;
      most = Math.max(most, now);
      const [from, to] = [own[0]?.segment.fromMs ?? 0, own.at(-1)?.segment.toMs ?? 0];
      lengths.push((to - from) / hourMs);
      await Promise.resolve();
      now -= 1;
      return judged(own);
    },
  });
  expect(most).toBe(2);
  expect(lengths).toEqual([12, 12, 12, 12, 12, 12]);
});

test('a failure ends it: everything before the earliest hole was judged, nothing after it is begun', async () => {
  let begun = 0;
  const { failure, stoppedAtMs, outcomes } = await run({
    atOnce: 1,
    sit: ({ briefs: own }) => {
      begun += 1;
      const fails = own[0]?.segment.seed === 24;
      return Promise.resolve(
        fails ? { ...judged(own), failure: 'the server is gone', stoppedAtMs: 26 * hourMs } : judged(own),
      );
    },
  });
  expect({ begun, failure, stoppedAtMs }).toEqual({
    begun: 3,
    failure: 'the server is gone',
    stoppedAtMs: 26 * hourMs,
  });
  const late = outcomes.filter(({ segment }) => segment.fromMs >= 36 * hourMs);
  expect(late.map(({ ticks }) => ticks)).toEqual(late.map(() => 0));
});

test('a person who has seen enough keeps what was judged before the first sitting that was not held', async () => {
  const controller = new AbortController();
  let begun = 0;
  const { failure, stoppedAtMs } = await run(
    {
      atOnce: 1,
      sit: ({ briefs: own }) => {
        begun += 1;
        if (begun === 2) controller.abort();
        return Promise.resolve(judged(own));
      },
    },
    { signal: controller.signal },
  );
  expect({ begun, failure, stoppedAtMs }).toEqual({ begun: 2, failure: null, stoppedAtMs: 24 * hourMs });
});

test('progress is that of all sittings together', async () => {
  const { progress } = await run({
    sit: ({ briefs: own }, { onProgress }) => {
      onProgress({ doneMs: 12 * hourMs + 60_000, atMs: own.at(-1)?.segment.toMs ?? 0, samples: 10 });
      return Promise.resolve(judged(own));
    },
  });
  expect(progress.at(-1)).toMatchObject({ doneMs: progress.at(-1)?.totalMs, samples: 60 });
});
