/** A small important route that breaks among many requests of others. */
import { expect, it } from 'vitest';
import { counter, JudgedRelease, type World } from '../support/judged-release.ts';

/** The canary fails one in 25 of the few at /checkout; of the rest few fail, in both versions. */
const world: World = (t) => {
  const route = (version: string, path: string, perSecond: number, failed = 0) => [
    counter('http_requests_total', { version, route: path, code: '200' }, [
      t,
      Math.round(t * perSecond * (1 - failed)),
    ]),
    counter('http_requests_total', { version, route: path, code: '500' }, [t, Math.round(t * perSecond * failed)]),
  ];
  return {
    series: [
      ...route('v2', '/checkout', 2, 0.04),
      ...route('v2', '/', 250, 0.0004),
      ...route('v1', '/checkout', 6),
      ...route('v1', '/', 750, 0.0004),
    ],
  };
};

const rule = 'error_rate: { threshold: 0.1%, window: 5m, alert: critical';

it('is drowned in the rule for all of them', async () => {
  const release = (await JudgedRelease.by(`${rule} }`)).run(600, world);
  expect(release.verdict('error_rate').kind).toBe('pass');
});

it('is found by a rule of its own, and the other routes pass', async () => {
  const release = (await JudgedRelease.by(`${rule}, routes: [/checkout, /] }`)).run(600, world);
  expect(release.release.judge.rules).toBe(2);
  expect(Object.keys(release.release.evidence.rules)).toEqual(['error_rate[/checkout]', 'error_rate[/]']);
  const found = release.verdict('error_rate[/checkout]');
  expect(found).toMatchObject({ kind: 'breach', outcome: 'rollback' });
  expect(found.message).toMatch(/^error_rate\[\/checkout\] [\d.]+ % over 5m, limit 0\.1%/);
  expect(release.verdict('error_rate[/]').kind).toBe('pass');
});
