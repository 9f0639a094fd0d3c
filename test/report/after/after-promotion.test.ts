import { describe, expect, it } from 'vitest';
import type { Brief, JournalSpan } from '../../../src/release/journal-span.ts';
import { defaultPlan } from '../../../src/release/plan.ts';
import { trendEnded } from '../../../src/release/trend-end.ts';
import { afterPromotion } from '../../../src/report/after/after-promotion.ts';
import { riseSentences } from '../../../src/report/after/after-words.ts';
import { withGaps } from '../../../src/report/after/with-gaps.ts';
import { reportHtml } from '../../../src/report/deployment/html.ts';
import { reportMarkdown } from '../../../src/report/deployment/markdown.ts';
import { aRule } from '../../support/a-rule.ts';
import { errorRate, passing, sampleRelease, startedAtMs } from '../../support/sample-release.ts';
import { toldRollback } from '../../support/told-release.ts';

const hourMs = 3_600_000;
const memory = aRule({
  name: 'memory_usage',
  threshold: { kind: 'ratio-above', ratio: 0.85 },
  thresholdText: '85%',
  sli: { kind: 'expression', promql: 'x', aggregate: 'max' },
});
const volume = aRule({ name: 'throughput', threshold: { kind: 'drop-from-baseline', ratio: 0.1 } });

const promotedAtMs = startedAtMs + hourMs;
const release = sampleRelease({
  phase: { phase: 'succeeded', endedAtMs: promotedAtMs + 2 * hourMs },
  rules: { rules: [errorRate, memory, volume], hash: 'h', file: 'rules.yaml' },
  verdicts: [passing(errorRate)],
  plan: defaultPlan,
});
const promoted = { atMs: promotedAtMs, kind: 'event', reason: 'Promoted', message: '', data: {} } as const;

const look = (atMs: number, read: JournalSpan['read'], words: Partial<JournalSpan> = {}): JournalSpan => ({
  ...{ toMs: atMs - startedAtMs, looks: 1, weight: 0, sent: null, read },
  ...words,
});
const counts = (events: number, bad: number): Brief => ({
  canary: [events, bad, 0, 0],
  stable: [null, 0, 0, 0],
  t: [0, 0, 0],
});

/** Errors come and go, memory leaks: from 40 % to 63 %. */
const day = Array.from({ length: 88 }, (_, n) =>
  look(
    promotedAtMs + 2 * hourMs + 900_000 * n,
    {
      error_rate: counts(1_000, n % 3),
      memory_usage: { level: [0.4 + 0.0026 * n, null], age: 0 },
      throughput: counts(9, 0),
    },
    { trend: true },
  ),
);
const before = look(promotedAtMs - 60_000, { error_rate: counts(1_000, 900) });
const watch = [before, look(promotedAtMs + hourMs, { error_rate: counts(4_000, 2) }, { looks: 40 })];
const journal = { spans: watch, trend: day, cut: false };

describe('what is read after a promotion', () => {
  it('begins with the promotion, a point for each stretch, and says which rule rose and by which test', () => {
    const after = afterPromotion({ release, journal, log: [promoted], nowMs: promotedAtMs + 23 * hourMs });
    expect(after?.state).toBe('recording');
    expect(after?.rules.map(({ rule, atMs }) => [rule, atMs.length])).toEqual([
      ['error_rate', 89],
      ['memory_usage', 88],
    ]);
    const [errors, leak] = after?.rules ?? [];
    expect(errors).toMatchObject({ limit: 0.001, rise: null });
    expect(errors?.value[0]).toBeCloseTo(0.0005);
    expect(leak?.rise?.toLimitMs).toBeGreaterThan(20 * hourMs);
    const [sentence = '', ...others] = after === null ? [] : riseSentences(after);
    expect(others).toEqual([]);
    expect(sentence).toMatch(
      /^memory_usage rose from 40.* % to 62.* % in 23h45m after the promotion \(Mann-Kendall, p < 0\.01\); going on like that it is at its limit, 85 %, in 2\dh/,
    );
  });

  it('is over when its time is, though no controller was there to say so', () => {
    const after = afterPromotion({ release, journal, log: [promoted], nowMs: promotedAtMs + 48 * hourMs });
    expect(after).toMatchObject({ state: 'ended', sentence: expect.stringContaining('no controller looked') });
  });

  it('has a gap where nothing was read', () => {
    const atMs = [0, 10, 20, 100, 110];
    expect(withGaps({ atMs, value: [1, 2, 3, 4, 5] })).toEqual({
      atMs: [0, 10, 20, 30, 100, 110],
      value: [1, 2, 3, null, 4, 5],
    });
    expect(withGaps({ atMs: [], value: [] })).toEqual({ atMs: [], value: [] });
  });

  it('stands in the report as a table, plots of its own, and what could be better', () => {
    const log = [
      promoted,
      { ...promoted, atMs: promotedAtMs + 24 * hourMs, reason: trendEnded, message: 'trends of v2 are recorded' },
    ];
    const report = toldRollback({ release, journal, log });
    expect(report.afterPromotion).toMatchObject({ state: 'ended', untilMs: promotedAtMs + 24 * hourMs });
    expect(report.lessons.couldImprove.join(' ')).toContain('memory_usage rose');
    expect(report.success.find(({ what }) => what.startsWith('errors within'))?.said).toContain('2 of 4,000');
    const text = reportMarkdown(report);
    expect(text).toContain('## After the promotion\n\ntrends of v2 are recorded\n\n| rule | lowest | highest | last |');
    expect(text).toMatch(/\| memory\\_usage|\| memory_usage \| 40 % \| 62.* \| 85 % \| rises, 40.* % to 62.* % \|/);
    const page = reportHtml(report);
    expect(page).toContain('<h2>After the promotion</h2>');
    expect(page).toContain('aria-label="memory_usage after the promotion, limit 85 %"');
  });

  it.each([
    ['was never promoted', { release, log: [] }],
    ['was taken back in the watch', { release: toldBack(), log: [promoted] }],
    ['has a plan without', { release: { ...release, plan: { ...defaultPlan, trendMs: 0 } }, log: [promoted] }],
  ])('is nothing of a release that %s', (_words, given) => {
    expect(afterPromotion({ journal, nowMs: promotedAtMs, ...given })).toBeNull();
    expect(reportMarkdown(toldRollback({ journal, ...given }))).not.toContain('After the promotion');
  });
});

function toldBack() {
  const cause = { reason: 'Breach', message: '', rule: 'error_rate', atMs: promotedAtMs + hourMs, data: {} };
  const at = promotedAtMs + hourMs;
  return { ...release, phase: { phase: 'rolledBack', cause, endedAtMs: at, zeroAtMs: at, emptyAtMs: null } } as const;
}
