/** The run itself: made-up traffic that can be repeated, series that fall, events between two looks. */
import { expect, test } from 'vitest';
import { runScenario } from '../../src/tuning/run-scenario.ts';
import { oneScenario } from './scenarios-of.ts';

const run = async (words: string) => runScenario(await oneScenario(words));

test('a seed makes the same run each time, another one another', async () => {
  const words = (seed: number): string =>
    `traffic: { rate: 20/s, both: { errors: 0.9% }, seed: ${seed} }\noutcome: promoted`;
  const [first, again, other] = [await run(words(1)), await run(words(1)), await run(words(2))];
  expect(again).toEqual(first);
  expect(other.frames).not.toEqual(first.frames);
});

test('without a seed there is no chance in it: every request is counted, whole ones only', async () => {
  const { release } = await run('traffic: { rate: 10/s, both: { errors: 0.3% } }\nexpect: [{ at: 4m, weight: 50 }]');
  const { canary } = release.evidence.rules['error_rate'] ?? {};
  expect(canary).toEqual({ events: 1_200, bad: 3 });
});

test('requests split by the weight that users have, and by nothing else', async () => {
  const { release } = await run(
    'traffic: { rate: 10/s }\nevents: [{ at: 1m, weight: 10 }]\nexpect: [{ at: 3m, weight: 10 }]',
  );
  expect(release.evidence.rules['error_rate']?.canary.events).toBe(300 + 120);
});

test('an event between two looks has its effect at its own time', async () => {
  const { frames } = await run(
    'traffic: { rate: 10/s }\nevents: [{ at: 1m7s, abort: no }]\nexpect: [{ at: 1m7s, weight: 0 }]',
  );
  expect(frames.find(({ atMs }) => atMs === 67_000)).toMatchObject({ weight: 0, decision: { reason: 'Aborted' } });
});

test('an order that comes too late is told, and does nothing', async () => {
  const { log, outcome } = await run(
    'traffic: { rate: 100/s, canary: { errors: 50% } }\nevents: [{ at: 20s, promote: now }]\noutcome: rolledBack',
  );
  expect(outcome.is).toBe('rolledBack');
  expect(log.map(({ reason }) => reason)).toContain('NothingToPromote');
});

const series = (canary: string, stable: string): string => `
input_series:
  canary: [{ series: 'http_requests_total{code="500"}', values: ${canary} }, { series: 'http_requests_total{code="200"}', values: 0+100x20 }]
  stable: [{ series: 'http_requests_total{code="200"}', values: ${stable} }]
expect: [{ at: 5m, decision: hold }]`;

test('series are measured as in production: the first sample is what the next is compared with', async () => {
  const { release } = await run(series('7+0x20', '0+100x20'));
  expect(release.evidence.rules['error_rate']?.canary).toEqual({ events: 2_000, bad: 0 });
});

test('a counter that falls has begun anew: what it shows then is new, not negative and not everything', async () => {
  const { release } = await run(series('7+0x9 2 2+0x9', '0+100x20'));
  expect(release.evidence.rules['error_rate']?.canary).toEqual({ events: 2_002, bad: 2 });
});
