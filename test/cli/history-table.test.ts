import { describe, expect, it } from 'vitest';
import { historyTable } from '../../src/cli/render/history-table.ts';
import { plainPaint } from '../../src/cli/render/paint.ts';
import { trendTable } from '../../src/cli/render/trend-table.ts';
import { noLooks } from '../../src/release/journal.ts';
import type { Release } from '../../src/release/release.ts';
import { pastRelease, policyHistory } from '../../src/report/history-view.ts';
import { trendsOf } from '../../src/report/trends/trends.ts';
import {
  bakingRelease,
  rolledBackRelease,
  samplePolicy,
  sampleRelease,
  startedAtMs,
} from '../support/sample-release.ts';

process.env['TZ'] = 'UTC';

const promoted = sampleRelease({ id: 'app-1', phase: { phase: 'succeeded', endedAtMs: startedAtMs + 3_600_000 } });

const drawn = (releases: readonly Release[], width: number): readonly string[] => {
  const past = releases.map((release) =>
    pastRelease({ release, log: [], journal: noLooks, policy: samplePolicy }, startedAtMs + 1_200_000),
  );
  return historyTable(policyHistory('app', past), { width, paint: plainPaint });
};

describe('the history of a policy as a table', () => {
  it('sums up, and has a line for each release', () => {
    const lines = drawn([bakingRelease(), rolledBackRelease(), promoted], 200);
    expect(lines[0]).toBe('app: 1 succeeded, 1 rolled back, 1 under way; half of those that succeeded took 1h or less');
    expect(lines[1]).toMatch(
      /^REVISION +RELEASE +STARTED +RESULT +TOOK +REACHED +ERRORS +SLOW +TIME +HELD +BLIND +WHY$/,
    );
    expect(lines[2]).toMatch(/^v1\.9\.0 +app-3f2a +2026-01-15 12:00 +under way +20m +0 % +0\.03 % +2\.1 %/);
    expect(lines[3]).toMatch(/rolled back +12m +0 % +4\.9 %! .*the limit is 0\.1 %; weight 0 after 420 ms/);
    expect(lines[4]).toMatch(/succeeded +1h/);
  });

  it.each([40, 60, 80, 120])('fits into %i columns, with how it ended', (width) => {
    const lines = drawn([bakingRelease(), rolledBackRelease(), promoted], width);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toContain('rolled back');
  });

  it('says how to begin where there is none', () => {
    expect(drawn([], 80)).toEqual(['app: no release yet; begin one with: sluice start app --revision NAME']);
  });
});

describe('trends as a table', () => {
  it.each([40, 60, 80, 120])('fit into %i columns', (width) => {
    const releases = [rolledBackRelease(), promoted].map((release) =>
      pastRelease({ release, log: [], journal: noLooks, policy: samplePolicy }, startedAtMs + 7_200_000),
    );
    const trends = trendsOf({ policy: 'app', releases, nowMs: startedAtMs + 9 * 86_400_000, period: 'week' });
    const lines = trendTable(trends, { width, paint: plainPaint });
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(lines.join('\n')).toMatch(/WEEK OF +DEPLOYED +FAILED/);
    if (width >= 80) expect(lines.join('\n')).toMatch(/2026-01-12 +2 +1 \(50 %\) +420 ms/);
  });
});
