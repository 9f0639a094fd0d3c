/** Each improvement that a report derives, by a release to which just that happened. */
import { describe, expect, it } from 'vitest';
import type { PastRelease } from '../../../src/report/history-view.ts';
import { errorRate, passing, rolledBackRelease, sampleRelease, startedAtMs } from '../../support/sample-release.ts';
import { toldRollback } from '../../support/told-release.ts';

const endedAtMs = startedAtMs + 7_200_000;
const good = sampleRelease({ phase: { phase: 'succeeded', endedAtMs }, verdicts: [passing(errorRate)] });
const promoted = { atMs: endedAtMs, kind: 'event', reason: 'Promoted', message: '', data: {} } as const;
const noted = (reason: string, data = {}) => ({ ...promoted, reason, data });

const [past] = toldRollback({ release: good, log: [promoted] }).earlier;
const before = (change: Partial<PastRelease>): PastRelease => {
  if (past === undefined) throw new Error('a report has its own release among the earlier ones');
  return { ...past, ...change };
};
const quick = ['a', 'b', 'c'].map((id) => before({ id, durationMs: 3_600_000 }));
const back = rolledBackRelease();
const again = ['a', 'b'].map((id) => before({ id, result: 'rolledBack', causeRule: 'error_rate' }));

const investigation = { rule: 'response_time_p95', openedAtMs: startedAtMs, spentMs: 1, message: 'slow' } as const;
const answer = { who: 'ada', note: 'known', atMs: startedAtMs };

describe('what could be better', () => {
  it.each([
    [
      'a release that took unusually long',
      { release: good, log: [promoted], earlier: [before({}), ...quick] },
      /^took 2h; half of the 3 before it took 1h or less$/,
    ],
    [
      'a rule that takes back again and again',
      { release: back, earlier: again },
      /^error_rate took back 2 of the last 2 releases$/,
    ],
    [
      'metrics that were silent',
      { release: { ...good, sight: { ...good.sight, totalBlindMs: 60_000 } }, log: [promoted] },
      /^the metrics did not answer for 1m$/,
    ],
    [
      'a warning that a person let go on',
      { release: { ...good, investigations: [{ ...investigation, state: 'answered', answer }] }, log: [promoted] },
      /^response_time_p95 asked a person, who let it go on/,
    ],
    [
      'a rollback for nothing',
      { release: { ...back, calledFalseAlarm: { who: 'ada', reason: 'a test', atMs: endedAtMs } } },
      /^the rollback was called a false alarm by ada: "a test"$/,
    ],
    [
      'a rule without a verdict',
      {
        release: { ...good, verdicts: [passing(errorRate, { kind: 'inconclusive', message: 'no data' })] },
        log: [promoted],
      },
      /^error_rate could not be judged in the end: no data$/,
    ],
    [
      'weights that nobody saw',
      { release: good, log: [noted('WeightUnverified'), promoted] },
      /^1 of the weights could not be seen/,
    ],
  ] as const)('%s', (_words, given, expected) => {
    const { couldImprove } = toldRollback(given).lessons;
    expect(couldImprove).toContainEqual(expect.stringMatching(expected));
  });

  it('nothing, where nothing was', () => {
    expect(toldRollback({ release: good, log: [promoted] }).lessons.couldImprove).toEqual([]);
  });
});
