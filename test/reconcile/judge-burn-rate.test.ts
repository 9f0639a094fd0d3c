/** Burn-rate rules over a release: both windows of a pair, enough requests, stable beside it, and what people read. */
import { expect, it } from 'vitest';
import { ruleViews } from '../../src/report/rule-view.ts';
import { counter, JudgedRelease, type World } from '../support/judged-release.ts';

const rules =
  'error_rate: { threshold: 0.1%, window: 5m, alert: critical, burnRate: [{ rate: 14.4, long: 1h, short: 5m }, { rate: 6, long: 6h, short: 30m }] }';

/** Failed requests so many seconds after the start, of 100 a second at the canary and 300 at stable. */
const world =
  (canary: (t: number) => number, stable: (t: number) => number = () => 0): World =>
  (t) => ({
    series: (
      [
        ['v2', 100, canary],
        ['v1', 300, stable],
      ] as const
    ).flatMap(([version, perSecond, failed]) => [
      counter('http_requests_total', { version, code: '200' }, [t, t * perSecond - Math.round(failed(t))]),
      counter('http_requests_total', { version, code: '500' }, [t, Math.round(failed(t))]),
    ]),
  });

const atRate = (perSecond: number) => (t: number) => t * perSecond;

it('within every rate it passes, though the budget itself is overdrawn', async () => {
  const release = (await JudgedRelease.by(rules)).run(1200, world(atRate(0.5)));
  const verdict = release.verdict('error_rate');
  expect(verdict).toMatchObject({ kind: 'pass', reason: 'Compatible' });
  expect(verdict.message).toBe(
    'error_rate 0.5 % over 5m, budget 0.1%, stable 0 %: inside: burns 5x the budget over 6h (cut to the release: 20m) and 5x over 30m (cut to the release: 20m), limit 6x',
  );
});

it('above a rate over both windows it is taken back at once, and that is not promised to be no false alarm', async () => {
  const release = (await JudgedRelease.by(rules)).run(60, world(atRate(3)));
  const verdict = release.verdict('error_rate');
  expect(verdict).toMatchObject({ kind: 'breach', outcome: 'rollback' });
  expect(verdict.message).toContain('burns 30x the budget over 6h (cut to the release: just begun)');
  expect(verdict.message).toContain('compared literally, outside the promise about false alarms');
});

it('too few requests to expect three failures at the limit say nothing', async () => {
  const few = (await JudgedRelease.by(rules)).run(15, (t) => ({
    series: [
      counter('http_requests_total', { version: 'v2', code: '200' }, [t, t * 2]),
      counter('http_requests_total', { version: 'v2', code: '500' }, [t, Math.round(t / 3)]),
    ],
  }));
  expect(few.verdict('error_rate')).toMatchObject({ kind: 'inconclusive', reason: 'TooFewEvents' });
});

it('what is over is forgotten by the short window: a burst long ago convicts nobody', async () => {
  // A warning does not latch: it says again and again how things stand.
  const release = await JudgedRelease.by(rules.replace('critical', 'warning').concat('\ncritical: none'));
  const burst = (t: number): number => Math.min(t, 60) * 60;
  expect(release.run(60, world(burst)).verdict('error_rate').kind).toBe('breach');
  expect(release.run(1200, world(burst)).verdict('error_rate')).toMatchObject({ kind: 'breach' });
  expect(release.run(1800, world(burst)).verdict('error_rate')).toMatchObject({ kind: 'pass' });
});

it('stable burning in the same way is the environment: held, not taken back', async () => {
  const release = (await JudgedRelease.by(rules)).run(300, world(atRate(3), atRate(9)));
  expect(release.verdict('error_rate')).toMatchObject({
    kind: 'suspect',
    outcome: 'hold',
    reason: 'StableSuffersToo',
    message: expect.stringContaining('stable is, too'),
  });
  const alone = rules.replace('critical', 'critical, compare: absolute');
  const blamed = (await JudgedRelease.by(alone)).run(300, world(atRate(3), atRate(9)));
  expect(blamed.verdict('error_rate').kind).toBe('breach');
});

it('keeps a few hundred numbers, however long it runs', async () => {
  const release = (await JudgedRelease.by(rules)).run(7 * 3600, world(atRate(0.05)));
  const state = release.release.evidence.rules['error_rate'];
  expect(state?.burn.map(({ lengthMs }) => lengthMs / 60_000)).toEqual([60, 5, 360, 30]);
  for (const { slots } of state?.burn ?? []) expect(slots.length).toBeLessThanOrEqual(21 * 5);
});

it('is shown with its rates as the limit, and no evidence it is not judged by', async () => {
  const release = (await JudgedRelease.by(rules)).run(300, world(atRate(0.5)));
  expect(ruleViews(release.release)[0]).toMatchObject({
    limitWords: '14.4 / 6 x 0.1%',
    limit: 0.006,
    evidence: 0,
    errorsToConvict: null,
    events: 30_000,
  });
});
