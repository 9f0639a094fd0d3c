/** Looks at a release as a journal keeps them, made up. */
import fc from 'fast-check';
import type { Brief, JournalSpan } from '../../src/release/journal-span.ts';

export const counted = (events: number, bad = 0): Brief => ({
  canary: [events, bad, events, bad],
  stable: [3 * events, 0, 3 * events, 0],
  t: [400, 15_400, 400],
});

/** The `n`th look, each 15 s. */
export const span = (n: number, words: Partial<JournalSpan> = {}): JournalSpan => ({
  toMs: 15_000 * n,
  looks: 1,
  weight: 25,
  sent: [250 * n, 750 * n],
  read: { error_rate: counted(250, n % 7 === 0 ? 1 : 0) },
  ...words,
});

const count = fc.nat({ max: 10_000 });
const arm = fc
  .tuple(count, count, count, count)
  .map(([good, bad, comparedGood, comparedBad]) => [good + bad, bad, comparedGood + comparedBad, comparedBad] as const);

const counts = fc
  .record({ canary: arm, stable: arm })
  .map(({ canary, stable }): Brief => ({ canary, stable, t: [300, 15_300, 300] }));
const slow = counts.map(
  (brief): Brief => ({
    ...brief,
    slower: [
      [0.5, 3, 9],
      [1, 1, 2],
    ],
  }),
);
const level = fc.double({ min: 0, max: 1, noNaN: true }).map((value): Brief => ({ level: [value, null], age: 200 }));
const nothing = fc.constant<Brief>({ nothing: 'SourceDown', why: 'the metrics do not answer' });

/** Of a release of two rules and a level, its weight moving now and then, some looks without data. */
export const anySpans = (mostLooks: number): fc.Arbitrary<readonly JournalSpan[]> =>
  fc
    .array(
      fc.record({
        error_rate: fc.oneof({ weight: 6, arbitrary: counts }, { weight: 1, arbitrary: nothing }),
        response_time_p95: fc.oneof({ weight: 6, arbitrary: slow }, { weight: 1, arbitrary: nothing }),
        cpu_usage: level,
        moves: fc.nat({ max: 40 }),
        starts: fc.nat({ max: 60 }),
      }),
      { minLength: 1, maxLength: mostLooks },
    )
    .map((looks) => {
      let weight = 0;
      return looks.map(({ moves, starts, ...read }, at): JournalSpan => {
        if (moves === 0) weight = (weight + 25) % 125;
        const start = at === 0 ? 'release' : starts === 0 ? 'controller' : undefined;
        return { ...span(at + 1, { weight, read }), ...(start === undefined ? {} : { start }) };
      });
    });

/** What was counted of a rule over all of them. */
export const totalOf = (spans: readonly JournalSpan[], rule: string): readonly number[] => {
  const sums = [0, 0, 0, 0];
  for (const { read } of spans) {
    const brief = read[rule];
    if (brief === undefined || !('t' in brief)) continue;
    const { canary, stable } = brief;
    for (const [at, value] of [canary[0], canary[1], stable[0], stable[1]].entries())
      sums[at] = (sums[at] ?? 0) + (value ?? 0);
  }
  return sums;
};
