/** What every source of history must do: each sample once, under its own time, and a word about what it does not have. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { HistoryChunk, HistoryChunks, HistoryProgress, HistorySource } from '../../src/metrics/history.ts';
import { wholeHistory } from '../../src/metrics/history-whole.ts';
import type { Labels, Sample, Series } from '../../src/metrics/series.ts';
import { type AtEnd, suiteEnd } from '../support/at-end.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export interface HistoryWorld {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly Series[];
}

/** Three days up to an hour of the past: two pods at 15 s, the second from the second day on; all away for 40 minutes. */
export function aHistory(nowMs: number): HistoryWorld {
  const toMs = Math.floor(nowMs / hourMs) * hourMs - 3 * hourMs;
  const fromMs = toMs - 72 * hourMs;
  const away = { fromMs: fromMs + 50 * hourMs, toMs: fromMs + 50 * hourMs + 40 * minuteMs };
  const counter = (labels: Labels, since: number): Series => {
    const samples: Sample[] = [];
    for (let atMs = since; atMs < toMs; atMs += 15_000)
      if (atMs <= away.fromMs || atMs >= away.toMs) samples.push({ atMs, value: samples.length * 3 });
    return { metric: 'requests_total', labels: { job: 'app', ...labels }, samples };
  };
  const series = [
    counter({ pod: 'a', code: '200' }, fromMs),
    counter({ pod: 'a', code: '500' }, fromMs),
    counter({ pod: 'b "x"', code: '200' }, fromMs + 24 * hourMs),
  ];
  return { fromMs, toMs, series };
}

/** `sum(requests_total)` of a world, as Prometheus has it: the last sample of each series that is not older than 5 minutes. */
export const sumAt =
  ({ series }: HistoryWorld) =>
  (promql: string, atMs: number): readonly { readonly labels: Labels; readonly value: number }[] => {
    if (promql !== 'sum(requests_total)') throw new Error(`unknown: ${promql}`);
    const seen = series.flatMap(({ samples }) => {
      const last = samples[indexAfter(samples, atMs) - 1];
      return last === undefined || atMs - last.atMs > 5 * minuteMs ? [] : [last.value];
    });
    return seen.length === 0 ? [] : [{ labels: {}, value: seen.reduce((a, b) => a + b, 0) }];
  };

const indexAfter = (samples: readonly Sample[], atMs: number): number => {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (samples[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

const sorted = (all: readonly Series[]) =>
  all
    .map(({ metric, labels, samples }) => ({ id: JSON.stringify([metric, Object.entries(labels).sort()]), samples }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));

const chunksOf = async (chunks: HistoryChunks): Promise<readonly HistoryChunk[]> => {
  const all: HistoryChunk[] = [];
  for await (const chunk of chunks) {
    if (!chunk.ok) throw new Error(chunk.error.message);
    all.push(chunk.value);
  }
  return all;
};

const whole = async (chunks: HistoryChunks) => {
  const history = await wholeHistory(chunks);
  if (!history.ok) throw new Error(history.error.message);
  return history.value;
};

const selectors = [{ metric: 'requests_total', matchers: [] }];

export function historySourceContract(
  name: string,
  make: (world: HistoryWorld, atEnd: AtEnd) => Promise<HistorySource>,
): void {
  describe(`${name}, as a source of history`, () => {
    const atEnd = suiteEnd();
    const world = aHistory(Date.now());
    const { fromMs, toMs } = world;
    let source: HistorySource;
    beforeAll(async () => {
      source = await make(world, atEnd);
    });

    it('answers every sample once, under its own time, over all chunks', async () => {
      const { series } = await whole(source.samples({ selectors, fromMs, toMs }));
      expect(sorted(series)).toEqual(sorted(world.series));
    });

    it('has the first moment of a span, and not the last', async () => {
      const span = { fromMs: fromMs + hourMs, toMs: fromMs + 2 * hourMs };
      const { series } = await whole(source.samples({ selectors, labels: { code: ['500'] }, ...span }));
      const times = series[0]!.samples.map(({ atMs }) => atMs);
      expect([times[0], times.at(-1), times.length]).toEqual([span.fromMs, span.toMs - 15_000, 240]);
    });

    it('gives chunks in order that cover the span, and tells how far it is', async () => {
      const progress: HistoryProgress[] = [];
      const chunks = await chunksOf(
        source.samples({ selectors, fromMs, toMs, onProgress: (each) => progress.push(each) }),
      );
      expect(chunks.length).toBeGreaterThan(2);
      expect(chunks.map((each) => each.fromMs)).toEqual([fromMs, ...chunks.slice(0, -1).map((each) => each.toMs)]);
      expect(chunks.at(-1)!.toMs).toBe(toMs);
      expect(progress.map(({ doneMs }) => doneMs)).toEqual(chunks.map((each) => each.toMs - fromMs));
      const samples = world.series.reduce((sum, each) => sum + each.samples.length, 0);
      expect(progress.at(-1)).toEqual({ totalMs: toMs - fromMs, doneMs: toMs - fromMs, samples });
    });

    it('takes only series that a selector means and that have one of the labels’ values', async () => {
      const errors = { metric: 'requests_total', matchers: [{ label: 'code', op: '=~', value: '5..' }] } as const;
      const span = { fromMs: toMs - hourMs, toMs };
      const labels = async (wanted: Parameters<HistorySource['samples']>[0]) =>
        (await whole(source.samples(wanted))).series.map((each) => `${each.labels['pod']} ${each.labels['code']}`);
      expect(await labels({ selectors: [errors], ...span })).toEqual(['a 500']);
      expect(await labels({ selectors, labels: { pod: ['b "x"', 'c'] }, ...span })).toEqual(['b "x" 200']);
      expect(await labels({ selectors: [errors, ...selectors], labels: { pod: ['a'] }, ...span })).toHaveLength(2);
      expect(await labels({ selectors, labels: { pod: [] }, ...span })).toEqual([]);
    });

    it('names where nothing was seen: before the data begins, within it, and after it ends', async () => {
      const { gaps, beginsMs } = await whole(
        source.samples({ selectors, fromMs: fromMs - 30 * hourMs, toMs: toMs + hourMs }),
      );
      expect(beginsMs).toBe(fromMs);
      expect(gaps).toEqual([
        { fromMs: fromMs - 30 * hourMs, toMs: fromMs },
        { fromMs: fromMs + 50 * hourMs, toMs: fromMs + 50 * hourMs + 40 * minuteMs },
        { fromMs: toMs - 15_000, toMs: toMs + hourMs },
      ]);
    });

    it('has nothing, and does not fail, for what nobody exposed', async () => {
      const none = [{ metric: 'no_such_total', matchers: [] }];
      const history = await whole(source.samples({ selectors: none, fromMs, toMs }));
      expect(history).toEqual({ series: [], beginsMs: null, gaps: [{ fromMs, toMs }], warnings: [] });
    });

    it('evaluates an expression at every step of the span', async () => {
      const { series, gaps } = await whole(
        source.steps({ promql: 'sum(requests_total)', fromMs, toMs, stepMs: 15_000 }),
      );
      const evaluate = sumAt(world);
      const expected: Sample[] = [];
      for (let atMs = fromMs; atMs < toMs; atMs += 15_000)
        for (const { value } of evaluate('sum(requests_total)', atMs)) expected.push({ atMs, value });
      expect(series).toHaveLength(1);
      expect(series[0]).toEqual({ metric: '', labels: {}, samples: expected });
      expect(gaps).toHaveLength(1);
    });

    it('keeps to its steps when the span is no multiple of them', async () => {
      const { series } = await whole(
        source.steps({
          promql: 'sum(requests_total)',
          fromMs: fromMs + 1_000,
          toMs: fromMs + hourMs,
          stepMs: 7 * minuteMs,
        }),
      );
      const times = series[0]!.samples.map(({ atMs }) => (atMs - fromMs) / 1000);
      expect(times).toEqual([1, 421, 841, 1261, 1681, 2101, 2521, 2941, 3361]);
    });

    it('fails in words, not by a throw, for what cannot be asked', async () => {
      const bad = { metric: 'not a name', matchers: [] };
      const history = await wholeHistory(source.samples({ selectors: [bad], fromMs, toMs }));
      expect(history).toMatchObject({ ok: false, error: { reason: 'QueryError', readToMs: fromMs } });
      const steps = await wholeHistory(source.steps({ promql: 'sum(', fromMs, toMs, stepMs: 60_000 }));
      expect(steps).toMatchObject({ ok: false, error: { reason: 'QueryError', readToMs: fromMs } });
    });

    it('has nothing of an empty span', async () => {
      const { series, gaps } = await whole(source.samples({ selectors, fromMs, toMs: fromMs }));
      expect([series, gaps]).toEqual([[], []]);
    });

    it('reads no further than somebody looks', async () => {
      const progress: HistoryProgress[] = [];
      for await (const _ of source.samples({ selectors, fromMs, toMs, onProgress: (each) => progress.push(each) }))
        break;
      expect(progress).toHaveLength(1);
    });

    it('ends when the time for all of it is over', async () => {
      const history = await wholeHistory(source.samples({ selectors, fromMs, toMs, withinMs: 0 }));
      expect(history).toMatchObject({ ok: false, error: { reason: 'Timeout', readToMs: fromMs } });
    });
  });
}
