/** Streams live long: the versions are not compared, the limit alone convicts while stable is fine. */
import { expect, it } from 'vitest';
import { counts, errorRate } from './a-rule.ts';
import { course } from './course.ts';

if (errorRate.sli.kind !== 'ratio') throw new Error('the error rate is a ratio');
const streams = { ...errorRate, sli: { ...errorRate.sli, streams: true as const } };

const calm = { canary: counts(375), stable: counts(1125, 1) };
const bad = { canary: counts(375, 8), stable: counts(1125, 1) };
const outage = { canary: counts(375, 100), stable: counts(1125, 300) };

it('a canary that breaks them is rolled back, without a comparison', () => {
  expect(course(streams).ticks(10, bad).verdict).toMatchObject({ kind: 'breach', lnRelative: 0 });
});

it('both versions breaking them is the environment', () => {
  const held = course(streams).ticks(40, calm).ticks(4, outage);
  expect(held.verdict).toMatchObject({ kind: 'suspect', reason: 'EnvironmentBad' });
});
